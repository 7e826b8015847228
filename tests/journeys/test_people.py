"""转人工: a person is asked for, answers, and the two write to each other until one ends it."""

from core.db import sql
from ops import check
from tests.world import Human, Item, World

JPEG = b"\xff\xd8 a picture"
_LEAVE = sql("UPDATE shift SET left_at = now()")


async def last(someone: Human) -> Item:
    """Return the newest card."""
    return (await someone.cards())[0]


async def test_a_resident_and_a_worker_write_to_each_other_until_one_ends_it(
    world: World,
) -> None:
    """The words that led there go along; both sides see who writes; ending is told to both."""
    elder, worker = world.person("elder"), world.person("worker")
    answer = await elder.says("转人工")
    assert answer[0]["card"]["title"].startswith("正在帮您找人，单号")
    assert answer[0]["card"]["tone"] == "info"
    theirs = await worker.card()
    assert theirs["title"] == "陈桂芳想找人说话"
    assert theirs["tone"] == "info"
    kept = await elder.says("那个轮椅坡道嘛就是那边")
    assert "已记下" in kept[0]["card"]["title"]

    begun = await worker.clicks("ticket.ack")
    assert begun[0]["card"]["fields"][0]["value"] == "那个轮椅坡道嘛就是那边"
    assert (await elder.card())["title"] == "王建国来了"

    assert await worker.says("陈阿婆您好，您说") == []
    heard = await last(elder)
    assert (heard["title"], heard["summary"]) == ("网格员王建国", "陈阿婆您好，您说")
    assert await elder.says("2") == []
    heard = await last(worker)
    assert (heard["title"], heard["summary"]) == ("老人陈桂芳", "2")

    await elder.says("结束")
    assert "陈桂芳结束了对话。" in [one["title"] for one in await worker.cards()]
    assert (await elder.card())["tone"] == "success"
    assert (await world.fetch("SELECT status FROM ticket"))[0].status == "closed"
    assert (await worker.says("我的工单"))[0]["card"]["title"] == "现在没有要办的单。"
    await clean(world)


async def test_zero_finds_a_person_at_any_turn(world: World) -> None:
    """0 works without a card, with one, and in the middle of a flow, which then goes on."""
    family, worker = world.person("family"), world.person("worker")
    assert "正在帮您找人" in (await family.says("0"))[0]["card"]["title"]
    await world.rings("smoke")
    await worker.says("接单")
    await worker.clicks("ticket.ack")


async def test_a_worker_may_end_it_and_does_so_with_the_tickets_button(world: World) -> None:
    """处置完成 of a talk asks nothing: the talk just ends."""
    elder, worker = world.person("elder"), world.person("worker")
    await elder.says("转人工")
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.resolve")
    assert "王建国结束了对话" in str(await elder.cards())
    answer = await elder.says("附近有什么")
    assert answer
    await clean(world)


async def test_danger_in_a_talk_opens_a_ticket_at_once(world: World) -> None:
    """A resident's 救命 is not just a line; a worker's talk of danger is."""
    elder, worker = world.person("elder"), world.person("worker")
    await elder.says("转人工")
    await worker.clicks("ticket.ack")
    await worker.says("您是摔倒了起不来吗，着火了先出去")
    assert len(await world.fetch("SELECT 1 FROM ticket")) == 1
    await elder.says("我摔倒了起不来")
    assert len(await world.fetch("SELECT 1 FROM ticket WHERE what = 'emergency'")) == 1
    await elder.says("好的")
    assert (await last(worker))["summary"] == "好的"
    await clean(world)


async def test_the_worker_goes_on_working_during_a_talk(world: World) -> None:
    """Buttons, 接单 and 我的工单 stay the worker's own."""
    elder, worker = world.person("elder"), world.person("worker")
    await elder.says("转人工")
    await worker.clicks("ticket.ack")
    await world.rings("smoke")
    await worker.says("接单")
    rows = await world.fetch("SELECT status FROM ticket WHERE what = 'smoke'")
    assert rows[0].status == "acked"
    assert (await worker.says("我的工单"))[0]["card"]["title"] == "您手里有 2 张单"
    await worker.says("到场")
    rows = await world.fetch("SELECT arrived_at FROM ticket WHERE what = 'smoke'")
    assert rows[0].arrived_at is not None
    await clean(world)


async def test_with_two_talks_the_newest_is_answered_and_said_so(world: World) -> None:
    """The worker chooses by the card; every line says to whom it went."""
    elder, family, worker = (world.person(p) for p in ("elder", "family", "worker"))
    await elder.says("转人工")
    await worker.clicks("ticket.ack")
    await family.says("转人工")
    await worker.clicks("ticket.ack")
    sent = await worker.says("您好")
    assert "已发给陈晓明" in sent[0]["card"]["title"]
    await world.passes(seconds=1)
    await elder.says("我在的")
    sent = await worker.says("好的阿婆")
    assert "已发给陈桂芳" in sent[0]["card"]["title"]
    await world.passes(seconds=1)
    await worker.chooses("回复陈晓明")
    assert "已发给陈晓明" in (await worker.says("还有事吗"))[0]["card"]["title"]
    await clean(world)


