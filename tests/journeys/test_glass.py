"""Glass broken in an emergency: asked, written down, told, and mended by itself."""

from datetime import timedelta

import pytest

from core.actor import Role
from core.db import Session, sql
from core.errors import UserError
from services import glass, records
from services.actors import actor
from tests import make
from tests.glass_stage import COMMAND, breaks, entries, leaves, whole, worker_next_door
from tests.town import EVERYWHERE, Town
from tests.world import Human, World


@pytest.fixture
async def stranger(world: World) -> Human:
    """Give the community a second grid, whose worker has nothing to do with the flat."""
    return await worker_next_door(world)


async def test_a_worker_opens_a_flat_of_another_grid_with_a_reason(
    world: World, stranger: Human
) -> None:
    """Asked why and whether really; then the record, the entries, and word to the elder."""
    asked = (await stranger.says(COMMAND))[0]["card"]
    assert "为什么" in asked["title"]
    assert "陈桂芳" not in str(asked)
    sure = (await stranger.says("楼下说屋里有人喊疼，敲门没人应"))[0]["card"]
    assert "陈**" in sure["title"]
    assert "陈桂芳" not in str(sure)
    assert await entries(world) == []
    shown = (await stranger.chooses("确定查看"))[0]["card"]
    elder = world.person("elder")
    assert shown["title"] == "陈桂芳"
    assert await entries(world) == [
        (stranger.id, "glass.break", elder.id),
        (stranger.id, "people.read", elder.id),
    ]
    await world.passes(seconds=10)
    told = (await elder.cards())[0]
    assert told["title"] == "钱进因为急事查看了您的资料"
    assert told["fields"][1]["value"] == "楼下说屋里有人喊疼，敲门没人应"
    assert len([card for card in await elder.cards() if "急事" in card["title"]]) == 1
    assert await whole(world)


async def test_words_of_danger_are_a_reason_and_no_call(world: World, stranger: Human) -> None:
    """A worker who writes why must not ring everybody for themselves."""
    await stranger.says(COMMAND)
    sure = (await stranger.says("老人摔倒了，家里着火了，救命"))[0]["card"]
    assert "陈**" in sure["title"]
    assert await world.fetch("SELECT 1 FROM ticket") == []


async def test_the_glass_is_left_whole_at_no(world: World, stranger: Human) -> None:
    """Nothing is written, nothing shown, nobody told."""
    await stranger.says(COMMAND)
    await stranger.says("1")
    left = (await stranger.chooses("不看了"))[0]["card"]
    assert "没有查看" in left["title"]
    await stranger.says(COMMAND)
    await stranger.says("取消")
    assert await world.fetch("SELECT 1 FROM broken_glass") == []
    assert await entries(world) == []


async def test_each_look_is_written_and_the_glass_mends_by_itself(
    world: World, stranger: Human
) -> None:
    """Within the half hour it is not asked again; after it, it is."""
    await breaks(stranger)
    again = (await stranger.says(COMMAND))[0]["card"]
    assert again["title"] == "陈桂芳"
    assert [action for _, action, _ in await entries(world)] == [
        "glass.break", "people.read", "people.read",
    ]  # fmt: skip
    world.now += timedelta(minutes=30, seconds=1)
    assert "为什么" in (await stranger.says(COMMAND))[0]["card"]["title"]
    await stranger.says("取消")

    async def late(session: Session) -> None:
        by = await actor(session, stranger.id)
        await glass.look(session, by, world.person("elder").id, now=world.now)

    with pytest.raises(UserError, match="glass-mended"):
        await world.db.run(late)


async def test_it_mends_when_the_ticket_closes(world: World, stranger: Human) -> None:
    """It is for the incident that the worker has taken, and the right ends with that."""
    await world.publishes("zigbee2mqtt/nobody", {"smoke": True})
    await world.dispatches("next_door")
    await stranger.clicks("ticket.ack")
    await breaks(stranger)
    (ticket,) = await world.fetch("SELECT id FROM ticket")
    (row,) = await world.fetch("SELECT ticket_id FROM broken_glass")
    assert row.ticket_id == ticket.id
    for words in ("处置完成", "1", "1", "跳过"):
        await stranger.says(words)
    assert (await world.fetch("SELECT status FROM ticket"))[0].status == "closed"
    assert "为什么" in (await stranger.says(COMMAND))[0]["card"]["title"]


