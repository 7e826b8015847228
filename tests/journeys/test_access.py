"""Who looked at whom: glass broken in an emergency, the log of it, and who may ask."""

from datetime import timedelta
from typing import Any

import pytest

from core.actor import Role
from core.db import Session, sql
from core.errors import UserError
from ops import check
from services import glass, looks, records
from services.actors import actor
from tests import make
from tests.town import EVERYWHERE, Town
from tests.world import Human, World

COMMAND = "紧急查看 3幢2单元501"


@pytest.fixture
async def stranger(world: World) -> Human:
    """Give the community a second grid, whose worker has nothing to do with the flat."""
    return await worker_next_door(world)


async def worker_next_door(world: World) -> Human:
    """Make the worker of another grid of the community."""

    async def work(session: Session) -> Human:
        grid = await make.grid(session, world.community, number=2)
        someone = await make.person(session, "钱进")
        await make.membership(
            session, someone.id, Role.WORKER, where=world.community, grid_id=grid.id
        )
        return Human(world, someone.id, "钱进")

    world.people["next_door"] = await world.db.run(work)
    return world.people["next_door"]


async def entries(world: World) -> list[tuple[Any, ...]]:
    """Read the log: who did what to whom."""
    rows = await world.fetch(
        "SELECT actor_id, action, subject_id FROM access_entry ORDER BY number"
    )
    return [tuple(row) for row in rows]


async def breaks(who: Human, reason: str = "2") -> dict[str, Any]:
    """Say the command, the reason, and yes; return the card that follows."""
    await who.says(COMMAND)
    await who.says(reason)
    card: dict[str, Any] = (await who.chooses("确定查看"))[-1]["card"]
    return card


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


async def test_a_person_reads_who_looked_when_and_why(world: World, stranger: Human) -> None:
    """Plain sentences, newest first, three at a time, and more of them by 更多."""
    elder = world.person("elder")
    assert "还没有人" in (await elder.says("谁看过我的信息"))[0]["card"]["summary"]
    await breaks(stranger)
    for _ in range(3):
        world.now += timedelta(minutes=1)
        await stranger.says(COMMAND)
    card = (await elder.says("谁看过我的信息"))[0]["card"]
    assert card["title"] == "谁看过您的信息"
    assert [field["value"] for field in card["fields"]] == 3 * [
        "网格员钱进查看了资料。原因：有人求救"
    ]
    assert card["fields"][0]["label"].startswith("11月22日")
    older = (await elder.says("更多"))[0]["card"]
    assert [field["value"] for field in older["fields"]] == [
        "网格员钱进查看了资料。原因：有人求救",
        "网格员钱进申请了紧急查看。原因：有人求救",
    ]
    assert "privacy.more" not in {action["id"] for action in older["actions"]}


async def test_it_is_asked_and_told_in_english_too(world: World, stranger: Human) -> None:
    """The command, the question and the sentences of the log."""
    asked = (await stranger.says("break glass building 3 unit 2 flat 501"))[0]["card"]
    assert asked["title"] == "Why is an emergency look needed?"
    await stranger.says("2")
    await stranger.chooses("Yes, look")
    card = (await world.person("elder").says("who looked at my data"))[0]["card"]
    assert card["title"] == "Who looked at your data"
    assert card["fields"][0]["value"] == (
        "Grid worker 钱进 looked at the data. Reason: Somebody called for help"
    )


async def test_somebody_who_moves_away_stops_no_notice(world: World, stranger: Human) -> None:
    """They are told all the same, and so is everybody after them."""
    await breaks(stranger)
    await world.db.run(
        lambda s: s.execute(sql("UPDATE residence SET until = :now"), {"now": world.now})
    )
    await world.passes(seconds=10)
    assert "急事" in (await world.person("elder").cards())[0]["title"]


async def test_a_relative_reads_it_for_the_elder_who_consented(
    world: World, stranger: Human
) -> None:
    """By the button below their own; with the consent the right ends."""
    await breaks(stranger)
    family = world.person("family")
    await family.says("谁看过我的信息")
    card = (await family.chooses("谁看过陈桂芳的信息"))[0]["card"]
    assert card["title"] == "谁看过陈桂芳的信息"
    assert "钱进" in card["fields"][0]["value"]
    token = next(
        action["token"]
        for card in await family.cards()
        for action in card["actions"]
        if action["label"] == "谁看过陈桂芳的信息"
    )
    await world.db.run(
        lambda s: s.execute(sql("UPDATE family_link SET ended_at = :now"), {"now": world.now})
    )
    assert "权限" in (await family.presses(token))[0]["card"]["title"]
    own = (await family.says("谁看过我的信息"))[0]["card"]
    assert "陈桂芳" not in str(own)


