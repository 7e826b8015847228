"""试铃: everybody who would hear an alarm is rung by the month; whoever is not reached is a list."""

from datetime import UTC, datetime

import pytest

from core.db import Session, sql
from core.errors import UserError
from services.actors import actor
from services.tickets import bell
from services.tickets.bell import Failed, Result
from tests.journeys.test_alarm import clean
from tests.world import World


async def rings(world: World, who: str = "operator") -> None:
    """Let the operator ring the bell."""

    async def work(session: Session) -> None:
        by = await actor(session, world.person(who).id)
        await bell.begin(session, by, world.community, now=world.now)

    await world.db.run(work)
    await world.settle()


async def result(world: World) -> Result | None:
    """Read how it went."""
    async with world.db.reading() as session:
        by = await actor(session, world.person("operator").id)
        return await bell.newest(session, by, world.community)


async def test_one_tap_and_the_list_is_who_did_not(world: World) -> None:
    """Workers and relatives, not the elder; a silent one, and one whom no chat reaches."""
    await world.db.run(
        lambda s: s.execute(
            sql("UPDATE channel_account SET reachable = false WHERE person_id = :who"),
            {"who": world.person("lead").id},
        )
    )
    await rings(world)
    assert await world.person("elder").items() == []
    for name in ("worker", "backup"):
        someone = world.person(name)
        assert (await someone.card())["title"] == "试铃：收到请点一下"
        (thanks,) = await someone.clicks("bell.heard")
        assert (thanks["op"], thanks["card"]["title"]) == ("update", "收到了，谢谢。")
        assert thanks["card"]["actions"] == []
    found = await result(world)
    assert found is not None
    assert (found.asked, found.heard, found.over) == (4, 2, False)
    assert {(one.who, one.role, one.why) for one in found.missed} == {
        ("周军", "worker", Failed.NO_CHAT),
        ("陈**", "family", Failed.NO_ANSWER),
    }
    await clean(world)


async def test_a_test_disturbs_no_work(world: World) -> None:
    """It is in nobody's list, escalates to nobody, and after a day it is over."""
    await rings(world)
    worker = world.person("worker")
    assert "没有要办的单" in str(await worker.says("我的工单"))
    token = await worker.token("bell.heard")
    with pytest.raises(UserError, match="bell-runs"):
        await rings(world)
    await world.passes(hours=24)
    assert await worker.rings() == 1
    assert "已经结束" in str(await worker.presses(token))
    found = await result(world)
    assert found is not None
    assert found.over
    await clean(world)


async def test_it_rings_by_itself_once_a_month_by_day(world: World) -> None:
    """On the first, at ten o'clock here; not again that month, and again the next."""
    world.now = datetime(2026, 12, 1, 1, 58, tzinfo=UTC)
    await world.passes(minutes=1)
    worker = world.person("worker")
    assert await worker.rings() == 0
    await world.passes(minutes=2)
    assert await worker.rings() == 1
    await world.jumps(hours=25)
    assert await worker.rings() == 1
    world.now = datetime(2027, 1, 1, 3, 0, tzinfo=UTC)
    await world.passes(minutes=1)
    assert await worker.rings() == 2


async def test_only_who_was_rung_says_that_it_came(world: World) -> None:
    """And only the operator rings."""
    with pytest.raises(UserError, match="not-allowed"):
        await rings(world, "worker")
    await rings(world)
    (row,) = await world.fetch("SELECT id FROM ticket")

    async def work(session: Session) -> None:
        by = await actor(session, world.person("resident").id)
        await bell.hear(session, by, ticket=row.id, now=world.now)

    with pytest.raises(UserError, match="not-allowed"):
        await world.db.run(work)
