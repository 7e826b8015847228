"""Duty: shifts begin with a word and end with a hand-over, and nobody's ticket is left over."""

from datetime import UTC, datetime
from typing import Any

from core.db import Session, sql
from services import office, rotas
from services.actors import actor
from tests.duty_stage import board, sets, titles
from tests.journeys.test_alarm import clean
from tests.world import World


async def test_a_shift_is_announced_and_confirmed_before_it_begins(bare: World) -> None:
    """Half an hour before, once; 我在岗 counts from then, and from the start alarms ring there."""
    worker = bare.person("worker")
    await sets(bare, "worker", 60, 300)
    await bare.passes(minutes=29)
    assert "快开始了" not in await titles(bare, "worker")
    await bare.passes(minutes=1, seconds=10)
    assert (await titles(bare, "worker")).count("您的班快开始了：第1网格值班网格员") == 1
    await worker.clicks("say.duty_on")
    assert (await board(bare))["grids"][0]["posts"][0]["state"] == "ahead"
    await bare.passes(minutes=45)
    assert (await titles(bare, "worker")).count("您的班快开始了") == 1
    assert "还没有点" not in await titles(bare, "worker")
    found = await board(bare)
    assert found["grids"][0]["posts"][0]["state"] == "on"
    assert found["grids"][0]["unmanned"] is False
    await bare.rings("smoke")
    assert await worker.rings() == 1
    assert await bare.person("backup").rings() == 0


async def test_who_does_not_come_is_replaced_by_the_backup(bare: World) -> None:
    """15 minutes after the start backup, lead and operator know; alarms ring the backup first."""
    await sets(bare, "worker", 0, 300)
    await sets(bare, "backup", 0, 300, "backup")
    await bare.person("backup").says("我在岗")
    await bare.passes(minutes=14)
    assert "没有上岗" not in await titles(bare, "backup")
    await bare.passes(minutes=1, seconds=10)
    assert "王建国没有上岗" in await titles(bare, "backup")
    assert "王建国没有上岗" in await titles(bare, "operator")
    assert "还没有点“我在岗”" in await titles(bare, "worker")
    states = {post["name"]: post["state"] for post in (await board(bare))["grids"][0]["posts"]}
    assert states == {"王建国": "late", "孙丽": "on"}
    await bare.rings("smoke")
    assert await bare.person("backup").rings() == 1
    assert await bare.person("worker").rings() == 0
    await bare.person("worker").says("我在岗")
    assert await bare.person("worker").rings() == 1  # what nobody has taken rings whoever comes
    await clean(bare)


async def test_nobody_on_duty(bare: World) -> None:
    """A life alarm goes to every worker of the grid, the operator is told, and the log says why."""
    await bare.rings("smoke")
    for name in ("worker", "backup", "lead", "operator"):
        assert await bare.person(name).rings() == 1
    kinds = [row.kind for row in await bare.fetch("SELECT kind FROM ticket_event ORDER BY id")]
    assert kinds == ["opened", "unmanned"]
    assert (await board(bare))["grids"][0]["unmanned"] is True
    await clean(bare)


async def test_everyone_unreachable(world: World) -> None:
    """No card reaches anybody: the log names each, the chain goes on, the family is told to dial."""
    await world.db.run(
        lambda s: s.execute(
            sql(
                """
                UPDATE channel_account SET reachable = false WHERE person_id IN (
                    SELECT person_id FROM membership WHERE role IN ('worker', 'operator'))
                """
            )
        )
    )
    await world.rings("gas")
    assert [post["state"] for post in (await board(world))["grids"][0]["posts"]] == [
        "unreachable"] * 3  # fmt: skip
    await world.passes(minutes=9)
    rows = await world.fetch("SELECT kind, count(*) FROM ticket_event GROUP BY kind")
    counted = {row.kind: row.count for row in rows}
    assert counted == {"opened": 1, "unmanned": 1, "escalated": 4, "unreachable": 5 * 3}
    assert "还没有人接单" in (await world.person("family").card())["summary"]
    await world.db.run(lambda s: s.execute(sql("UPDATE channel_account SET reachable = true")))
    await world.passes(minutes=3)
    assert await world.person("worker").rings() == 1
    await world.person("worker").clicks("ticket.ack")
    await clean(world)


async def test_a_shift_changes_in_the_middle_of_an_alarm(bare: World) -> None:
    """Whoever comes on duty hears of what is open, and takes over what is in hand."""
    worker, backup, family = (bare.person(name) for name in ("worker", "backup", "family"))
    await sets(bare, "worker", 0, 60)
    await worker.says("我在岗")
    await sets(bare, "backup", 60, 300)
    await bare.passes(minutes=50)
    await bare.rings("gas")
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.arrive")
    await bare.rings("smoke")
    await bare.passes(minutes=9)
    await backup.says("我在岗")
    await bare.passes(minutes=1, seconds=10)
    assert await backup.rings() >= 1
    smoke = await backup.card()
    assert "烟雾" in smoke["title"]
    assert "王建国下班了，有 1 张单要您接手" in await titles(bare, "backup")
    assert "您的班结束了，手上还有 1 张单" in await titles(bare, "worker")
    rings = await family.rings()
    await backup.clicks("relief.take")
    gas = next(card for card in await backup.cards() if "燃气" in card["title"])
    assert "几分钟能到" in gas["summary"]
    about = next(card for card in await family.cards() if "燃气" in card["title"])
    assert "孙丽" in about["summary"]
    assert await family.rings() == rings  # edited, not rung
    rows = await bare.fetch("SELECT what, status, epoch, acked_by FROM ticket ORDER BY what")
    assert next(tuple(row) for row in rows) == ("gas", "acked", 2, backup.id)
    await backup.clicks("ticket.ack")
    assert "没有能这样办" in str(await worker.says("处置完成"))
    await clean(bare)


