"""The readings' log by days: made ahead, and what came before its day was made moves there."""

import asyncio
from datetime import timedelta

from core.db import Session
from services.ingest import partitions
from tests.world import World

_BY_TABLE = "SELECT tableoid::regclass::text AS name, count(*) AS rows FROM reading GROUP BY 1"


async def test_what_came_before_its_day_was_made_moves_there(world: World) -> None:
    """A worker that was away for a week starts again, and no reading is lost or out of place."""
    await world.rings("smoke")
    world.now += timedelta(days=7)
    await world.rings("smoke", smoke=False)
    late = {row.name: row.rows for row in await world.fetch(_BY_TABLE)}
    assert late.keys() == {"reading_20261122", "reading_rest"}
    await world.db.run(lambda session: partitions.ensure(session, now=world.now))
    made = {row.name: row.rows for row in await world.fetch(_BY_TABLE)}
    assert made == {"reading_20261122": 1, "reading_20261129": 1}


async def test_two_processes_may_make_them_at_once(world: World) -> None:
    """A second leader that begins before the first has ended finds them made."""
    later = world.now + timedelta(days=30)

    async def work(session: Session) -> None:
        await partitions.ensure(session, now=later)

    await asyncio.gather(*(world.db.run(work) for _ in range(4)))
    rows = await world.fetch("SELECT to_regclass('reading_20261222') IS NOT NULL AS made")
    assert rows[0].made
