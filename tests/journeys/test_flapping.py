"""A device that alarms, clears and alarms again: it rings three times an hour, a life each time."""

from typing import Any

from models import Severity
from ops import check
from tests.world import World


async def comes_and_goes(world: World, kind: str, metric: str, *, seen: str | None = None) -> None:
    """Alarm, be taken, be resolved and recover."""
    worker = world.person("worker")
    await world.rings(kind, **{metric: True})
    await worker.says("我的工单")
    await worker.clicks("ticket.show")
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.resolve")
    await worker.chooses("误报（做饭、灰尘、误碰）")
    if seen:
        await worker.chooses(seen)
    await worker.chooses("跳过")
    await world.rings(kind, **{metric: False})
    await world.passes(seconds=10)


async def live(world: World) -> list[Any]:
    """List (what, status) of live tickets."""
    rows = await world.fetch(
        "SELECT what, status FROM ticket WHERE status <> 'closed' ORDER BY what"
    )
    return [tuple(row) for row in rows]


async def rung(world: World, what: str) -> int:
    """Count the rings that the worker was given for a kind of alarm."""
    rows = await world.fetch(
        """
        SELECT coalesce(sum(c.ring), 0) AS rings FROM ticket_card c JOIN ticket t ON t.id = c.ticket_id
        WHERE t.what = :what AND c.person_id = :who AND c.rung_at IS NOT NULL
        """,
        what=what, who=world.person("worker").id,
    )  # fmt: skip
    return int(rows[0].rings)


async def test_a_flapping_leak_rings_three_times_an_hour(world: World) -> None:
    """The fourth keeps its ticket in the list; the hour over, it rings again."""
    await world.rule("water_leak", severity=Severity.PROPERTY)
    for _ in range(3):
        await comes_and_goes(world, "water", "water_leak")
    before = await world.person("worker").rings()
    await world.rings("water", water_leak=True)
    assert await live(world) == [("device_flapping", "open"), ("water_leak", "open")]
    assert await world.person("worker").rings() == before
    (listed,) = await world.person("worker").says("我的工单")
    assert "漏水" in str(listed["card"]["fields"])
    await world.person("worker").clicks("ticket.show")
    card = await world.person("worker").card()
    assert "一小时内第 4 次" in str(card["fields"])
    assert "不再响铃" in str(card["fields"])
    await world.person("worker").clicks("ticket.repair")
    assert ("device_faulty", "open") in await live(world)
    await world.rings("water", water_leak=False)
    await world.jumps(hours=2)
    before = await rung(world, "water_leak")
    await world.person("worker").clicks("ticket.ack")
    await world.person("worker").clicks("ticket.resolve")
    await world.person("worker").chooses("误报（做饭、灰尘、误碰）")
    await world.person("worker").chooses("跳过")
    await world.rings("water", water_leak=True)
    assert await rung(world, "water_leak") == before + 1
    async with world.db.reading() as session:
        assert not [one for one in await check.run(session, now=world.now) if one["broken"]]


async def test_an_open_alarm_that_comes_and_goes_is_one_incident_and_says_so(world: World) -> None:
    """One ticket per key, no ring for each return, and the list names the device."""
    await world.rule("water_leak", severity=Severity.PROPERTY)
    for _ in range(5):
        await world.rings("water", water_leak=True)
        await world.rings("water", water_leak=False)
    await world.rings("water", water_leak=True)
    assert await live(world) == [("device_flapping", "open"), ("water_leak", "open")]
    worker = world.person("worker")
    assert await worker.rings() == 1
    assert "一小时内第 6 次" in str((await worker.card())["fields"])


async def test_a_life_that_flaps_rings_each_time(world: World) -> None:
    """Nobody knows which of them is the real fire; the card says that it flaps and rings."""
    for _ in range(4):
        await comes_and_goes(world, "smoke", "smoke", seen="通过话")
    before = {who: await world.person(who).rings() for who in ("worker", "family", "elder")}
    await world.rings("smoke")
    for who, rings in before.items():
        assert await world.person(who).rings() == rings + 1
    card = await world.person("worker").card()
    assert "一小时内第 5 次" in str(card["fields"])
    assert "每次都会响铃" in str(card["fields"])
    assert ("device_flapping", "open") in await live(world)


async def test_a_pulse_that_flaps_asks_no_fourth_time_but_its_chain_goes_on(world: World) -> None:
    """A care alarm that nobody takes still reaches the backup and the lead."""
    await world.rule(
        "heart_rate_high", metric="heart_rate", limit=100, severity=Severity.CARE, kind="wristband"
    )
    family, worker = world.person("family"), world.person("worker")
    for _ in range(3):
        await world.rings("wristband", heart_rate=110)
        await family.clicks("safe.yes")
        await family.chooses("刚通过话")
        await world.rings("wristband", heart_rate=80)
        await world.passes(seconds=10)
    before = await family.rings(), await worker.rings()
    await world.rings("wristband", heart_rate=110)
    assert (await family.rings(), await worker.rings()) == before
    assert ("heart_rate_high", "open") in await live(world)
    await world.passes(minutes=16)
    assert await world.person("backup").rings() == 1
