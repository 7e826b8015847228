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
