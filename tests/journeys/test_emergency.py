"""Somebody writes 救命: told at once, taken back by the caller, verified by the worker's voice."""

from uuid import UUID

import pytest

from core.db import Session, sql
from core.errors import UserError
from models import Person
from ops import check
from services import field
from services.actors import actor
from services.tickets.contacts import Contact
from tests import make
from tests.world import Human, World


async def test_an_elder_cries_for_help_and_everyone_hears_at_once(world: World) -> None:
    """No question first; the elder sees the numbers, the family and the worker have a card."""
    elder, worker, family = (world.person(p) for p in ("elder", "worker", "family"))
    answer = await elder.says("救命")
    card = answer[0]["card"]
    assert card["title"] == "已通知网格员。请您也马上拨打 110。"
    assert [a["id"] for a in card["actions"]] == ["call", "call", "call", "emergency.withdraw"]
    assert card["actions"][0]["url"] == "tel:110"
    assert "打个电话过去" in (await family.card())["summary"]
    theirs = await worker.card()
    assert theirs["title"] == "呼救（求救）：3幢 2单元 501室"
    assert "陈桂芳" not in str(theirs)
    assert [a["id"] for a in theirs["actions"]] == [
        "ticket.ack", "call", "ticket.dialled", "ticket.people", "ticket.way",
    ]  # fmt: skip

    await worker.clicks("ticket.ack")
    assert "王建国已接单" in (await elder.card())["summary"]
    await clean(world)


async def test_calling_again_rings_again_and_never_opens_a_second_ticket(world: World) -> None:
    """A better word replaces the mere cry, a mere cry does not replace the better word."""
    elder, worker = world.person("elder"), world.person("worker")
    await elder.says("救命啊")
    assert await worker.rings() == 1
    await elder.says("厨房着火了")
    assert await worker.rings() == 2
    assert "119" in (await elder.card())["title"]
    await elder.says("救命")
    assert "着火" in (await worker.card())["title"]
    assert len(await world.fetch("SELECT 1 FROM ticket")) == 1
    assert await worker.rings() == 3
    await clean(world)


async def test_what_was_taken_back_is_still_verified(world: World) -> None:
    """误触 closes nothing: the worker is told so, and has to see or hear the person."""
    elder, worker = world.person("elder"), world.person("worker")
    await elder.says("救命")
    answer = await elder.clicks("emergency.withdraw")
    assert "误触" in answer[0]["card"]["title"]
    assert "核实" in (await worker.card())["summary"]
    assert "误触" in (await world.person("family").card())["summary"]
    assert await worker.rings() == 2
    assert (await world.fetch("SELECT status FROM ticket"))[0].status == "open"

    await world.passes(seconds=100)
    assert await world.person("backup").rings() == 1

    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.resolve")
    await worker.chooses("误触或说错，没有险情")
    await worker.chooses("通过话")
    await worker.chooses("跳过")
    assert (await world.fetch("SELECT status FROM ticket"))[0].status == "closed"
    assert (await elder.card())["tone"] == "success"
    kinds = [row.kind for row in await world.fetch("SELECT kind FROM ticket_event ORDER BY id")]
    assert kinds.count("withdrawn") == 1
    await clean(world)


async def test_calling_after_taking_it_back_counts(world: World) -> None:
    """Whoever calls once more is in danger, whatever they said between."""
    elder = world.person("elder")
    await elder.says("救命")
    await elder.clicks("emergency.withdraw")
    await elder.says("真的着火了")
    assert "核实" not in (await world.person("worker").card())["summary"]
    assert "emergency.withdraw" in [a["id"] for a in (await elder.card())["actions"]]
    await clean(world)


async def test_nobody_else_can_take_it_back(world: World) -> None:
    """The button belongs to the caller, and the service checks it too."""
    await world.person("elder").says("有人打我")
    token = await world.person("elder").token("emergency.withdraw")
    answer = await world.person("family").presses(token)
    assert "不是发给您的" in answer[0]["card"]["title"]
    assert await world.fetch("SELECT 1 FROM emergency WHERE withdrawn_at IS NOT NULL") == []