async def test_what_the_next_one_does_not_take_goes_back_to_everybody(bare: World) -> None:
    """15 minutes after the shift's end; and only once."""
    worker = bare.person("worker")
    await sets(bare, "worker", 0, 60)
    await worker.says("我在岗")
    await bare.passes(minutes=55)
    await bare.rings("smoke")
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.arrive")
    await bare.passes(minutes=19)
    assert (await bare.fetch("SELECT status FROM ticket"))[0].status == "acked"
    token = await bare.person("lead").token("relief.take")
    await bare.passes(minutes=1, seconds=20)
    assert tuple((await bare.fetch("SELECT status, epoch FROM ticket"))[0]) == ("open", 2)
    assert await bare.person("lead").rings() == 1
    assert "已经有人接了" in str(await bare.person("lead").presses(token))
    await bare.person("lead").clicks("ticket.ack")
    await bare.passes(minutes=5)
    assert tuple((await bare.fetch("SELECT status, epoch FROM ticket"))[0]) == ("acked", 2)
    await clean(bare)


async def test_who_goes_on_hands_nothing_over(bare: World) -> None:
    """Two shifts in a row are one for whoever has both; without tickets nobody is asked."""
    await sets(bare, "worker", 0, 60)
    await sets(bare, "worker", 60, 120)
    await bare.person("worker").says("我在岗")
    await bare.rings("smoke")
    await bare.person("worker").clicks("ticket.ack")
    await bare.person("worker").clicks("ticket.arrive")
    await bare.passes(minutes=59)
    await bare.person("worker").says("我在岗")
    await bare.passes(minutes=5)
    assert await bare.fetch("SELECT 1 FROM relief") == []


async def test_a_swap_is_asked_and_accepted_in_chat(bare: World) -> None:
    """The colleague's yes moves the shift; they confirm it like any other; the operator knows."""
    worker, lead = bare.person("worker"), bare.person("lead")
    await sets(bare, "worker", 600, 900)
    await sets(bare, "backup", 700, 800)  # busy then, so not offered
    await worker.says("换班")
    asked = await worker.says("1")
    assert [one["label"] for one in asked[0]["card"]["actions"]] == ["周军"]
    assert "已经问周军" in str(await worker.says("周军"))
    assert "正在问另一位" in str(await asks_again(bare))
    token = await lead.token("swap.yes")
    assert "有结果" not in str(await lead.presses(token))
    assert "周军替王建国上这个班" in await titles(bare, "worker")
    assert "周军替王建国上这个班" in await titles(bare, "operator")
    assert "有结果" in str(await lead.presses(token))
    rows = await bare.fetch("SELECT person_id FROM shift WHERE duty = 'worker' ORDER BY starts_at")
    assert rows[0].person_id == lead.id
    await bare.passes(minutes=575)
    assert "快开始了" in await titles(bare, "lead")
    assert "快开始了" not in await titles(bare, "worker")


async def asks_again(world: World) -> Any:
    """Let the worker ask for the same shift once more."""
    worker = world.person("worker")
    await worker.says("换班")
    await worker.says("1")
    return await worker.says("周军")


async def test_a_refused_swap_changes_nothing(bare: World) -> None:
    """And nobody else can answer it."""
    worker, lead = bare.person("worker"), bare.person("lead")
    await sets(bare, "worker", 600, 900)
    await worker.says("换班")
    await worker.says("1")
    await worker.says("周军")
    await lead.clicks("swap.no")
    assert "换不了" in await titles(bare, "worker")
    assert (await bare.fetch("SELECT person_id FROM shift"))[0].person_id == worker.id
    assert "没有还没开始的班" in str(await bare.person("backup").says("换班"))


async def test_a_shift_that_is_ended_now_hands_its_tickets_over(bare: World) -> None:
    """The operator calls it off; what was in hand goes to the next."""
    shift = await sets(bare, "worker", 0, 300)
    await sets(bare, "backup", 0, 300, "backup")
    await bare.person("worker").says("我在岗")
    await bare.rings("smoke")
    await bare.person("worker").clicks("ticket.ack")
    await bare.passes(minutes=1)

    async def work(session: Session) -> None:
        by = await actor(session, bare.person("operator").id)
        await rotas.call_off(session, by, shift, community=bare.community, now=bare.now)

    await bare.db.run(work)
    await bare.passes(seconds=10)
    assert "有 1 张单要您接手" in await titles(bare, "backup")


async def test_outside_staffed_hours_the_duty_telephone_stands_on_the_first_card(
    world: World,
) -> None:
    """Nobody sits in the centre at night, so a number is called that somebody answers."""
    week = [{"days": [1, 2, 3, 4, 5], "from": "08:30", "to": "17:30"}]

    async def work(session: Session) -> None:
        by = await actor(session, world.person("operator").id)
        await office.set_hours(
            session, by, community=world.community, staffed=week, duty_phone="0519-88000001"
        )

    await world.db.run(work)
    await world.rings("smoke")  # a Sunday
    assert "拨打值班电话 0519-88000001" in str((await world.person("family").card())["actions"])
    world.now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday 10:00
    await world.rings("gas")
    assert "0519-88000001" not in str((await world.person("family").card())["actions"])
    assert (await board(world))["staffed"] is True
