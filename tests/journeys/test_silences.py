"""Silencing a device: two people, two hours; an installer's test: ten minutes. And then it rings."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from core.actor import Actor
from core.db import Session
from core.errors import UserError
from models import SilenceKind
from ops import check
from services import silences
from services.actors import actor
from tests.world import World


async def does(world: World, who: str, work: Callable[[Session, Actor], Awaitable[Any]]) -> Any:
    """Let somebody call a service."""

    async def act(session: Session) -> Any:
        return await work(session, await actor(session, world.person(who).id))

    return await world.db.run(act)


async def asks(
    world: World, who: str, *, minutes: int, kind: SilenceKind = SilenceKind.SILENCE
) -> UUID:
    """Ask for a silence of the smoke detector."""
    return UUID(
        str(
            await does(
                world, who,
                lambda s, by: silences.ask(
                    s, by, device=world.devices["smoke"].id, kind=kind, minutes=minutes,
                    reason="装修扬尘", now=world.now,
                ),
            )
        )
    )  # fmt: skip


async def agrees(world: World, who: str, silence: UUID) -> None:
    """Be the second person."""
    await does(world, who, lambda s, by: silences.agree(s, by, silence=silence, now=world.now))


async def live(world: World) -> list[str]:
    """List what live tickets are about."""
    rows = await world.fetch("SELECT what FROM ticket WHERE status <> 'closed' ORDER BY what")
    return [row.what for row in rows]


async def test_nobody_silences_a_life_device_alone(world: World) -> None:
    """Not by asking, not by agreeing to oneself; and never for longer than two hours."""
    asked = await asks(world, "worker", minutes=60)
    with pytest.raises(UserError, match="silence-two"):
        await agrees(world, "worker", asked)
    with pytest.raises(UserError, match="not-allowed"):
        await agrees(world, "family", asked)
    await world.rings("smoke")
    assert await live(world) == ["smoke"]
    with pytest.raises(UserError, match="silence-live"):
        await asks(world, "lead", minutes=60)
    await does(world, "lead", lambda s, by: silences.end(s, by, silence=asked, now=world.now))
    with pytest.raises(UserError, match="silence-longest"):
        await asks(world, "worker", minutes=121)
    logged = await world.fetch("SELECT action FROM access_entry")
    assert [row.action for row in logged] == ["devices.silence"] * 2


async def test_silenced_by_two_it_rings_when_that_is_over(world: World) -> None:
    """The single device, while it lasts; what still burns at the end rings then."""
    await agrees(world, "lead", await asks(world, "worker", minutes=120))
    await world.rings("smoke")
    assert await live(world) == []
    assert len(await world.fetch("SELECT 1 FROM suppression WHERE judged_at IS NULL")) == 1
    await world.rings("gas")
    assert await live(world) == ["gas"]
    await world.jumps(minutes=119)
    assert await live(world) == ["gas"]
    await world.jumps(minutes=1)
    assert await live(world) == ["gas", "smoke"]
    assert await world.person("worker").rings() >= 2
    async with world.db.reading() as session:
        assert not [one for one in await check.run(session, now=world.now) if one["broken"]]


async def test_what_has_cleared_meanwhile_does_not_ring(world: World) -> None:
    """Judged again at the end, and it is recorded how."""
    await agrees(world, "lead", await asks(world, "worker", minutes=30))
    await world.rings("smoke")
    await world.rings("smoke", smoke=False)
    await world.jumps(minutes=30)
    assert await live(world) == []
    judged = await world.fetch("SELECT alarmed FROM suppression WHERE judged_at IS NOT NULL")
    assert [row.alarmed for row in judged] == [False]


async def test_an_installers_test_is_ten_minutes_and_written_down(world: World) -> None:
    """It needs no second person, and no more than ten minutes."""
    with pytest.raises(UserError, match="silence-longest"):
        await asks(world, "worker", minutes=11, kind=SilenceKind.TEST)
    await asks(world, "worker", minutes=10, kind=SilenceKind.TEST)
    await world.rings("smoke")
    assert await live(world) == []
    await world.jumps(minutes=10)
    assert await live(world) == ["smoke"]
    assert await world.fetch("SELECT 1 FROM access_entry WHERE action = 'devices.silence'")


async def test_a_silence_stops_nothing_that_rings_already(world: World) -> None:
    """The chain goes on: somebody has to look."""
    await world.rings("smoke")
    await agrees(world, "lead", await asks(world, "worker", minutes=60))
    await world.passes(seconds=100)
    assert await world.person("backup").rings() == 1


async def test_a_worker_asks_in_a_sentence_and_a_second_person_agrees_by_a_button(
    world: World,
) -> None:
    """Who, what, how long and why are on the card; what was held back is told at the end."""
    said = await world.person("worker").says("把3幢2单元501的烟感静音一小时，装修扬尘")
    assert "60 分钟" in said[0]["card"]["title"]
    assert "周军" in said[0]["card"]["summary"]
    await world.rings("smoke")
    assert await live(world) == ["smoke"]
    await world.fetch("SELECT 1")
    lead = world.person("lead")
    card = next(card for card in await lead.cards() if "同意吗" in card["title"])
    assert "装修扬尘" in str(card["fields"])
    await lead.clicks("silence.agree")
    assert any("周军已同意" in card["title"] for card in await world.person("worker").cards())


async def test_what_was_held_back_is_told_to_both_at_the_end(world: World) -> None:
    """It still burns: both hear that it rings now. It has cleared: both hear that, too."""
    await world.person("worker").says("3幢2单元501烟感静音半小时，做饭")
    await world.person("lead").clicks("silence.agree")
    await world.rings("smoke")
    assert await live(world) == []
    listed = (await world.person("backup").says("现在哪些设备静音了"))[0]["card"]
    assert "王建国申请，周军同意" in str(listed["fields"])
    assert "期间报过 1 种警" in str(listed["fields"])
    await world.jumps(minutes=31)
    assert await live(world) == ["smoke"]
    for who in ("worker", "lead"):
        assert any("还在报警" in card["title"] for card in await world.person(who).cards())


async def test_it_can_be_ended_early_from_the_list(world: World) -> None:
    """One person is enough to let a device ring again."""
    await world.person("worker").says("3幢2单元501烟感静音半小时，做饭")
    await world.person("operator").clicks("silence.agree")
    await world.rings("smoke")
    await world.person("backup").says("静音名单")
    await world.person("backup").clicks("silence.end")
    await world.passes(seconds=10)
    assert await live(world) == ["smoke"]


async def test_the_asker_and_strangers_cannot_agree_by_a_button(world: World) -> None:
    """The service asks for the right, whoever holds the card; a resident's words mean nothing."""
    worker = world.person("worker")
    await worker.says("3幢2单元501烟感静音半小时，做饭")
    listed = (await worker.says("静音名单"))[0]["card"]
    assert [one["id"] for one in listed["actions"]] == ["silence.end"]
    await world.person("resident").says("3幢2单元501烟感静音半小时，做饭")
    assert len(await world.fetch("SELECT 1 FROM silence")) == 1
    await world.person("lead").clicks("silence.end")
    assert any("周军没有同意" in card["title"] for card in await worker.cards())
    await world.rings("smoke")
    assert await live(world) == ["smoke"]


async def test_an_installers_test_is_asked_for_step_by_step(world: World) -> None:
    """Nothing was said but the wish: place, device, minutes and reason are asked for."""
    worker = world.person("worker")
    await worker.says("测试模式")
    await worker.says("3幢2单元501")
    await worker.chooses("3幢2单元501 smoke")
    assert "最多 10 分钟" in str(await worker.says("11分钟"))
    await worker.chooses("10 分钟")
    assert "在测试" in str(await worker.chooses("检修设备"))
    await world.rings("smoke")
    assert await live(world) == []
    await world.jumps(minutes=11)
    assert await live(world) == ["smoke"]
    assert any("还在报警" in card["title"] for card in await worker.cards())
