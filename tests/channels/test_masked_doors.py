"""Every route, asked before visitors and by a wall: nobody is named."""

from collections.abc import AsyncIterator

import pytest

from core.clock import utcnow
from ops.embedded import Urls
from services import login, walls
from services.actors import actor
from tests.channels.doors import (
    SECRETS,
    House,
    body_of,
    doors,
    housed,
    path_of,
)
from tests.world import World


@pytest.fixture
async def house(world: World, db_url: str, urls: Urls) -> AsyncIterator[House]:
    """Let an alarm ring here, and somebody live in a community beside this one."""
    async with housed(world, db_url, urls) as made:
        yield made


async def test_before_visitors_no_door_names_anybody(house: House) -> None:
    """Neither to a masked operator nor to a wall; what is added later is shut, or masks."""
    world, names = house.world, ("王建国", "孙丽", "周军", "赵敏", *SECRETS)
    by = await world.db.run(lambda s: actor(s, world.person("operator").id))
    _, wall = await world.db.run(
        lambda s: walls.make(s, by, community=world.community, name="大厅", now=utcnow())
    )
    shown = await world.db.run(lambda s: walls.enter(s, wall, now=utcnow()))
    own = house.tokens["operator", "console"]
    await world.db.run(lambda s: login.mask(s, own, on=True))
    for method, route in doors(house.app):
        path, body = path_of(route, house.ids["own"]), body_of(method, route, house.ids["own"])
        for token in (own, shown):
            headers = {"Authorization": f"Bearer {token}"}
            answer = await house.client.request(method, path, headers=headers, json=body)
            assert answer.status_code in {200, 403, 404, 409, 422}, f"{method} {path}"
            assert not [one for one in names if one in answer.text], f"{method} {path}"
            if token == shown and method != "GET":
                assert answer.status_code == 403, f"{method} {path}"
