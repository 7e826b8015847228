"""Every chain on fake time, swept by two processes that are killed -9: no step skipped, none twice."""

import random
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import orjson
import pytest

from channels.web import WebChannel
from core.clock import utcnow
from core.db import Database, Session, sql
from handlers.delivery import deliver_due
from ops import check
from ops.bench.fleet import Point, Size
from ops.embedded import Urls
from services import actors
from services.tickets import answer
from services.tickets.chain import DEFAULTS
from tests.crash.stand import NOWHERE, Stand
from tests.crash.test_races import alarmed, peopled
from tests.until import until

CHAINS = [key for key, policy in DEFAULTS.items() if policy["chain"]]
EACH = 10  # tickets of every chain
STEPS = 5
SWEEPERS = ("sweeper_a", "sweeper_b")


@pytest.fixture
async def place(db_url: str, urls: Urls, tmp_path: Path) -> AsyncIterator[Stand]:
    """Give the test a database of its own on the session's servers, and its processes."""
    with Stand.on(Urls(db_url, urls.redis, NOWHERE, NOWHERE), tmp_path) as made:
        yield made


class Clockwork:
    """Two sweepers on a time that the test sets; one of them is killed now and then."""

    def __init__(self, place: Stand) -> None:
        self.place, self.file = place, place.folder / "clock"
        self.chance = random.Random(7)
        self.kills = 0

    def starts(self, now: datetime) -> None:
        """Start both at a moment at which nothing is due."""
        self.tells(now)
        for name in SWEEPERS:
            self.place.starts(name, "tests.crash.sweeper", str(self.file))

    def tells(self, now: datetime) -> None:
        """Set the time; a file that is half written would be no time."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(now.isoformat(), "utf-8")
        fresh.replace(self.file)

    def passes(self, now: datetime, *, kill: bool) -> None:
        """Let it be `now`, perhaps kill one in the middle of it, and wait until nothing is due."""
        self.tells(now)
        if kill:
            Event().wait(self.chance.random() * 0.15)
            name = self.chance.choice(SWEEPERS)
            self.place.kills(name)
            self.place.starts(name, "tests.crash.sweeper", str(self.file))
            self.kills += 1
        due = (
            f"ticket WHERE (status = 'open' AND next_escalation_at <= '{now.isoformat()}') "
            f"OR (status = 'acked' AND watch_at <= '{now.isoformat()}')"
        )
        until(lambda: not self.place.count(due), 60, what=f"nothing is due at {now}")


def times(chain: list[dict[str, Any]]) -> list[int]:
    """List how many seconds after opening the first steps are due."""
    once = [step["after_s"] for step in chain if "after_s" in step]
    every = chain[-1]["every_s"]
    return [*once, *(once[-1] + every * n for n in range(1, STEPS + 1))][:STEPS]


async def chained(db: Database, points: list[Point], start: datetime) -> dict[UUID, str]:
    """Open a life ticket for each device and give every chain its share of them."""
    tickets = await alarmed(db, points)
    keys = {ticket: CHAINS[n % len(CHAINS)] for n, ticket in enumerate(tickets)}

    async def work(session: Session) -> None:
        for ticket, key in keys.items():
            chain = DEFAULTS[key]["chain"]
            await session.execute(
                sql(
                    """
                    UPDATE ticket SET chain = CAST(:chain AS jsonb), opened_at = :start,
                                      next_escalation_at = :due WHERE id = :ticket
                    """
                ),
                {
                    "ticket": ticket, "chain": orjson.dumps(chain).decode(), "start": start,
                    "due": start + timedelta(seconds=chain[0]["after_s"]),
                },
            )  # fmt: skip

    await db.run(work)
    return keys


async def test_every_chain_steps_on_time_once_each(db: Database, db_url: str, place: Stand) -> None:
    """Five steps of each chain, at their very times, with a kill at most moments; then silence."""
    size = Size(homes=EACH * len(CHAINS), grids=2, kind="smoke")
    points = await peopled(db, db_url, size)
    start = utcnow()
    keys = await chained(db, points, start)
    clockwork = Clockwork(place)
    clockwork.starts(start)
    wanted = {key: times(DEFAULTS[key]["chain"]) for key in CHAINS}
    for at in sorted({second for seconds in wanted.values() for second in seconds}):
        now = start + timedelta(seconds=at)
        clockwork.passes(now, kill=clockwork.kills < 12)
        done = [key for key in CHAINS if wanted[key][-1] == at]
        for ticket in [ticket for ticket, key in keys.items() if key in done]:
            await take(db, ticket, now=now, watched=False)
    clockwork.passes(start + timedelta(seconds=60_000), kill=False)
    assert clockwork.kills >= 10
    seen: dict[UUID, list[int]] = defaultdict(list)
    for row in place.rows(
        "SELECT ticket_id, at, data FROM ticket_event WHERE kind IN ('escalated', 'ask_over') "
        "AND epoch = 1 ORDER BY id"
    ):
        seen[row["ticket_id"]].append(round((row["at"] - start).total_seconds()))
    assert {ticket: seen[ticket] for ticket in keys} == {
        ticket: wanted[key] for ticket, key in keys.items()
    }
    rings = place.rows(
        "SELECT c.ticket_id, max(c.ring) AS ring FROM ticket_card c WHERE c.part <> 'elder' "
        "AND c.part <> 'family' GROUP BY c.ticket_id"
    )
    assert {row["ring"] for row in rings} >= {1 + STEPS}
    await everything_holds(db, start + timedelta(seconds=60_000))


async def test_what_is_taken_and_forgotten_comes_back_once(
    db: Database, db_url: str, place: Stand
) -> None:
    """Overdue once, returned once, a new epoch with the whole chain; whoever is killed meanwhile."""
    points = await peopled(db, db_url, Size(homes=40, grids=2, kind="smoke"))
    tickets = await alarmed(db, points)
    start = utcnow()
    clockwork = Clockwork(place)
    clockwork.starts(start)
    for ticket in tickets:
        await take(db, ticket, now=start)
    watch = DEFAULTS["life"]["watch"]
    late = start + timedelta(seconds=watch["arrive_s"])
    clockwork.passes(late - timedelta(seconds=1), kill=True)
    until(
        lambda: place.count("pg_stat_activity WHERE usename LIKE 'sweeper%'") >= len(SWEEPERS), 20
    )
    clockwork.passes(late, kill=False)  # both at once
    clockwork.passes(late + timedelta(seconds=watch["again_s"]), kill=True)
    rows = place.rows(
        "SELECT ticket_id, kind, count(*) AS n FROM ticket_event "
        "WHERE kind IN ('overdue', 'returned', 'reopened') GROUP BY 1, 2"
    )
    assert len(rows) == len(tickets) * 3
    assert {row["n"] for row in rows} == {1}
    back = start + timedelta(seconds=watch["arrive_s"] + watch["again_s"])
    clockwork.passes(back + timedelta(seconds=90), kill=True)
    steps = place.rows("SELECT epoch, step, status, count(*) AS n FROM ticket GROUP BY 1, 2, 3")
    assert [tuple(row) for row in steps] == [(2, 1, "open", len(tickets))]
    await everything_holds(db, back + timedelta(seconds=90))


async def take(db: Database, ticket: UUID, *, now: datetime, watched: bool = True) -> None:
    """Let whoever has the card acknowledge it, and be heard of no more."""

    async def work(session: Session) -> None:
        rows = await session.execute(
            sql(
                """
                SELECT person_id FROM ticket_card WHERE ticket_id = :ticket AND part = 'worker'
                ORDER BY person_id LIMIT 1
                """
            ),
            {"ticket": ticket},
        )
        by = await actors.actor(session, rows.scalar_one())
        await answer.acknowledge(session, by, ticket=ticket, now=now)
        if not watched:
            await session.execute(
                sql("UPDATE ticket SET watch_at = NULL WHERE id = :ticket"), {"ticket": ticket}
            )

    await db.run(work)


async def everything_holds(db: Database, now: datetime) -> None:
    """Deliver what is due and prove the invariants."""
    while await deliver_due(db, channels={"web": WebChannel()}, now=now):
        pass
    async with db.reading() as session:
        assert [one for one in await check.run(session, now=now) if one["broken"]] == []
