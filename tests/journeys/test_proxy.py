"""代办: the worker acts for somebody without chat; the log names both, and it ends by itself."""

import pytest

from core.db import Session
from tests import make
from tests.neighbours import Neighbours, by_day, moved_in
from tests.world import Item, World


@pytest.fixture
async def there(world: World) -> Neighbours:
    """Let the neighbours move in, by day; 周秀兰 has 50 points, and there is something to do."""
    by_day(world)
    made = await moved_in(world)

    async def fill(session: Session) -> None:
        operator = world.person("operator").id
        await make.activity(session, world.community, operator, starts_at=world.now.replace(hour=8))
        await make.reward(session, world.community, merchant=world.person("lead").id)
        await make.points(session, world.community, made.people["周秀兰"], 50, now=world.now)
        await make.points(session, world.community, world.person("worker").id, 50, now=world.now)

    await world.db.run(fill)
    return made


async def said(world: World, text: str) -> Item:
    """Write as the worker; returns the answer's card."""
    card: Item = (await world.person("worker").says(text))[0]["card"]
    return card


async def test_an_activity_is_joined_as_the_person_and_both_are_in_the_log(
    world: World, there: Neighbours
) -> None:
    """Every card says for whom; afterwards the worker is themselves again."""
    worker, them = world.person("worker"), there.people["周秀兰"]
    assert (await said(world, "代办 周阿婆"))["title"] == "现在开始为周**代办"
    assert (await said(world, "社区活动"))["title"].startswith("【正在为周**代办】")
    await worker.says("1")
    joined = (await worker.clicks("activity.join"))[0]["card"]
    assert joined["title"].startswith("【正在为周**代办】")
    rows = await world.fetch("SELECT person_id FROM enrolment")
    assert [row.person_id for row in rows] == [them]
    log = await world.fetch(
        "SELECT actor_id, for_id, subject_id FROM access_entry WHERE action = 'proxy.act'"
    )
    assert len(log) == 4
    assert {(row.actor_id, row.for_id, row.subject_id) for row in log} == {(worker.id, them, them)}
    assert "已经结束为周**代办" in (await said(world, "结束代办"))["title"]
    assert (await said(world, "我的工单"))["title"] == "现在没有要办的单。"
    assert "没有在为谁代办" in (await said(world, "结束代办"))["title"]


async def test_points_are_spent_only_after_asking_once_more(
    world: World, there: Neighbours
) -> None:
    """The person's points, not the worker's; what becomes of it is told to the worker."""
    worker, them = world.person("worker"), there.people["周秀兰"]
    await said(world, "代办 周秀兰")
    assert "50 分" in (await said(world, "我的积分"))["title"]
    await said(world, "能换什么")
    await worker.clicks("reward.choose")
    asked = (await worker.clicks("redeem.hold"))[0]["card"]
    assert "请当面跟周**再核对一遍" in asked["title"]
    assert await balance(world, them) == 50
    held = (await worker.clicks("redeem.hold"))[0]["card"]
    assert held["title"].startswith("【正在为周**代办】")
    assert await balance(world, them) == 30
    assert await balance(world, worker.id) == 50
    await world.passes(minutes=11)
    assert await balance(world, them) == 50
    assert (await worker.cards())[0]["title"].startswith("【正在为周**代办】")


async def balance(world: World, person: object) -> int:
    """Tell somebody's points."""
    rows = await world.fetch(
        "SELECT balance FROM account WHERE person_id = :p AND kind = 'resident'", p=person
    )
    return int(rows[0].balance) if rows else 0


@pytest.mark.usefixtures("there")
async def test_danger_and_the_workers_tickets_stay_the_workers(world: World) -> None:
    """救命 is the worker's own call; 接单 and 我的工单 are of the own tickets."""
    worker = world.person("worker")
    await said(world, "代办 周秀兰")
    await world.rings("smoke")
    await worker.says("接单")
    rows = await world.fetch("SELECT acked_by FROM ticket")
    assert [row.acked_by for row in rows] == [worker.id]
    assert "代办" not in (await said(world, "我的工单"))["title"]
    await worker.says("救命")
    calls = await world.fetch("SELECT caller_id FROM emergency")
    assert [row.caller_id for row in calls] == [worker.id]
    assert "查住户" not in (await said(world, "查3幢502"))["title"]
    assert (await said(world, "查3幢502"))["title"] == "3幢 2单元 502室"


async def test_it_ends_after_fifteen_idle_minutes_and_old_buttons_with_it(
    world: World, there: Neighbours
) -> None:
    """A button made for the person never acts for the worker; each act waits anew."""
    worker = world.person("worker")
    await said(world, "代办 周秀兰")
    await said(world, "社区活动")
    await worker.says("1")
    token = await worker.token("activity.join")
    await world.passes(minutes=14)
    await said(world, "我的积分")
    await world.passes(minutes=14)
    assert (await said(world, "我的积分"))["title"].startswith("【")
    await world.passes(minutes=16)
    assert "代办已经结束" in (await worker.presses(token))[0]["card"]["title"]
    assert await world.fetch("SELECT 1 FROM enrolment") == []
    assert "代办】" not in (await said(world, "积分明细"))["title"]


@pytest.mark.usefixtures("there")
async def test_who_has_chat_or_lives_in_another_grid_is_not_acted_for(world: World) -> None:
    """The one decides themselves, the other has another worker; several are chosen from."""
    assert "请他自己办" in (await said(world, "代办 陈桂芳"))["title"]
    assert "没有找到" in (await said(world, "代办 陈大山"))["title"]
    several = await said(world, "代办 3幢")
    assert all(one["id"] in {"resident.pick", "resident.more"} for one in several["actions"])
    assert await world.fetch("SELECT 1 FROM proxy") == []
    said_by_resident = await world.person("resident").says("代办 周秀兰")
    assert "现在开始" not in str(said_by_resident)


async def test_the_new_person_takes_the_place_of_the_old(world: World, there: Neighbours) -> None:
    """One at a time; buttons of the one before are over."""
    worker = world.person("worker")
    await said(world, "代办 周秀兰")
    await said(world, "社区活动")
    await worker.says("1")
    token = await worker.token("activity.join")
    await said(world, "代办 程贵方")
    assert "代办已经结束" in (await worker.presses(token))[0]["card"]["title"]
    assert await world.fetch("SELECT 1 FROM enrolment") == []
    rows = await world.fetch("SELECT person_id FROM proxy")
    assert [row.person_id for row in rows] == [there.people["程贵方"]]


async def test_a_flow_that_was_begun_for_somebody_goes_on_for_them(
    world: World, there: Neighbours
) -> None:
    """And is over once the worker is themselves again."""
    worker, them = world.person("worker"), there.people["周秀兰"]
    await said(world, "代办 周秀兰")
    asked = await said(world, "登记住址")
    assert asked["title"].startswith("【正在为周**代办】请告诉我")
    await said(world, "3幢2单元601")
    await worker.says("1")
    rows = await world.fetch("SELECT person_id FROM binding")
    assert [row.person_id for row in rows] == [them]
    assert "没有办这件事的权限" not in str(await worker.cards())
    await said(world, "登记住址")
    await worker.clicks("proxy.end")
    assert "代办已经结束" in (await said(world, "3幢2单元602"))["title"]
    assert (await said(world, "查3幢602"))["title"] == "3幢 2单元 602室"
