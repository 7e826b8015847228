"""The desk puts shops right and teaches words, from the same lists as all else."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.clock import utcnow
from core.db import Session
from ops.embedded import Urls
from tests import make
from tests.channels.centre import Centre, centre_of
from tests.world import World

pytestmark = pytest.mark.real_clock


@pytest.fixture
async def centre(world: World, db_url: str, urls: Urls) -> AsyncIterator[Centre]:
    """Run the application over a community with a cobbler."""

    async def work(session: Session) -> None:
        await make.shop(session, "老李修鞋铺", where=world.community, category="shoe_repair")

    await world.db.run(work)
    async with centre_of(world, db_url, urls) as made:
        yield made


async def _rows(centre: Centre, name: str) -> list[dict[str, Any]]:
    answer = await centre.asks("GET", f"lists/{name}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found


async def test_a_report_is_decided_at_the_desk_and_told_in_the_chat(centre: Centre) -> None:
    """Two who say the same are one row; a second decision comes too late."""
    for name in ("family", "elder"):
        await centre.world.person(name).says("老李修鞋铺关门了")
        await centre.world.person(name).chooses("对的")
    (row,) = await _rows(centre, "shop_reports")
    assert (row["name"], row["fault"], row["count"]) == ("老李修鞋铺", "已经关门不做了", 2)
    path = f"lists/shop_reports/{row['id']}/accept"
    assert (await centre.asks("POST", path)).status_code == 200
    assert (await centre.asks("POST", path)).status_code == 409
    assert await _rows(centre, "shop_reports") == []
    centre.world.now = utcnow()
    told = (await centre.world.person("elder").cards())[0]
    assert told["title"] == "“老李修鞋铺”已经从名单里去掉了。"


async def test_a_word_that_found_nothing_is_taught_at_the_desk(centre: Centre) -> None:
    """From the row of the word itself, in a form that has the categories to choose from."""
    resident = centre.world.person("family")
    await resident.says("哪里有绱底子的")
    (row,) = await _rows(centre, "shop_misses")
    assert (row["word"], row["times"]) == ("绱底子", 1)
    form = (await centre.asks("GET", "lists/shop_misses/forms/teach-this")).json()
    assert "修鞋铺" in [one["value"] for one in form["fields"][1]["choices"]]
    told = {**row["values"], "category": "修鞋铺"}
    assert (await centre.asks("POST", "lists/shop_misses/words", json=told)).status_code == 200
    assert await _rows(centre, "shop_misses") == []
    assert (await resident.says("哪里有绱底子的"))[0]["card"]["title"] == "老李修鞋铺"
    wrong = {"word": "绱底子", "category": "火箭"}
    refused = await centre.asks("POST", "lists/shop_misses/words", json=wrong)
    assert refused.status_code == 400
