"""Devices come into the registry by the hands of those who install them, and leave it again."""

from datetime import timedelta

import pytest

from core.actor import Role
from core.crypto import open_json
from core.db import Session, sql
from models import Home
from tests import make
from tests.world import Item, World

TOPIC = "linling/default/AB-2040-77F1/event"


def titles(items: list[Item]) -> list[str]:
    """List the titles of what a turn showed."""
    return [item["card"]["title"] for item in items]


async def installed(world: World, kind: str = "烟感", code: str = "77f1") -> list[Item]:
    """Let the worker register the device by the end of its code, in the flat."""
    worker = world.person("worker")
    await worker.says("登记设备")
    await worker.says(code)
    await worker.chooses(kind)
    return await worker.says("3幢 2单元501")


async def test_a_device_is_registered_by_its_code_and_proves_itself(world: World) -> None:
    """Heard on the bus, named by the worker, tested by its key; from then on it is a real alarm."""
    await world.publishes(TOPIC, {"metrics": {"battery": 97}})
    said = await installed(world)
    assert titles(said) == ["已登记：3幢2单元501室 烟感。现在试机。"]
    assert not await world.fetch("SELECT 1 FROM unknown_device")
    await world.publishes(TOPIC, {"metrics": {"smoke": True}})
    assert not await world.fetch("SELECT 1 FROM ticket")
    await world.passes(seconds=10)
    heard = (await world.person("worker").cards())[0]
    assert heard["title"] == "听到了：3幢2单元501室 烟感，试机成功。"
    await world.publishes(TOPIC, {"metrics": {"smoke": False}})
    await world.passes(minutes=3)
    assert not await world.fetch("SELECT 1 FROM ticket")
    await world.publishes(TOPIC, {"metrics": {"smoke": True}})
    assert [row.what for row in await world.fetch("SELECT what FROM ticket")] == ["smoke"]
    assert await world.person("family").rings() == 1  # it protects the elder of the flat


async def test_an_alarm_that_goes_on_after_the_test_is_real(world: World) -> None:
    """What was suppressed is judged at the end."""
    await world.publishes(TOPIC, {"metrics": {"battery": 97}})
    await installed(world)
    await world.publishes(TOPIC, {"metrics": {"smoke": True}})
    await world.passes(minutes=2)
    assert [row.what for row in await world.fetch("SELECT what FROM ticket")] == ["smoke"]


async def test_a_device_that_stays_silent_is_said_to_be(world: World) -> None:
    """A battery reading is no proof that a smoke detector hears smoke."""
    await world.publishes(TOPIC, {"metrics": {"battery": 97}})
    await installed(world)
    await world.publishes(TOPIC, {"metrics": {"battery": 96}})
    await world.passes(minutes=11)
    assert (await world.person("worker").cards())[0]["title"].startswith("十分钟里没有听到")


async def test_a_code_that_was_never_heard_is_not_registered(world: World) -> None:
    """A typing error would be a device that guards nobody."""
    worker = world.person("worker")
    await worker.says("登记设备")
    (item,) = await worker.says("99999")
    assert "还没有听到" in item["card"]["summary"]
    await worker.says("取消")
    count = len(await world.fetch("SELECT 1 FROM device"))
    assert count == len(world.devices)


async def test_the_devices_heard_last_are_offered(world: World) -> None:
    """One press instead of a code of sixteen characters."""
    await world.publishes(TOPIC, {"metrics": {"battery": 97}})
    (item,) = await world.person("worker").says("登记设备")
    assert [one["label"] for one in item["card"]["actions"]] == ["AB-2040-77F1"]


async def test_a_flat_of_another_grid_is_not_found(world: World) -> None:
    """A worker registers in their own grids; the operator everywhere in the community."""
    await world.publishes(TOPIC, {"metrics": {"battery": 97}})
    await world.db.run(_move_workers_away)
    said = await installed(world)
    assert "没有找到" in said[0]["card"]["summary"]
    assert len(await world.fetch("SELECT 1 FROM device")) == len(world.devices)


async def _move_workers_away(session: Session) -> None:

    row = (await session.execute(sql("SELECT id FROM community"))).one()
    other = await make.grid(session, row.id, number=2)
    statement = sql("UPDATE membership SET scope_id = :other WHERE role = 'worker'")
    await session.execute(statement, {"other": other.id})


@pytest.mark.parametrize("words", ["登记设备", "拆除设备", "申请名单"])
async def test_residents_do_not_register_devices(world: World, words: str) -> None:
    """The services refuse, whoever finds the words."""
    (item,) = await world.person("resident").says(words)
    assert item["card"]["tone"] == "warning"


async def test_a_device_is_removed_and_may_come_back(world: World) -> None:
    """It guards nobody any more; when it speaks it is a stranger, and can be registered anew."""
    worker = world.person("worker")
    await worker.says("拆除设备")
    await worker.says("3幢2单元501")
    await worker.chooses("3幢2单元501 smoke")
    await world.rings("smoke")
    (ticket,) = await world.fetch("SELECT what FROM ticket")
    assert ticket.what == "unregistered"
    said = await installed(world, code="3幢2单元501 smoke")
    assert titles(said)[0].startswith("已登记")


