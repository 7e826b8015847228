"""What people get wrong: stale buttons, other people's tickets, numbers out of range."""

import pytest

from core.db import sql
from core.errors import DecodeError
from ops import check
from services.ingest import deadletter
from tests.world import World


async def test_the_second_to_press_learns_who_has_it(world: World) -> None:
    """One acknowledger; the other gets the name and the current card."""
    await world.rings("smoke")
    await world.passes(seconds=100)
    stale = await world.person("backup").token("ticket.ack")
    await world.person("worker").clicks("ticket.ack")
    answer = await world.person("backup").presses(stale)
    assert "王建国在" in answer[0]["card"]["title"]
    assert answer[1]["card"]["actions"][0]["id"] == "call"
    assert await world.fetch("SELECT 1 FROM ticket_event WHERE kind = 'acked'") == [(1,)]


async def test_a_worker_of_another_grid_may_not_touch_it(world: World) -> None:
    """The service refuses, whatever button somebody has."""
    await world.rings("smoke")
    token = await world.person("worker").token("ticket.ack")
    await world.db.run(lambda s: s.execute(sql("DELETE FROM membership WHERE role = 'worker'")))
    answer = await world.person("worker").presses(token)
    assert answer[0]["card"]["title"] == "您没有办这件事的权限。"
    assert (await world.fetch("SELECT status FROM ticket"))[0].status == "open"


async def test_numbers_answer_the_newest_card(world: World) -> None:
    """One is the first button in any writing; a number beyond is refused, a link is explained."""
    worker = world.person("worker")
    await world.rings("smoke")
    labels = [action["label"] for action in (await worker.card())["actions"]]
    assert f"1 到 {len(labels)}" in (await worker.says("9"))[0]["card"]["title"]
    dial = labels.index("拨打 119") + 1
    wide = chr(ord("０") + dial)
    assert "拨打 119" in (await worker.says(wide))[0]["card"]["title"]
    await worker.says("第一个")
    assert (await world.fetch("SELECT status FROM ticket"))[0].status == "acked"


async def test_a_flow_is_left_by_a_word_and_its_old_buttons_are_past(world: World) -> None:
    """取消 leaves the ticket as it was; a button of an older question does nothing."""
    worker = world.person("worker")
    await world.rings("smoke")
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.resolve")
    old = await worker.token("flow.answer")
    await worker.chooses("设备故障")
    answer = await worker.presses(old)
    assert "已经过了" in answer[0]["card"]["title"]
    await worker.says("取消")
    assert (await world.fetch("SELECT flow FROM conversation WHERE flow IS NOT NULL")) == []
    assert (await world.fetch("SELECT status FROM ticket"))[0].status == "acked"


async def test_a_resident_in_danger_is_given_the_numbers(world: World) -> None:
    """What is not understood is admitted, with the numbers to dial."""
    card = (await world.person("resident").says("秦始皇的陵墓在哪个省"))[0]["card"]
    assert [a["url"] for a in card["actions"][-3:]] == ["tel:119", "tel:120", "tel:110"]


async def test_a_stranger_and_an_unreadable_life_device_ring_the_operator_alone(
    world: World,
) -> None:
    """The household hears only of alarms that are theirs; the queue shows both red."""
    await world.publishes("zigbee2mqtt/nobody", {"smoke": True})
    name = world.devices["smoke"].external
    with pytest.raises(DecodeError):
        await world.publishes(f"zigbee2mqtt/{name}", b'{"smoke": "maybe"}')
    await world.db.run(
        lambda s: deadletter.alarm_unreadable(
            s, world.registry, ("zigbee2mqtt", name, "default"), now=world.now
        )
    )
    rows = await world.fetch("SELECT what, severity FROM ticket ORDER BY id")
    assert [tuple(row) for row in rows] == [("unregistered", "life"), ("unreadable", "life")]
    assert await world.point("smoke") == "alarm"
    for someone in ("elder", "family", "worker"):
        assert await world.person(someone).rings() == 0
    assert await world.person("operator").rings() == 2

    await world.rings("smoke", smoke=False)
    rows = await world.fetch("SELECT recovered_at FROM ticket WHERE what = 'unreadable'")
    assert rows[0].recovered_at is not None
    async with world.db.reading() as session:
        assert not [r for r in await check.run(session, now=world.now) if r["broken"]]


async def test_what_a_broker_remembers_has_no_effect(world: World) -> None:
    """A retained copy of what the device said does not reopen an amber ticket."""
    worker = world.person("worker")
    topic = f"zigbee2mqtt/{world.devices['smoke'].external}"
    await world.publishes(topic, {"smoke": True})
    for words in ("接单", "处置完成", "2", "1", "跳过"):
        await worker.says(words)
    await world.publishes(topic, {"smoke": True}, retained=True)
    await world.publishes(topic, {"smoke": True, "battery": 90}, retained=True)
    assert await world.point("smoke") == "handled"
    assert await worker.rings() == 1


async def test_a_late_clear_does_not_hide_a_newer_alarm(world: World) -> None:
    """What the device said before the alarm can't take the alarm back."""
    topic = "linling/default/wristband-01/event"
    before = world.now.isoformat()
    await world.passes(seconds=30)
    await world.publishes(topic, {"id": "b", "ts": world.now.isoformat(), "metrics": {"sos": True}})
    await world.publishes(topic, {"id": "a", "ts": before, "metrics": {"sos": False}})
    rows = await world.fetch("SELECT recovered_at FROM ticket")
    assert [row.recovered_at for row in rows] == [None]
    await world.publishes(topic, {"id": "b", "ts": world.now.isoformat(), "metrics": {"sos": True}})
    assert await world.person("worker").rings() == 1


async def test_an_operator_sends_a_worker_of_the_grid(world: World) -> None:
    """Dispatching rings the worker again and stops nothing; elsewhere's worker is refused."""
    assert await world.person("worker").rings() == 0
    await world.rings("gas")
    await world.dispatches("backup")
    assert await world.person("backup").rings() == 1
    assert "孙丽" in str((await world.person("worker").card())["fields"])
    await world.passes(seconds=100)
    assert await world.person("lead").rings() == 1
    await world.person("backup").clicks("ticket.ack")
    assert "孙丽" in (await world.person("family").card())["summary"]
