"""The worker's clock: it ticks by itself, and what is due happens."""

import asyncio
from datetime import timedelta

import pytest

from channels.web import WebChannel
from core.bus import RedisBus
from core.clock import utcnow
from core.settings import Settings
from services.ingest import partitions
from tests.world import World
from worker import schedule
from worker.stack import Stack

pytestmark = pytest.mark.real_clock

LIMIT_S = 20
_DUE = "SELECT 1 FROM ticket_event WHERE kind = 'escalated'"


async def test_what_nobody_took_is_escalated_by_the_clock(world: World, bus: RedisBus) -> None:
    """An alarm of two minutes ago rings the backup at the first tick, and the clock is heard of."""
    world.now = utcnow() - timedelta(minutes=2)
    await world.db.run(lambda session: partitions.ensure(session, now=world.now))
    await world.rings("smoke")
    assert await world.fetch(_DUE) == []
    web = WebChannel()
    stack = Stack(Settings(), world.db, bus, {web.name: web})
    ticking = asyncio.create_task(schedule.run(stack))
    async with asyncio.timeout(LIMIT_S):
        while not await world.fetch(_DUE):
            pass
    ticking.cancel()
    await asyncio.gather(ticking, return_exceptions=True)
    world.now = utcnow()
    assert await world.person("backup").rings() == 1
    assert await world.fetch("SELECT 1 FROM heartbeat WHERE name = 'schedule'")
