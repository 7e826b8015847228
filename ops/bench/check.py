"""The invariants over a community's years: a hundred thousand tickets with their steps and cards."""

import time
from datetime import datetime

import uvloop

from core.clock import utcnow
from core.crypto import seal_json
from core.db import Database, Session, sql
from ops import check
from ops.bench import Report
from ops.bench.fleet import analyse
from ops.bench.ground import Ground, ground
from ops.migrate import migrate

TICKETS = 100_000
LIVE = 500
PEOPLE = 5_000
RUNS = 3
BUDGET = {"check_s": "< 1", "broken": "0"}
_TICKETS = """
    INSERT INTO ticket (id, community_id, key, what, severity, status, epoch, version, opened_at,
                        alarm_at, acked_at, acked_by, resolved_at, recovered_at, closed_at, chain,
                        step)
    SELECT gen_random_uuid(), :community, 'bench:' || n, 'smoke', 'life',
           CASE WHEN n <= :live THEN 'acked' ELSE 'closed' END, 1, 5,
           at, at, at + interval '1 minute', who.id,
           CASE WHEN n > :live THEN at + interval '9 minutes' END, at + interval '8 minutes',
           CASE WHEN n > :live THEN at + interval '9 minutes' END, '[]', 0
    FROM (SELECT n, CAST(:now AS timestamptz) - n * interval '5 minutes' AS at
          FROM generate_series(1, :tickets) AS n) t
    JOIN who ON who.number = t.n % :people + 1
"""
_BUILD = (
    """
    INSERT INTO person (id, name, lang, large_type, created_at)
    SELECT gen_random_uuid(), :name, 'zh-CN', false, :now FROM generate_series(1, :people)
    """,
    """
    CREATE TEMP TABLE who ON COMMIT DROP AS
    SELECT id, row_number() OVER () AS number FROM person
    """,
    _TICKETS,
    """
    INSERT INTO ticket_event (community_id, ticket_id, epoch, at, kind, person_id, data)
    SELECT community_id, t.id, 1, opened_at + w.after, w.kind,
           CASE WHEN w.kind = 'acked' THEN acked_by END, '{}'
    FROM ticket t JOIN (VALUES ('opened', interval '0'), ('acked', interval '1 minute'),
        ('arrived', interval '3 minutes'), ('resolved', interval '9 minutes'),
        ('closed', interval '9 minutes')) AS w(kind, after)
        ON t.status = 'closed' OR w.kind IN ('opened', 'acked')
    """,
    """
    INSERT INTO ticket_card (ticket_id, person_id, channel, part, ring, shown_ring, shown_version,
                             shown_at)
    SELECT t.id, who.id, 'web', w.part, 1, 1, 5, opened_at
    FROM (SELECT id, opened_at, row_number() OVER () AS n FROM ticket) t
    JOIN (VALUES ('worker', 1), ('elder', 2), ('family', 3), ('family', 4)) AS w(part, place) ON true
    JOIN who ON who.number = (t.n + w.place) % :people + 1
    """,
    """
    INSERT INTO outbox (kind, object_id, person_id, channel, version, priority, state, due_at,
                        attempts, created_at)
    SELECT 'ticket', ticket_id, person_id, channel, 5, 0, 'sent', shown_at, 1, shown_at
    FROM ticket_card
    """,
    """
    INSERT INTO mailbox_item (person_id, id, op, card, at)
    SELECT person_id, row_number() OVER (PARTITION BY person_id), 'message', :card, shown_at
    FROM ticket_card
    """,
    """
    INSERT INTO mailbox (person_id, last_id)
    SELECT person_id, max(id) FROM mailbox_item GROUP BY person_id
    """,
)


def measure() -> Report:
    """Measure on a throwaway stack."""
    with ground() as place:
        return uvloop.run(_measure(place))


async def _measure(place: Ground) -> Report:
    await migrate(place.settings.database_url)
    db = Database(place.settings.database_url)
    try:
        now = utcnow()
        await db.run(lambda s: _build(s, now))
        await analyse(db)
        runs = [await _run(db, now) for _ in range(RUNS)]
    finally:
        await db.aclose()
    took, broken = sorted(runs)[RUNS // 2]
    slowest = await _slowest(place, now)
    figures = {"check_s": round(took, 3), "broken": broken, "tickets": TICKETS, **slowest}
    return Report("check", figures, BUDGET, took < 1 and broken == 0)


async def _build(session: Session, now: datetime) -> None:
    community = (await session.execute(sql("SELECT id FROM community"))).scalar_one()
    given = {
        "community": community, "now": now, "tickets": TICKETS, "people": PEOPLE, "live": LIVE,
        "name": seal_json("bench", "person.name"), "card": seal_json({}, "mailbox_item.card"),
    }  # fmt: skip
    for statement in _BUILD:
        wanted = {name: value for name, value in given.items() if f":{name}" in statement}
        await session.execute(sql(statement), wanted)


async def _run(db: Database, now: datetime) -> tuple[float, int]:
    """Prove everything once; returns the seconds and what was broken."""
    async with db.reading() as session:
        began = time.perf_counter()
        found = await check.run(session, now=now)
        return time.perf_counter() - began, sum(one["broken"] for one in found)


async def _slowest(place: Ground, now: datetime) -> dict[str, float]:
    """Name the three invariants that take longest, in ms."""
    db, spent = Database(place.settings.database_url), {}
    try:
        async with db.reading() as session:
            for one in check.INVARIANTS:
                began = time.perf_counter()
                given = {"now": now} if ":now" in one.broken else {}
                (await session.execute(sql(one.broken), given)).all()
                spent[f"{one.name}_ms"] = round((time.perf_counter() - began) * 1000, 1)
    finally:
        await db.aclose()
    return dict(sorted(spent.items(), key=lambda one: -one[1])[:3])
