"""Who goes there: promised, late, forgotten, passed on, and two alarms behind one door."""

from core.db import sql
from tests.journeys.test_alarm import clean
from tests.world import World


async def events(world: World, *kinds: str) -> list[str]:
    """List what happened to tickets, of these kinds."""
    rows = await world.fetch(
        "SELECT kind FROM ticket_event WHERE kind = ANY(:kinds) ORDER BY id", kinds=list(kinds)
    )
    return [row.kind for row in rows]


async def test_taking_a_ticket_asks_when_and_everybody_reads_the_answer(world: World) -> None:
    """5 or 15 minutes, once; the family knows by when to expect somebody."""
    worker, family = world.person("worker"), world.person("family")
    await world.rings("smoke")
    await worker.clicks("ticket.ack")
    card = await worker.card()
    assert "几分钟能到" in card["summary"]
    labels = [action["label"] for action in card["actions"]]
    assert labels == [
        "到场", "约 5 分钟到", "约 15 分钟到", "处置完成", "求助", "转派", "拨打 119",
        "联系人和注意事项", "去那里",
    ]  # fmt: skip
    token = await worker.token("ticket.promise")
    await worker.presses(token)
    promised = [one["value"] for one in (await family.card())["fields"] if "预计" in one["label"]]
    assert promised == ["11-22 17:05"]
    assert "ticket.promise" not in [action["id"] for action in (await worker.card())["actions"]]
    assert "已经说过" in str(await worker.presses(token))
    await clean(world)


async def test_who_does_not_arrive_brings_the_backup_once_and_then_loses_the_ticket(
    world: World,
) -> None:
    """A promise is watched: nobody waits at a door for somebody who never came."""
    worker, backup, family = (world.person(name) for name in ("worker", "backup", "family"))
    await world.rings("smoke")
    await worker.clicks("ticket.ack")
    await worker.chooses("约 5 分钟到")
    await world.passes(minutes=4, seconds=50)
    assert await backup.rings() == 0
    await world.passes(seconds=10)
    assert await backup.rings() == await world.person("lead").rings() == 1
    assert "还没有到场" in (await backup.card())["summary"]
    assert await worker.rings() == 2
    assert "通知备班" in (await worker.card())["summary"]
    await world.passes(minutes=4, seconds=50)
    assert await backup.rings() == 1
    assert await family.rings() == 1
    await world.passes(seconds=10)
    assert await events(world, "overdue", "returned", "reopened") == [
        "overdue", "returned", "reopened",
    ]  # fmt: skip
    assert await world.point("smoke") == "alarm"
    assert await family.rings() == 2
    await world.passes(seconds=90)
    assert await backup.rings() == 2
    await backup.clicks("ticket.ack")
    await clean(world)


async def test_who_arrived_and_falls_silent_is_reminded_then_relieved_of_it(world: World) -> None:
    """A forgotten acknowledgement comes back; whoever arrived has an hour."""
    worker = world.person("worker")
    await world.rings("smoke")
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.arrive")
    await world.passes(minutes=59)
    assert await worker.rings() == 1
    await world.passes(minutes=1)
    assert await worker.rings() == 2
    assert "到场有一会儿" in (await worker.card())["summary"]
    assert await world.person("backup").rings() == 0
    await world.passes(minutes=5)
    assert (await worker.card())["tone"] == "danger"
    assert await events(world, "returned") == ["returned"]
    await worker.clicks("ticket.ack")
    await clean(world)


