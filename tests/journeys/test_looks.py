"""Who looked at whom: read by the person, by a relative, and proved link by link."""

from datetime import timedelta

import pytest

from core.actor import CLOCK
from core.db import Session, sql
from core.errors import UserError
from ops import check
from services import audit, looks
from services.actors import actor
from services.permissions import Permission
from tests.glass_stage import COMMAND, breaks, entries, whole, worker_next_door
from tests.journeys.test_emergency import brief
from tests.world import Human, World


@pytest.fixture
async def stranger(world: World) -> Human:
    """Give the community a second grid, whose worker has nothing to do with the flat."""
    return await worker_next_door(world)


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
    """What was noted before the refusal goes with it; the chain stays whole."""
    elder = world.person("elder").id

    async def noted(session: Session) -> None:
        by = await actor(session, world.person("worker").id)
        audit.note(
            session, by, Permission.PEOPLE_READ, community=world.community, now=world.now,
            subject=elder,
        )  # fmt: skip

    async def refused(session: Session) -> None:
        await noted(session)
        raise UserError("not-allowed")

    with pytest.raises(UserError):
        await world.db.run(refused)
    await world.db.run(noted)
    assert len(await entries(world)) == 1
    assert await whole(world)


async def test_telephones_of_a_ticket_are_looks_too(world: World) -> None:
    """联系电话 shows three people; each of them can read of it."""
    await world.person("elder").says("救命")
    await world.person("worker").clicks("ticket.ack")
    await brief(world)
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
