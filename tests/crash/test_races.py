"""Many at once: exactly one acknowledger, no point stuck amber, no card twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from channels.web import WebChannel
from core.clock import utcnow
from core.db import Database, Session, sql
from handlers.delivery import deliver_due
from ops import check
from ops.bench.clicks import Hand, clients, race
from ops.bench.fleet import Point, Size, build, logins
from ops.embedded import Urls
from ops.migrate import migrate
from services import actors
from services.tickets import alarms, answer
from services.tickets.answer import Found, Seen
from services.tickets.judge import Signal
from tests.crash.stand import Stand, free_port
from tests.until import until

WEB = {"web": WebChannel()}
ROUNDS = 40


@pytest.fixture
async def place(db_url: str, urls: Urls, tmp_path: Path) -> AsyncIterator[Stand]:
    """Give the test a database of its own on the session's servers, and its processes."""
    with Stand.on(Urls(db_url, urls.redis, "", ""), tmp_path) as made:
        yield made


async def peopled(db: Database, url: str, size: Size) -> list[Point]:
    """Write a community into the test's database."""
    await migrate(url)
    return await build(db, size, now=utcnow())


def signal(point: Point, community: UUID, grid: UUID, *, active: bool = True) -> Signal:
    """Judge a device's smoke."""
    return Signal(
        key=f"{point.id}:smoke", what="smoke", severity="life", community=community, grid=grid,
        device=point.id, active=active, ts=utcnow(),
    )  # fmt: skip


async def where(db: Database, point: Point) -> tuple[UUID, UUID]:
    """Look up the community and the grid of a device."""
    async with db.reading() as session:
        row = (
            await session.execute(
                sql("SELECT community_id, grid_id FROM device WHERE id = :id"), {"id": point.id}
            )
        ).one()
        return row.community_id, row.grid_id


async def alarmed(db: Database, points: list[Point]) -> list[UUID]:
    """Open a life ticket for each device; returns the tickets."""
    community, grid = await where(db, points[0])
    run = [signal(point, community, grid) for point in points]
    await db.run(lambda session: alarms.apply(session, run, now=utcnow()))
    async with db.reading() as session:
        return list((await session.execute(sql("SELECT id FROM ticket"))).scalars())


async def broken(db: Database) -> list[object]:
    """Name the invariants that do not hold."""
    async with db.reading() as session:
        return [one for one in await check.run(session, now=utcnow()) if one["broken"]]


async def test_twenty_hands_on_one_card(db: Database, db_url: str, place: Stand) -> None:
    """Of twenty workers on duty who press at once, in two processes, one has it."""
    points = await peopled(db, db_url, Size(homes=1, grids=1, workers=20, kind="smoke"))
    await alarmed(db, points)
    while await deliver_due(db, channels=WEB, now=utcnow()):
        pass
    ports = [free_port(), free_port()]
    for name, port in zip(("bot_a", "bot_b"), ports, strict=True):
        place.starts(name, "bot", "--port", str(port))
    until(lambda: all(map(place.answers, ports)), 60, what="both processes answer")
    bearers = await logins(db, list(points[0].workers), now=utcnow())
    http = clients(ports)
    hands = [Hand(http[n % 2], bearer) for n, bearer in enumerate(bearers)]
    tokens = [next(iter((await hand.buttons()).values())) for hand in hands]
    verdict = await race(hands, tokens)
    for client in http:
        await client.aclose()
    assert len(verdict.winners) == 1
    assert len(verdict.refusals) == 19
    name = f"网格员{verdict.winners[0]:02d}"
    assert all(name in refusal for refusal in verdict.refusals), verdict.refusals
    while await deliver_due(db, channels=WEB, now=utcnow()):
        pass
    assert await broken(db) == []


async def test_a_recovery_that_races_a_resolve_closes_the_ticket(db: Database, db_url: str) -> None:
    """Whichever of the two comes first, no point stays amber whose device has recovered."""
    points = await peopled(db, db_url, Size(homes=ROUNDS, grids=1, kind="smoke"))
    community, grid = await where(db, points[0])
    tickets = await alarmed(db, points)
    async with db.reading() as session:
        worker = await actors.actor(session, points[0].workers[0])
    rows = {point.id: point for point in points}

    async def one(ticket: UUID) -> None:
        await db.run(lambda s: answer.acknowledge(s, worker, ticket=ticket, now=utcnow()))
        async with db.reading() as session:
            asked = sql("SELECT device_id FROM ticket WHERE id = :id")
            device = (await session.execute(asked, {"id": ticket})).scalar_one()
        clear = signal(rows[device], community, grid, active=False)

        async def resolve(session: Session) -> None:
            await answer.resolve(
                session, worker, ticket=ticket, found=Found.FALSE_ALARM, seen=Seen.IN_PERSON,
                note=None, photo=None, now=utcnow(),
            )  # fmt: skip

        await asyncio.gather(
            db.run(resolve), db.run(lambda s: alarms.apply(s, [clear], now=utcnow()))
        )

    for start in range(0, ROUNDS, 4):
        await asyncio.gather(*map(one, tickets[start : start + 4]))
    async with db.reading() as session:
        found = await session.execute(sql("SELECT status, count(*) FROM ticket GROUP BY status"))
        assert [tuple(row) for row in found] == [("closed", ROUNDS)]


async def test_two_processes_deliver_each_card_once(db: Database, db_url: str) -> None:
    """Two senders that share the outbox put no item into a mailbox twice."""
    points = await peopled(db, db_url, Size(homes=60, grids=3, kind="smoke"))
    await alarmed(db, points)
    other = Database(db_url)

    async def sends(through: Database) -> None:
        while await deliver_due(through, channels=WEB, now=utcnow(), limit=10):
            pass

    await asyncio.gather(sends(db), sends(other))
    await other.aclose()
    await check_each_once(db)


async def test_kill_amid_delivery_shows_each_card_once(
    db: Database, db_url: str, place: Stand
) -> None:
    """A sender killed -9 in the middle leaves no card out and none twice."""
    points = await peopled(db, db_url, Size(homes=70, grids=3, kind="smoke"))
    await alarmed(db, points)
    for stop_at in (20, 60, 110):
        place.starts("cards", "worker", "--only", "outbox")
        until(lambda at=stop_at: place.count("mailbox_item") >= at, 20)  # type: ignore[misc]
        place.kills("cards")
        # The dead sender's leases end after 30 s; time is what a test may set.
        await db.run(lambda s: s.execute(sql("UPDATE outbox SET leased_until = NULL")))
    place.starts("cards", "worker", "--only", "outbox")
    until(lambda: not place.count("outbox WHERE state = 'due'"), 30)
    assert place.count("mailbox_item") == 210
    await check_each_once(db)


async def check_each_once(db: Database) -> None:
    """Check that everybody who has a card has it once, and all invariants."""
    async with db.reading() as session:
        cards = (await session.execute(sql("SELECT person_id FROM ticket_card"))).scalars()
        items = (await session.execute(sql("SELECT person_id FROM mailbox_item"))).scalars()
        assert Counter(items) == Counter(cards)
    assert await broken(db) == []