async def test_what_is_kept_leads_to_who_looked(world: World) -> None:
    """隐私 shows what is kept and by whom it may be seen, with a way to the list."""
    card = (await world.person("resident").says("隐私"))[0]["card"]
    assert card["title"] == "您的个人信息"
    shown = (await world.person("resident").clicks("privacy.looks"))[0]["card"]
    assert shown["title"] == "谁看过您的信息"


async def test_an_import_is_told_as_a_sentence(world: World) -> None:
    """It concerns everybody who was known by then; nobody is named in it."""
    from core.actor import CLOCK
    from services import audit
    from services.permissions import Permission

    async def work(session: Session) -> None:
        audit.note(
            session, CLOCK, Permission.TABLES_IMPORT, community=world.community,
            now=world.now + timedelta(days=400), how_many=6626,
            reason="residents",
        )  # fmt: skip

    await world.db.run(work)
    card = (await world.person("elder").says("谁看过我的信息"))[0]["card"]
    assert [field["value"] for field in card["fields"]] == [
        "系统成批导入了社区的居民资料，一共 6626 人。"
    ]


async def test_a_refused_turn_leaves_no_entry(world: World) -> None:
    """What was noted before the refusal goes with the savepoint; the chain stays whole."""
    from core.db import savepoint
    from services import audit
    from services.permissions import Permission

    elder = world.person("elder").id

    async def work(session: Session) -> None:
        by = await actor(session, world.person("worker").id)

        def note() -> None:
            audit.note(
                session, by, Permission.PEOPLE_READ, community=world.community, now=world.now,
                subject=elder,
            )  # fmt: skip

        async def refused() -> None:
            async with savepoint(session):
                note()
                raise UserError("not-allowed")

        with pytest.raises(UserError):
            await refused()
        note()

    await world.db.run(work)
    assert len(await entries(world)) == 1
    assert await whole(world)


async def test_telephones_of_a_ticket_are_looks_too(world: World) -> None:
    """联系电话 shows three people; each of them can read of it."""
    await world.person("elder").says("救命")
    await world.person("worker").clicks("ticket.ack")
    await world.person("worker").clicks("ticket.contact")
    subjects = {subject for _, action, subject in await entries(world) if action == "people.read"}
    assert subjects == {world.person("elder").id, world.person("family").id}
    card = (await world.person("elder").says("谁看过我的信息"))[0]["card"]
    assert "网格员王建国查看了资料" in card["fields"][0]["value"]


async def test_a_changed_row_is_named(world: World, stranger: Human) -> None:
    """Behind the trigger's back: a changed entry, a lost one, a cut end, an end moved along."""
    for _ in range(3):
        await breaks(stranger)
        world.now += timedelta(hours=1)
    assert await proof(world) == looks.Proof(6)
    for statement, broken in (
        ("UPDATE access_entry SET actor_id = subject_id WHERE number = 3", 3),
        ("UPDATE access_entry SET reason = NULL WHERE number = 1", 1),
        ("UPDATE access_entry SET at = at + interval '1 second' WHERE number = 5", 5),
        ("DELETE FROM access_entry WHERE number = 2", 2),
        ("DELETE FROM access_entry WHERE number = 6", 6),
        ("DELETE FROM access_head", 1),
        ("UPDATE access_head SET number = 9", 7),
    ):
        assert await proof(world, statement) == looks.Proof(broken - 1, broken), statement
    forged = """
        WITH gone AS (DELETE FROM access_entry WHERE number = 6)
        UPDATE access_head SET number = 5
        """
    assert (await proof(world, forged)).broken == 5
    async with world.db.reading() as session:
        assert not [r for r in await check.run(session, now=world.now) if r["broken"]]


async def proof(world: World, statement: str | None = None) -> looks.Proof:
    """Walk the chain, after a statement that is undone again."""
    async with world.db.reading() as session:
        if statement is not None:
            await session.execute(sql("ALTER TABLE access_entry DISABLE TRIGGER USER"))
            await session.execute(sql(statement))
            results = await check.run(session, now=world.now)
            assert [one["name"] for one in results if one["broken"]] == ["access_log_whole"]
        return await looks.verify(session, world.community)


async def whole(world: World) -> bool:
    """Tell whether the community's chain is whole and every invariant holds."""
    async with world.db.reading() as session:
        found = await check.run(session, now=world.now)
        return not [one for one in found if one["broken"]] and (
            (await looks.verify(session, world.community)).broken is None
        )


async def leaves(world: World, who: str) -> None:
    """Let somebody have no chat any more."""
    await world.db.run(
        lambda s: s.execute(
            sql("UPDATE channel_account SET reachable = FALSE WHERE person_id = :who"),
            {"who": world.person(who).id},
        )
    )


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
