"""Something else in the middle: it is answered, and what was begun goes on."""

import pytest

from core.db import Session
from tests import make
from tests.world import Human, Item, World


@pytest.fixture
async def street(world: World) -> World:
    """Add a shop to correct and a flat that somebody may ask to be joined to."""

    async def work(session: Session) -> None:
        await make.shop(session, "老李修鞋铺", where=world.community, category="shoe_repair")

    await world.db.run(work)
    return world


def titles(items: list[Item]) -> list[str]:
    """List what was said, in order."""
    return [item["card"]["title"] for item in items]


async def test_another_question_is_answered_and_the_first_is_asked_again(street: World) -> None:
    """The points are told, the step still waits, and its answer is still taken."""
    elder = street.person("elder")
    asked = titles(await _asked_what_is_wrong(elder))
    assert titles(await elder.says("我有多少积分")) == ["您现在有 0 分", *asked]
    assert titles(await elder.says("已经关门不做了")) == ["“老李修鞋铺”已经关门不做了，对吗？"]


async def _asked_what_is_wrong(person: Human) -> list[Item]:
    await person.says("修鞋")
    found: list[Item] = await person.clicks("shop.report")
    return found


async def test_a_flow_begun_in_the_middle_lets_the_first_go_on_afterwards(street: World) -> None:
    """Ended or left, it makes room for the one under it; 取消 twice leaves both."""
    elder = street.person("elder")
    first = titles(await _asked_what_is_wrong(elder))
    assert titles(await elder.says("申请装一个烟感"))[0] != first[0]
    left = titles(await elder.says("取消"))
    assert left[-1] == first[-1]
    assert titles(await elder.says("取消")) == ["好的，没有改动。"]
    assert titles(await elder.says("取消")) == ["现在没有正在办的事。"]


async def test_after_days_the_question_still_waits(street: World) -> None:
    """Nobody is cut off for being slow."""
    elder = street.person("elder")
    await _asked_what_is_wrong(elder)
    await street.jumps(days=3)
    assert titles(await elder.says("搬走了")) == ["“老李修鞋铺”搬到哪里去了？"]


async def test_the_same_thing_begun_anew_waits_once(street: World) -> None:
    """Whoever begins it again means the new one."""
    elder = street.person("elder")
    await _asked_what_is_wrong(elder)
    await elder.says("申请装一个烟感")
    await _asked_what_is_wrong(elder)
    await elder.says("取消")
    said = titles(await elder.says("取消"))
    assert len(said) == 1