async def test_a_device_with_a_live_ticket_stays(world: World) -> None:
    """Taking it down would leave an alarm that nobody can clear."""
    await world.rings("smoke")
    worker = world.person("worker")
    await worker.says("拆除设备")
    await worker.says("3幢2单元501")
    said = await worker.chooses("3幢2单元501 smoke")
    assert "没办完" in titles(said)[0]


async def test_a_family_applies_for_their_elder_and_hears_when_it_is_there(world: World) -> None:
    """Named in the words, agreed to, listed, installed by the worker, told to who asked."""
    family = world.person("family")
    (item,) = await family.says("想给我妈申请一个烟感")
    assert [one["label"] for one in item["card"]["actions"]] == ["同意，登记", "不同意"]
    said = await family.chooses("同意，登记")
    assert titles(said) == ["已登记烟感的申请，现在排第 1 位。"]
    (listed,) = await world.person("worker").says("申请名单")
    assert listed["card"]["fields"] == [{"label": "烟感", "value": "陈桂芳，3幢2单元501室"}]
    await world.publishes(TOPIC, {"metrics": {"battery": 97}})
    await installed(world)
    await world.passes(seconds=10)
    assert (await family.cards())[0]["title"] == "烟感已经装好了。"


async def test_a_wish_is_taken_back(world: World) -> None:
    """Asking again shows the place, and the way out."""
    elder = world.person("elder")
    await elder.says("申请设备")
    await elder.chooses("智能手环")
    await elder.chooses("同意，登记")
    await elder.says("我要申请手环")
    said = await elder.chooses("撤回申请")
    assert titles(said) == ["申请已经撤回了。"]
    assert [row.stage for row in await world.fetch("SELECT stage FROM device_request")] == [
        "withdrawn"
    ]


async def test_without_consent_nothing_is_kept(world: World) -> None:
    """Not even that somebody asked."""
    await world.person("elder").says("申请监控")
    await world.person("elder").chooses("不同意")
    assert not await world.fetch("SELECT 1 FROM device_request")


async def test_who_has_no_flat_is_told_what_to_do(world: World) -> None:
    """A device hangs somewhere."""
    (item,) = await world.person("resident").says("我想装一个烟感")
    assert "转人工" in item["card"]["title"]


async def test_what_somebody_said_is_sealed(world: World) -> None:
    """Why an elder wants a device is nobody else's business."""
    await world.person("elder").says("我耳朵背，想申请烟感")
    await world.person("elder").chooses("同意，登记")
    (row,) = await world.fetch("SELECT said, asked_at FROM device_request")
    assert "耳朵".encode() not in bytes(row.said)
    assert open_json(row.said, "device_request.said") == "我耳朵背，想申请烟感"
    assert world.now - row.asked_at < timedelta(minutes=1)


async def test_a_wristband_guards_whom_it_is_put_on(world: World) -> None:
    """Two elders live in the flat; when one presses, it must not be the other who is looked for."""
    await world.db.run(lambda session: second_elder(session, world))
    await world.publishes(TOPIC, {"metrics": {"battery": 97}})
    (asked,) = await installed(world, "智能手环")
    assert [action["label"] for action in asked["card"]["actions"]] == ["陈桂芳", "李国强"]
    said = await world.person("worker").chooses("李国强")
    assert titles(said) == ["已登记：3幢2单元501室 智能手环。现在试机。"]
    assert await guarded(world) == [str(world.people["husband"].id)]


async def test_whom_a_wristband_guards_must_live_there(world: World) -> None:
    """Somebody else's name is asked again."""
    await world.db.run(lambda session: second_elder(session, world))
    await world.publishes(TOPIC, {"metrics": {"battery": 97}})
    await installed(world, "智能手环")
    (again,) = await world.person("worker").says("周玉兰")
    assert "李国强" in [action["label"] for action in again["card"]["actions"]]
    assert not await world.fetch("SELECT 1 FROM installation")


async def second_elder(session: Session, world: World) -> None:
    """Let her husband live in the flat."""
    home = (await session.execute(sql("SELECT home_id FROM residence"))).scalar_one()
    who = await world._join(session, "husband", "李国强", Role.ELDER)
    await make.residence(session, who, await session.get_one(Home, home), elder=True)


async def guarded(world: World) -> list[str]:
    """Read whom the device installed last protects."""
    (row,) = await world.fetch(
        "SELECT place FROM device WHERE id = (SELECT device_id FROM installation)"
    )
    people: list[str] = open_json(row.place, "device.place")["people"]
    return people


async def test_a_new_communitys_first_alarm_is_judged(world: World) -> None:
    """The listener has read the rules a moment ago, before this community was there."""
    await world.rings("smoke")

    async def founded(session: Session) -> str:
        place = await make.community(session, slug="new")
        grid = await make.grid(session, place.id)
        flat = await make.home(session, grid)
        device = await make.device(session, "smoke", where=grid, at=flat, source="linling")
        return str(device.id)

    device = await world.db.run(founded)
    await world.publishes(f"linling/new/{device}/event", {"metrics": {"smoke": True}})
    rows = await world.fetch(
        "SELECT c.slug FROM ticket t JOIN community c ON c.id = t.community_id ORDER BY t.id"
    )
    assert [row.slug for row in rows] == ["default", "new"]