async def test_nobody_on_duty_is_said_honestly_and_nobody_is_woken(world: World) -> None:
    """The ticket waits; the telephone is offered where there is one; a promise only where set."""
    await world.db.run(lambda s: s.execute(_LEAVE))
    elder = world.person("elder")
    answer = await elder.says("转人工")
    assert "现在没有人值班" in answer[0]["card"]["title"]
    assert "会一直等着" in answer[0]["card"]["summary"]
    await world.passes(minutes=40)
    for name in ("worker", "backup", "lead"):
        assert await world.person(name).rings() == 0
    await elder.chooses("不找了")
    await world.db.run(
        lambda s: s.execute(
            sql("UPDATE community SET phone = '0519-12345', answers_from = '08:30'")
        )
    )
    answer = await elder.says("转人工")
    assert answer[0]["card"]["actions"][0]["url"] == "tel:0519-12345"
    assert "明天 08:30" in answer[0]["card"]["summary"]
    await world.db.run(lambda s: s.execute(sql("UPDATE shift SET left_at = NULL")))
    await world.passes(minutes=20)
    assert await world.person("worker").rings() == 1
    await clean(world)


async def test_a_talk_not_taken_in_ten_minutes_goes_to_backup_and_lead(world: World) -> None:
    """Those on duty only, and once taken nobody else is rung."""
    await world.person("elder").says("转人工")
    await world.passes(minutes=9)
    assert await world.person("backup").rings() == 0
    await world.passes(minutes=2)
    assert await world.person("backup").rings() == 1
    assert await world.person("lead").rings() == 1
    await world.person("lead").clicks("ticket.ack")
    await world.passes(minutes=60)
    assert await world.person("worker").rings() == 1
    await clean(world)


async def test_a_talk_colours_nothing_and_its_lines_are_sealed(world: World) -> None:
    """Nobody is in danger: the point stays blue, and the database holds no readable word."""
    elder, worker = world.person("elder"), world.person("worker")
    await elder.says("转人工")
    await worker.clicks("ticket.ack")
    await elder.says("悄悄话")
    assert await world.point("smoke") == "normal"
    rows = await world.fetch("SELECT text FROM handover_message")
    assert all("悄悄话".encode() not in bytes(row.text) for row in rows)
    assert (await world.fetch("SELECT severity FROM ticket"))[0].severity == "maintenance"


async def test_asking_twice_keeps_one_talk(world: World) -> None:
    """A second 转人工 shows how it stands; a second talk never begins."""
    elder, worker = world.person("elder"), world.person("worker")
    await elder.says("转人工")
    again = await elder.says("人工")
    assert "正在帮您找人" in again[0]["card"]["title"]
    await worker.clicks("ticket.ack")
    assert len(await world.fetch("SELECT 1 FROM ticket")) == 1


async def clean(world: World) -> None:
    """Prove the invariants."""
    await world.settle()
    async with world.db.reading() as session:
        broken = [one for one in await check.run(session, now=world.now) if one["broken"]]
    assert not broken


async def test_a_picture_goes_to_the_other(world: World) -> None:
    """Both ways; what was shown before anybody came is with the words that the worker reads."""
    elder, worker = world.person("elder"), world.person("worker")
    await elder.says("转人工")
    assert "已记下" in (await elder.shows(JPEG))[0]["card"]["title"]
    begun = (await worker.clicks("ticket.ack"))[0]["card"]
    assert begun["fields"][0]["value"] == "发来一张照片。"
    assert [one["id"] for one in begun["actions"]] == ["talk.picture"]
    assert await worker.shows(JPEG) == []
    heard = await last(elder)
    assert (heard["title"], heard["summary"]) == ("网格员王建国", "发来一张照片。")
    assert heard["actions"][-1]["url"].startswith("/api/chat/pictures/")
    assert await elder.shows(JPEG) == []
    ids = [one["id"] for one in (await last(worker))["actions"]]
    assert ids == ["handover.choose", "handover.end", "talk.picture"]
    await elder.says("结束")
    assert "没有保存" in (await elder.shows(JPEG))[0]["card"]["title"]
    await clean(world)


async def test_a_worker_with_two_talks_is_told_to_whom_a_picture_went(world: World) -> None:
    """As with words; and the photo that a ticket waits for stays the ticket's."""
    elder, family, worker = (world.person(p) for p in ("elder", "family", "worker"))
    for someone in (elder, family):
        await someone.says("转人工")
        await worker.clicks("ticket.ack")
        await world.passes(seconds=1)
    assert "已发给陈晓明" in (await worker.shows(JPEG))[0]["card"]["title"]
    await world.rings("smoke")
    await worker.says("接单")
    for step in ("处置完成", "误报（做饭、灰尘、误碰）", "见到本人"):
        await worker.says(step)
    await worker.shows(JPEG)
    pictures = await world.fetch("SELECT 1 FROM handover_message WHERE picture IS NOT NULL")
    assert len(pictures) == 1
    await clean(world)
