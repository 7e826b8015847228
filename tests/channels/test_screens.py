"""Screens of the command centre that come at once, as after an outage."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ops.embedded import Urls
from tests.channels.centre_stage import Centre, opened
from tests.until import comes
from tests.world import World

pytestmark = pytest.mark.real_clock


@pytest.fixture
async def centre(world: World, db_url: str, urls: Urls) -> AsyncIterator[Centre]:
    """Run the product as outside of the demo."""
    async with opened(world, db_url, urls) as one:
        yield one


async def watchers() -> int:
    """Count the tasks that read the database for screens."""
    every = [str(getattr(task.get_coro(), "__qualname__", "")) for task in asyncio.all_tasks()]
    return every.count("Hub._watch")


async def test_those_who_see_the_same_share_one_watcher_which_ends_with_them(
    centre: Centre,
) -> None:
    """However many come in the same moment; nobody reads on when the last one has gone."""
    who = await centre.session("operator")
    streams = [centre.stream(who) for _ in range(5)]
    first = await asyncio.gather(*(anext(one) for one in streams))
    assert [name for name, _ in first] == ["snapshot"] * 5
    assert await watchers() == 1
    for one in streams:
        await one.aclose()
    await comes(watchers, 0)
