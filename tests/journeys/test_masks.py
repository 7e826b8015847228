"""Everything that everybody is shown in the small world, searched for what is not theirs to see."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from bot.console.words import in_words
from core import log
from core.actor import Role
from core.db import Session, sql
from core.i18n import Translator
from models import Person
from services import (
    buildings,
    glass,
    looks,
    map_points,
    search,
    stats,
    undelivered,
    unreachable,
    watches,
    workers,
)
from services.actors import actor
from services.tickets import board
from tests import make
from tests.world import Human, World

PHONES = {
    "elder": "13900000011", "family": "13900000012", "resident": "13900000013",
    "worker": "13900000014",
}  # fmt: skip
RESIDENTS = {"elder": "陈桂芳", "family": "陈晓明", "resident": "周玉兰"}


@pytest.fixture
async def lived(world: World) -> World:
    """Let a day pass in the small world: an alarm, a call, a talk, an activity, a reward."""
    await world.db.run(lambda s: _furnish(s, world))
    await world.rings("smoke")
    await world.person("worker").clicks("ticket.ack")
    await world.person("elder").says("救命")
    await world.person("resident").says("转人工")
    await world.person("resident").says("楼道灯坏了")
    for command in ("有什么活动", "能换什么", "家里怎么样", "我的个人信息", "谁看过我的信息"):
        for who in world.people.values():
            await who.says(command)
    resident = world.person("resident")
    await resident.says("活动")
    await resident.clicks("activity.show")
    await resident.clicks("activity.join")
    await resident.says("能换什么")
    await resident.clicks("reward.choose")
    await resident.clicks("redeem.hold")
    code = (await resident.cards())[0]["title"][-7:].replace(" ", "")
    await world.person("merchant").says(code)
    await world.person("merchant").clicks("redeem.confirm")
    await world.person("next_door").says("我的工单")
    await world.person("next_door").says("查设备")
    await world.passes(seconds=200)
    return world


async def _furnish(session: Session, world: World) -> None:
    for who, number in PHONES.items():
        person = await session.get(Person, world.person(who).id)
        assert person is not None
        person.phone = number
    merchant = await world._join(session, "merchant", "李大山", Role.MERCHANT)
    await make.reward(session, world.community, merchant=merchant)
    await make.points(session, world.community, world.person("resident").id, 100, now=world.now)
    await make.activity(
        session, world.community, world.person("operator").id,
        starts_at=world.now.replace(day=25), points=0,
    )  # fmt: skip
    grid = await make.grid(session, world.community, number=2)
    await world._join(session, "next_door", "钱进", Role.WORKER, grid_id=grid.id)


async def screen(who: Human) -> str:
    """Write out everything that stands in somebody's chat."""
    return json.dumps([item["card"] for item in await who.items()], ensure_ascii=False)


def found(text: str, *, besides: set[str]) -> set[str]:
    """Name the residents of whom a text gives the whole name or a telephone number."""
    return {
        who
        for who in PHONES
        if who not in besides and (PHONES[who] in text or RESIDENTS.get(who, "\0") in text)
    }


# Whose whole name each may see: their own, their elder, whom they talk with or work for.
MAY: dict[str, set[str]] = {
    "resident": {"resident"},
    "elder": {"elder"},
    "family": {"family", "elder"},
    "merchant": set(),
    "next_door": set(),
    "backup": {"elder", "resident"},
    "worker": {"worker", "elder", "resident"},
    "operator": set(),
}


@pytest.mark.parametrize("who", MAY)
async def test_nobody_is_shown_who_is_not_theirs(lived: World, who: str) -> None:
    """A merchant sees 周**, a worker of another grid nothing, an operator masks."""
    text = await screen(lived.person(who))
    assert found(text, besides=MAY[who]) == set(), text


async def test_the_walk_finds_what_is_there(lived: World) -> None:
    """The search above is worth something: those who may see a name do see it."""
    assert "周玉兰" in await screen(lived.person("worker"))
    assert "周**" in await screen(lived.person("merchant"))
    assert "王建国" in await screen(lived.person("family"))


async def test_the_command_centre_shows_masks(lived: World) -> None:
    """Every list that it has, as the routes give it."""
    async with lived.db.reading() as session:
        by = await actor(session, lived.person("operator").id, way="console")
        here, now, t = lived.community, lived.now, Translator()
        (building,) = (await session.execute(sql("SELECT id FROM building"))).scalars()
        shown: list[Any] = [
            await map_points.features(session, by, here),
            [in_words(one, t) for one in await board.live(session, by, here)],
            await stats.figures(session, by, here, now=now),
            await stats.standing(session, by, here, now=now),
            await workers.board(session, by, here, now=now),
            await buildings.outlines(session, by, here),
            await buildings.detail(session, by, here, building, now=now),
            await undelivered.letters(session, by, community=here),
            await unreachable.people(session, by, community=here),
            await watches.state(session, by, here, now=now),
            asdict(await search.find(session, by, here, "陈桂芳", now=now)),
            await glass.listing(session, by, community=here, now=now),
            await looks.listing(
                session, by, community=here, person=None, since=None, before=None, limit=50
            ),
        ]
    text = json.dumps(shown, ensure_ascii=False, default=str)
    assert "陈**" in text
    assert "王建国" in text
    assert found(text, besides=set()) == set()


async def test_logs_name_nobody(lived: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever goes wrong with somebody's words, the log says neither them nor who it was."""
    log.configure()
    log.logger().warning("tried", name="陈桂芳", place="3幢 2单元 501室", said="13900000011")
    log.logger().warning("number 32040219451122002X and 139 told")
    await lived.person("elder").says("我是陈桂芳，电话13900000011，救命")
    written = capsys.readouterr().err
    assert "tried" in written
    assert "32040219451122002X" not in written
    assert "501室" not in written
    assert found(written, besides=set()) == set()