async def test_a_ticket_is_passed_on_with_a_reason(world: World) -> None:
    """The colleague hears why; until they take it the chain runs, and the family is not rung."""
    worker, backup, family = (world.person(name) for name in ("worker", "backup", "family"))
    await world.rings("gas")
    await worker.clicks("ticket.ack")
    asked = (await worker.clicks("ticket.transfer"))[0]["card"]
    assert [one["label"] for one in asked["actions"]] == [
        "周军（在岗，0 张）",
        "孙丽（在岗，0 张）",
    ]
    await worker.chooses("孙丽（在岗，0 张）")
    said = await worker.says("我离那边太远")
    assert "已转给孙丽" in str(said)
    assert any(
        "王建国" in card["title"] and "太远" in card["title"] for card in await backup.cards()
    )
    assert await backup.rings() == 1
    assert await family.rings() == 1
    sent = [one["value"] for one in (await backup.card())["fields"] if one["label"] == "已派"]
    assert sent == ["孙丽"]
    await world.passes(seconds=90)
    assert await world.person("lead").rings() == 1
    await backup.clicks("ticket.ack")
    assert "孙丽" in (await family.card())["summary"]
    await clean(world)


async def test_only_whoever_has_a_ticket_passes_it_on(world: World) -> None:
    """And to nobody who would not hear of it."""
    worker, backup = world.person("worker"), world.person("backup")
    await world.rings("gas")
    await worker.clicks("ticket.ack")
    token = await worker.token("ticket.transfer")
    assert "转给哪一位" not in str(await backup.presses(token))
    await worker.presses(token)
    await world.db.run(
        lambda s: s.execute(
            sql("UPDATE channel_account SET reachable = false WHERE person_id = :who"),
            {"who": backup.id},
        )
    )
    await worker.chooses("孙丽（在岗，0 张）")
    assert "联系不上" in str(await worker.chooses("手上有别的急事"))
    assert (await world.fetch("SELECT status, epoch FROM ticket"))[0] == ("acked", 1)
    await clean(world)


async def test_words_pass_a_ticket_on_too(world: World) -> None:
    """转派 is a phrase of its own; without a ticket in hand it says so."""
    worker = world.person("worker")
    assert "没有能这样办" in str(await worker.says("转派"))
    await world.rings("gas")
    await worker.says("接单")
    assert "转给哪一位" in str(await worker.says("转派"))


async def test_two_alarms_at_one_door_are_one_way(world: World) -> None:
    """Whoever goes there sees both, is rung for the second, and takes it along with one tap."""
    worker, backup = world.person("worker"), world.person("backup")
    await world.rings("smoke")
    await world.passes(seconds=90)
    await backup.clicks("ticket.ack")
    await world.rings("gas")
    cards = {card["title"]: card for card in await backup.cards() if card["ticket"]}
    smoke = next(card for title, card in cards.items() if "烟雾" in title)
    here = [one["value"] for one in smoke["fields"] if one["label"] == "同一户还有"]
    assert here == ["燃气泄漏报警"]
    assert await backup.rings() == 2  # the worker on duty hears of gas too
    assert await worker.rings() == 2
    await backup.chooses("同一户的一起接")
    taken = await world.fetch("SELECT status, acked_by FROM ticket")
    assert {tuple(row) for row in taken} == {("acked", backup.id)}
    await clean(world)


async def test_whoever_goes_calls_for_hands_by_a_button(world: World) -> None:
    """求助 on the card itself."""
    worker = world.person("worker")
    await world.rings("gas")
    await worker.clicks("ticket.ack")
    assert "孙丽" in str(await worker.clicks("ticket.help"))
    assert await world.person("backup").rings() == 1
    await clean(world)


async def test_a_cry_for_help_is_watched_like_any_alarm(world: World) -> None:
    """Whoever takes it says when they arrive, and may pass it on; the others learn they are late."""
    worker, backup = world.person("worker"), world.person("backup")
    await world.person("elder").says("救命")
    await worker.clicks("ticket.ack")
    card = await worker.card()
    assert "几分钟能到" in card["summary"]
    ids = [action["id"] for action in card["actions"] if action["token"]]
    assert ids == [
        "ticket.arrive", "ticket.promise", "ticket.promise", "ticket.resolve", "ticket.help",
        "ticket.transfer",
    ]  # fmt: skip
    await worker.chooses("约 5 分钟到")
    await world.passes(minutes=5)
    assert "王建国接了单，还没有到场" in (await backup.card())["summary"]
    await clean(world)
