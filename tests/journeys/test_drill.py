"""演练: what is named is practice and says so; anything else is real, and so is what is left."""

from datetime import timedelta

import pytest

from core.db import Session
from core.errors import UserError
from services import drills
from services.actors import actor
from tests.journeys.test_alarm import clean
from tests.journeys.test_months import figures
from tests.world import World


async def practise(world: World, *kinds: str, households: bool = False, who: str = "operator",
                   hours: int = 1) -> None:  # fmt: skip
    """Begin a drill with these devices."""

    async def work(session: Session) -> None:
        by = await actor(session, world.person(who).id)
        await drills.begin(
            session, by, world.community, devices=[world.devices[kind].id for kind in kinds],
            lasts=timedelta(hours=hours), households=households, now=world.now,
        )  # fmt: skip

    await world.db.run(work)


async def ends(world: World) -> None:
    """Let the operator end it."""

    async def work(session: Session) -> None:
        by = await actor(session, world.person("operator").id)
        await drills.end(session, by, world.community, now=world.now)

    await world.db.run(work)
    await world.settle()


async def test_the_workers_practise_and_nobody_at_home_is_frightened(world: World) -> None:
    """The card says so, the chain goes on as ever, elder and family hear nothing of it."""
    await practise(world, "smoke")
    await world.rings("smoke")
    worker = world.person("worker")
    assert (await worker.card())["title"].startswith("【演练】烟雾报警")
    await world.passes(minutes=7)
    assert await worker.rings() == 3
    assert await world.person("backup").rings() == 3
    assert await world.person("elder").items() == await world.person("family").items() == []
    await worker.clicks("ticket.ack")
    await world.rings("smoke", smoke=False)
    await ends(world)
    assert (await worker.card())["tone"] == "success"
    assert await figures(world) == []
    await clean(world)


async def test_a_device_that_nobody_named_is_real(world: World) -> None:
    """In the middle of a drill the gas alarm goes to everybody, without the mark."""
    await practise(world, "smoke")
    await world.rings("gas")
    assert (await world.person("worker").card())["title"].startswith("燃气泄漏报警")
    assert await world.person("family").rings() == 1
    await clean(world)


async def test_households_take_part_when_the_drill_says_so(world: World) -> None:
    """Their cards carry the mark too."""
    await practise(world, "smoke", households=True)
    await world.rings("smoke")
    assert (await world.person("family").card())["title"].startswith("【演练】")


async def test_what_still_alarms_at_the_end_is_rung_for_real(world: World) -> None:
    """Perhaps it was no practice: everybody hears, the family too, and the chain begins anew."""
    await practise(world, "smoke")
    await world.rings("smoke")
    worker, family = world.person("worker"), world.person("family")
    await worker.clicks("ticket.ack")
    assert await family.rings() == 0
    await world.jumps(hours=1)
    assert await family.rings() == 1
    assert await worker.rings() == 2
    card = await worker.card()
    assert card["title"].startswith("烟雾报警")
    assert card["actions"][0]["id"] == "ticket.ack"
    heard = await world.person("backup").rings()
    await world.passes(minutes=2)
    assert await world.person("backup").rings() == heard + 1
    await clean(world)


async def test_what_alarmed_before_the_drill_stays_real(world: World) -> None:
    """A drill takes nothing back."""
    await world.rings("smoke")
    await practise(world, "smoke")
    await world.rings("smoke")
    assert (await world.person("worker").card())["title"].startswith("烟雾报警")


async def test_a_drill_is_the_operators_and_one_at_a_time(world: World) -> None:
    """With devices of the community, for four hours at most."""
    with pytest.raises(UserError, match="not-allowed"):
        await practise(world, "smoke", who="worker")
    with pytest.raises(UserError, match="drill-span"):
        await practise(world, "smoke", hours=5)
    with pytest.raises(UserError, match="drill-devices"):
        await practise(world)
    await practise(world, "smoke")
    with pytest.raises(UserError, match="drill-runs"):
        await practise(world, "gas")
    await ends(world)
    await practise(world, "gas")