async def test_whoever_has_no_chat_is_told_through_others(world: World, stranger: Human) -> None:
    """The family; and where they have none either, the worker of that grid."""
    await leaves(world, "elder")
    await breaks(stranger)
    await world.passes(seconds=10)
    told = (await world.person("family").cards())[0]
    assert told["title"] == "钱进因为急事查看了陈桂芳的资料"
    await leaves(world, "family")
    world.now += timedelta(hours=1)
    await breaks(stranger)
    await world.passes(seconds=10)
    told = (await world.person("worker").cards())[0]
    assert "3幢 2单元 501室 陈桂芳" in told["title"]
    assert "请转告本人" in told["title"]


async def test_nobody_but_staff_and_not_in_the_own_grid(world: World, stranger: Human) -> None:
    """A resident has no such command; the grid's worker needs none; an unknown flat is said so."""
    assert "权限" in (await world.person("resident").says(COMMAND))[0]["card"]["title"]
    assert "不用紧急查看" in (await world.person("worker").says(COMMAND))[0]["card"]["title"]
    asked = (await stranger.says("紧急查看"))[0]["card"]
    assert "哪一户" in asked["title"]
    assert "没有找到" in (await stranger.says("99幢1单元101"))[0]["card"]["summary"]
    assert "为什么" in (await stranger.says("三幢二单元五〇一室"))[0]["card"]["title"]
    assert await entries(world) == []


async def test_the_operator_of_another_community_can_break_nothing(world: World) -> None:
    """They do not even learn that somebody lives there."""

    async def elsewhere(session: Session) -> None:
        other = await make.community(session, slug="other")
        person = await make.person(session, "外人")
        await make.membership(session, person.id, Role.OPERATOR, where=other.id)
        by = await actor(session, person.id)
        elder = world.person("elder").id
        assert await glass.at_flat(session, by, COMMAND) == []
        with pytest.raises(UserError, match="not-allowed"):
            await glass.break_for(session, by, elder, reason="想看看", now=world.now)
        with pytest.raises(UserError, match="person-unknown"):
            await records.opened(session, by, elder, community=other.id, now=world.now)
        with pytest.raises(UserError, match="not-allowed"):
            await records.opened(session, by, elder, now=world.now)
        assert await glass.listing(session, by, community=other.id, now=world.now) == []
        with pytest.raises(UserError, match="not-allowed"):
            await glass.listing(session, by, community=world.community, now=world.now)

    await world.db.run(elsewhere)
    assert await entries(world) == []


async def test_somebody_who_moves_away_stops_no_notice(world: World, stranger: Human) -> None:
    """They are told all the same, and so is everybody after them."""
    await breaks(stranger)
    await world.db.run(
        lambda s: s.execute(sql("UPDATE residence SET until = :now"), {"now": world.now})
    )
    await world.passes(seconds=10)
    assert "急事" in (await world.person("elder").cards())[0]["title"]


@pytest.mark.parametrize("channel", EVERYWHERE)
async def test_the_glass_is_broken_on_every_channel(town: Town, channel: str) -> None:
    """Asked, given a reason, confirmed, shown; and the elder reads of it in theirs."""
    await worker_next_door(town.world)
    if channel == "wecom":
        town.fakes["wecom"].members.add("Unext_door")
    worker = await town.hand("next_door", channel)
    await worker.says(COMMAND)
    assert await worker.sees("为什么要紧急查看")
    await worker.clicks("有人求救")
    assert await worker.sees("陈**")
    await worker.clicks("确定查看")
    assert await worker.sees("陈桂芳")
    await town.ticks(seconds=5)
    elder = await town.hand("elder", channel)
    await elder.says("谁看过我的信息")
    assert await elder.sees("网格员钱进查看了资料。原因：有人求救")
