"""Moves: a row ends and another begins, and what depends on a home follows the live one."""

import pytest

from core.db import Session
from core.errors import UserError
from models import HomeUse
from services import actors
from services.people import moves
from tests.neighbours import Neighbours, lives, newest
from tests.world import World


async def test_somebody_registered_elsewhere_says_whether_they_moved(
    world: World, there: Neighbours
) -> None:
    """A move ends the old row and keeps it; what depends on a home follows the live one."""
    elder, worker = world.person("elder"), world.person("worker")
    card = (await elder.says("我住3幢2单元601"))[0]["card"]
    assert card["title"] == "您登记的住址是3幢 2单元 501室。"
    await elder.says("1")
    assert "说搬过来了" in (await newest(worker))["title"]
    assert (await elder.says("家里怎么样"))[0]["card"]["title"] == "家里的设备"
    await worker.clicks("binding.yes")
    assert await lives(world, elder) == [there.flats["601"]]
    rows = await world.fetch(
        "SELECT home_id, until IS NULL AS live, elder FROM residence WHERE person_id = :p "
        "ORDER BY id", p=elder.id,
    )  # fmt: skip
    assert [(row.home_id, row.live, row.elder) for row in rows] == [
        (there.flats["501"], False, True), (there.flats["601"], True, True),
    ]  # fmt: skip
    uses = await world.fetch(
        "SELECT use FROM home WHERE id = ANY(:h) ORDER BY use",
        h=[there.flats["501"], there.flats["601"]],
    )
    assert [row.use for row in uses] == ["owned", "vacant"]
    assert "没有查到" in (await elder.says("家里怎么样"))[0]["card"]["title"]
    await world.rings("smoke")
    assert await elder.rings() == 0
    assert await world.person("family").rings() == 0
    assert await worker.rings() == 1


async def test_who_moves_in_as_an_elder_is_protected_by_the_flats_devices(
    world: World, there: Neighbours
) -> None:
    """Alarms follow the live row both ways; the wristband stays its wearer's."""
    elder = world.person("elder")

    async def swap(session: Session) -> None:
        by = await actors.actor(session, world.person("worker").id)
        await moves.move_out(session, by, person=elder.id, home=there.flats["501"], now=world.now)
        await moves.move_in(
            session, by, person=world.person("resident").id, home=there.flats["501"],
            elder=True, now=world.now, use=HomeUse.LET,
        )  # fmt: skip

    await world.db.run(swap)
    await world.rings("smoke")
    assert await world.person("resident").rings() == 1
    assert await elder.rings() == 0
    await world.rings("wristband")
    assert await elder.rings() == 1
    use = await world.fetch("SELECT use FROM home WHERE id = :id", id=there.flats["501"])
    assert use[0].use == "let"


async def test_moved_out_in_words_is_confirmed_by_the_worker(
    world: World, there: Neighbours
) -> None:
    """搬走了 of the elder; the worker sees what it means."""
    elder, worker = world.person("elder"), world.person("worker")
    said = (await elder.says("我搬走了"))[0]["card"]["title"]
    assert said == "已经请网格员确认：您从3幢 2单元 501室搬走了。"
    await worker.chooses("确认搬走")
    assert await lives(world, elder) == []


async def test_the_worker_notes_a_move_and_a_death_from_the_record(
    world: World, there: Neighbours
) -> None:
    """Each asks once more and names what it means; history stays."""
    worker = world.person("worker")
    await worker.says("查周秀兰")
    await worker.clicks("resident.change")
    asked = (await worker.clicks("resident.out"))[0]["card"]
    assert "空置" in asked["summary"]
    await worker.clicks("resident.out")
    assert (await worker.says("查3幢502"))[0]["card"]["summary"] == "登记的是没有人住。"

    await worker.says("查陈桂芳")
    await worker.clicks("resident.change")
    await worker.clicks("resident.died")
    await worker.clicks("resident.died")
    await world.rings("smoke")
    assert await world.person("family").rings() == 0
    links = await world.fetch("SELECT ended_at IS NULL AS live FROM family_link")
    assert [row.live for row in links] == [False]
    past = await world.fetch("SELECT count(*) AS n FROM residence WHERE until IS NOT NULL")
    assert past[0].n == 2


async def test_households_of_one_flat_and_history(world: World, there: Neighbours) -> None:
    """A change of household is a new row of the same flat; others can't read or write it."""
    person, home = there.people["周秀兰"], there.flats["502"]

    async def work(session: Session) -> None:
        by = await actors.actor(session, world.person("worker").id)
        await moves.change_household(
            session, by, person=person, home=home, household=2, relation="tenant", now=world.now
        )
        past = await moves.history(session, by, person=person, now=world.now)
        assert [(one.household, one.until is None) for one in past] == [(2, True), (1, False)]
        stranger = await actors.actor(session, world.person("resident").id)
        with pytest.raises(UserError, match="not-allowed"):
            await moves.history(session, stranger, person=person, now=world.now)
        with pytest.raises(UserError, match="not-allowed"):
            await moves.move_out(session, stranger, person=person, home=home, now=world.now)
        with pytest.raises(UserError, match="not-allowed"):
            await moves.move_in(
                session, by, person=person, home=there.flats["5-101"], now=world.now
            )

    await world.db.run(work)
