"""What every story ends with: each card that it showed would be taken by every vendor."""

from collections.abc import AsyncIterator

import orjson
import pytest

from core.crypto import open_json
from core.db import sql
from tests.channels.limits import card_of, faults
from tests.neighbours import Neighbours, by_day, moved_in
from tests.world import World

_CARD = "mailbox_item.card"


@pytest.fixture
async def world(world: World) -> AsyncIterator[World]:
    """Hold the cards of the story's web chats against every vendor's limits."""
    yield world
    rows = await world.fetch("SELECT card FROM mailbox_item")
    shown = {orjson.dumps(open_json(row.card, _CARD)) for row in rows}
    assert {fault for card in shown for fault in faults(card_of(orjson.loads(card)))} == set()


@pytest.fixture
async def there(world: World) -> Neighbours:
    """Let the neighbours move in, by day."""
    by_day(world)
    return await moved_in(world)


@pytest.fixture
async def bare(world: World) -> World:
    """Take the rota away that every world begins with: nobody has a shift."""
    await world.db.run(lambda s: s.execute(sql("DELETE FROM shift")))
    return world