async def test_a_relative_calls_for_the_elder(world: World) -> None:
    """The words name the elder, so the elder's home counts, and the elder hears."""
    family = world.person("family")
    answer = await family.says("我妈摔倒了起不来")
    assert "120" in answer[0]["card"]["title"]
    assert "501" in (await world.person("worker").card())["title"]
    assert (await world.person("elder").card())["summary"].startswith("先别急着起来")
    await world.person("elder").says("救命")
    assert len(await world.fetch("SELECT 1 FROM ticket")) == 1
    await clean(world)


async def test_without_a_home_everyone_on_duty_and_the_operator_hear(world: World) -> None:
    """Nobody knows the grid, so the whole community's duty is told, and may answer."""
    resident = world.person("resident")
    await resident.says("help! fire")
    for name in ("worker", "backup", "lead", "operator"):
        assert await world.person(name).rings() == 1
    worker = world.person("worker")
    assert "地点还不知道" in (await worker.card())["title"]
    await worker.clicks("ticket.ack")
    assert (await resident.card())["summary"].startswith("王建国 has taken it")
    await clean(world)


async def test_with_nobody_to_tell_it_says_so(world: World) -> None:
    """It never claims to have told anybody: the caller is told to dial."""
    await world.db.run(lambda s: s.execute(sql("UPDATE shift SET left_at = now()")))
    answer = await world.person("resident").says("救命")
    assert "没能通知到" in answer[0]["card"]["title"]

    async def stranger(session: Session) -> UUID:
        await make.community(session, slug="other")
        return (await make.person(session, "路人")).id

    someone = Human(world, await world.db.run(stranger), "路人")
    answer = await someone.says("着火了")
    assert "还没有登记" in answer[0]["card"]["title"]
    assert answer[0]["card"]["actions"][0]["url"] == "tel:119"


async def test_a_flow_stays_and_goes_on_after_an_emergency(world: World) -> None:
    """The worker is in the middle of finishing one ticket when danger interrupts."""
    worker = world.person("worker")
    await world.rings("smoke")
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.resolve")
    await worker.says("救命")
    assert len(await world.fetch("SELECT 1 FROM ticket WHERE what = 'emergency'")) == 1
    answer = await worker.clicks("emergency.withdraw")
    assert "现场是什么情况？" in [item["card"]["title"] for item in answer]
    await worker.says("2")
    await worker.chooses("见到本人")
    await worker.chooses("跳过")
    rows = await world.fetch("SELECT status FROM ticket WHERE what = 'smoke'")
    assert [row.status for row in rows] == ["resolved"]


async def test_a_question_about_danger_gets_advice_and_offers_to_call(world: World) -> None:
    """着火了怎么办 opens nothing by itself; one press does."""
    elder = world.person("elder")
    answer = await elder.says("着火了怎么办")
    assert "不要坐电梯" in answer[0]["card"]["summary"]
    assert await world.fetch("SELECT 1 FROM ticket") == []
    answer = await elder.clicks("emergency.open")
    assert "119" in answer[0]["card"]["title"]
    assert "着火" in (await world.person("worker").card())["title"]


async def test_the_telephone_is_shown_on_request_and_noted(world: World) -> None:
    """Personal detail is not on the card; who looked stands in the log; closed means closed."""

    async def telephone(session: Session) -> None:
        elder = await session.get_one(Person, world.person("elder").id)
        elder.phone = "13900000001"

    await world.db.run(telephone)
    await world.person("elder").says("晕倒了")
    worker = world.person("worker")
    assert [(one.name, one.phone) for one in await brief(world)] == [
        ("陈桂芳", "13900000001"), ("陈晓明", ""),
    ]  # fmt: skip
    assert len(await world.fetch("SELECT 1 FROM ticket_event WHERE kind = 'looked'")) == 1
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.resolve")
    await worker.chooses("确有险情，已处理")
    await worker.chooses("见到本人")
    await worker.chooses("跳过")
    with pytest.raises(UserError, match="ticket-is-over"):
        await brief(world)


async def brief(world: World) -> list[Contact]:
    """Follow the link of the worker's card to the people of the only ticket."""
    (row,) = await world.fetch("SELECT id FROM ticket")

    async def work(session: Session) -> list[Contact]:
        by = await actor(session, world.person("worker").id)
        return (await field.brief(session, by, ticket=row.id, now=world.now)).people

    return await world.db.run(work)


async def clean(world: World) -> None:
    """Prove the invariants."""
    await world.settle()
    async with world.db.reading() as session:
        broken = [one for one in await check.run(session, now=world.now) if one["broken"]]
    assert not broken
