"""A device's transition → ticket, event, cards and outbox rows, in one process."""

import gc
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from statistics import median

import uvloop

from core.bus import RedisBus
from core.clock import utcnow
from core.db import Database, sql
from core.ids import uuid7
from core.reading import Reading
from ops.bench import Report, percentile
from ops.bench.fleet import Point, Size, analyse, build, checkpoint
from ops.bench.ground import Ground, ground
from ops.migrate import migrate
from services.ingest import batch
from services.ingest.registry import Registry

ALARMS = 8_000
ROUNDS = 4
AT_ONCE = 48  # alarms under way; who is waiting goes into the next batch, as in the listener
WARM = 500  # after new statistics PostgreSQL plans every statement anew
PEOPLE = 3  # the elder, the relative, the worker on duty
BUDGET = {"alarms_per_s": "≥ 2,000", "p99_ms": "≤ 50"}


@dataclass(frozen=True, slots=True)
class Round:
    """One run: its rate, and how long each alarm waited from its arrival to its commit."""

    per_s: float
    waits: list[float]


def measure() -> Report:
    """Measure on a throwaway stack."""
    with ground() as place:
        return uvloop.run(_measure(place))


async def _measure(place: Ground) -> Report:
    await migrate(place.settings.database_url)
    bus = RedisBus(place.settings.redis_url)
    db = Database(place.settings.database_url, bus=bus)
    try:
        points = await build(db, Size(homes=ALARMS, grids=40, kind="smoke"), now=utcnow())
        await checkpoint(db)
        # What the bench itself holds is no work for the collector of the process it measures.
        gc.collect()
        gc.freeze()
        registry = Registry()
        size = ALARMS // ROUNDS
        await _round(db, registry, points[: size - WARM])
        await analyse(db)
        await _round(db, registry, points[size - WARM : size])
        rounds = [
            await _round(db, registry, points[start : start + size])
            for start in range(size, ALARMS, size)
        ]
        whole = await _whole(db)
    finally:
        await db.aclose()
        await bus.aclose()
    per_s = median(one.per_s for one in rounds)
    p99 = percentile([wait for one in rounds for wait in one.waits], 0.99)
    figures = {
        "alarms_per_s": round(per_s),
        "slowest_round_per_s": round(min(one.per_s for one in rounds)),
        "p50_ms": round(percentile([wait for one in rounds for wait in one.waits], 0.5), 1),
        "p99_ms": round(p99, 1),
        "at_once": AT_ONCE,
        "incomplete": whole,
    }
    return Report("alarm", figures, BUDGET, per_s >= 2_000 and p99 <= 50 and not whole)


async def _round(db: Database, registry: Registry, points: list[Point]) -> Round:
    """Keep AT_ONCE alarms under way until every device of this round has alarmed."""
    waiting: deque[tuple[float, batch.Message]] = deque()
    waits: list[float] = []
    left = iter(points)
    began = time.perf_counter()
    while True:
        while len(waiting) < AT_ONCE and (point := next(left, None)) is not None:
            waiting.append((time.perf_counter(), _message(point, utcnow())))
        if not waiting:
            break
        taken = [waiting.popleft() for _ in range(len(waiting))]
        messages = [message for _, message in taken]
        await db.run(lambda s, m=messages: batch.apply(s, registry, m, now=utcnow()))  # type: ignore[misc]
        ended = time.perf_counter()
        waits += [(ended - arrived) * 1000 for arrived, _ in taken]
    return Round(len(points) / (time.perf_counter() - began), waits)


def _message(point: Point, now: datetime) -> batch.Message:
    reading = Reading("linling", point.name, "smoke", True, None, now, str(uuid7()))
    return batch.Message(
        community="default",
        readings=(reading,),
        digest=point.id.bytes[:8],
        retained=False,
        received=now,
    )


async def _whole(db: Database) -> int:
    """Count tickets that lack their event, their cards or their outbox rows."""
    async with db.reading() as session:
        found = await session.execute(
            sql(
                """
                SELECT count(*) FROM device d LEFT JOIN ticket t ON t.device_id = d.id
                WHERE t.id IS NULL
                   OR (SELECT count(*) FROM ticket_event e WHERE e.ticket_id = t.id) <> 1
                   OR (SELECT count(*) FROM ticket_card c WHERE c.ticket_id = t.id) <> :people
                   OR (SELECT count(*) FROM outbox o WHERE o.object_id = t.id) <> :people
                """
            ),
            {"people": PEOPLE},
        )
        return int(found.scalar_one())
