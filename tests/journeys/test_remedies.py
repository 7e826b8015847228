"""The reason at closing offers what would spare the next false alarm."""

from tests.journeys.test_asking import two_days_without_water
from tests.world import World


async def test_a_false_alarm_offers_to_report_the_elder_away(world: World) -> None:
    """The worker heard that she is at her sister's: reported with two presses, blue again."""
    worker = world.person("worker")
    await two_days_without_water(world)
    await worker.chooses("立即上门")
    await worker.clicks("ticket.resolve")
    await worker.chooses("误报（做饭、灰尘、误碰）")
    await worker.chooses("通过话")
    done = await worker.chooses("跳过")
    assert "免得再误报" in str(done)
    await worker.chooses("7 天")
    await worker.chooses("对，记下")
    row = (await world.fetch("SELECT person_id, set_by FROM away"))[0]
    assert (row.person_id, row.set_by) == (world.person("elder").id, worker.id)
    await world.passes(seconds=10)
    assert await world.point("water") == "normal"


async def test_a_faulty_device_gets_a_maintenance_ticket(world: World) -> None:
    """Once, and it rings nobody: it is for the list."""
    worker = world.person("worker")
    for _ in range(2):
        await world.rings("smoke")
        await worker.clicks("ticket.ack")
        await worker.clicks("ticket.resolve")
        await worker.chooses("设备故障")
        await worker.chooses("见到本人")
        assert "维修清单" in str(await worker.chooses("跳过"))
        await world.rings("smoke", smoke=False)
        await world.passes(seconds=10)
    found = await world.fetch("SELECT severity FROM ticket WHERE what = 'device_faulty'")
    assert [row.severity for row in found] == ["maintenance"]
