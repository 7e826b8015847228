"""Devices that fall silent: what is for today, what is asked about, and what a gateway takes down."""

from typing import Any

from core.crypto import seal_json
from core.db import Session, sql
from models import RuleKind, Severity
from ops import check
from tests import make
from tests.world import World

OFFLINE: dict[str, Any] = {
    "metric": "online", "looks_for": RuleKind.OFFLINE, "limit": 0, "severity": Severity.MAINTENANCE,
    "span_s": 3600,
}  # fmt: skip


async def goes(world: World, state: str, *kinds: str) -> None:
    """Let devices of the flat say that they are online or offline."""
    for kind in kinds:
        name = world.devices[kind].external
        await world.publishes(f"zigbee2mqtt/{name}/availability", state.encode())


async def live(world: World) -> list[tuple[str, str]]:
    """List what live tickets are about."""
    rows = await world.fetch(
        "SELECT what, severity FROM ticket WHERE status <> 'closed' ORDER BY what"
    )
    return [(row.what, row.severity) for row in rows]


async def with_neighbours(world: World, kind: str = "smoke", **said: float) -> None:
    """Let four more elders live in the building, each with such a device, and all be heard."""

    async def neighbours(session: Session) -> None:
        grid = await make.grid(session, world.community, number=2)
        for number in range(4):
            flat = await make.home(session, grid, label=f"{number}01室", name=f"x{number}")
            elder = await make.person(session, f"林玉珍{number}")
            await make.residence(session, elder.id, flat, elder=True)
            made = await make.device(
                session, kind, where=grid, at=flat, protects=[elder.id],
                external=f"neighbour {number}",
            )  # fmt: skip
            made.building_id = world.devices[kind].building_id
            made.grid_id = world.grid

    await world.db.run(neighbours)
    for name in (world.devices[kind].external, *NEIGHBOURS):
        await world.publishes(f"zigbee2mqtt/{name}", said or {kind: False})


NEIGHBOURS = tuple(f"neighbour {number}" for number in range(4))
ABSENT: dict[str, Any] = {
    "metric": "water_total", "looks_for": RuleKind.ABSENCE, "limit": 0, "severity": Severity.CARE,
    "span_s": 86400, "kind": "water",
}  # fmt: skip


async def test_a_bridge_that_dies_is_noticed_at_once_by_its_last_will(world: World) -> None:
    """One ticket lists the unprotected; it recovers with the bridge, and nothing else rings."""
    await world.rule("smoke_offline", **OFFLINE, kind="smoke")
    await with_neighbours(world)
    await world.publishes("zigbee2mqtt/bridge/state", {"state": "offline"}, retained=True)
    await world.passes(seconds=20)
    assert await live(world) == [("gateway_offline", "maintenance")]
    card = await world.person("worker").card()
    assert "陈桂芳" in str(card["fields"])
    assert "林玉珍3" in str(card["fields"])
    assert await world.point("smoke") == "offline"
    await world.publishes("zigbee2mqtt/bridge/state", {"state": "offline"}, retained=True)
    await world.jumps(hours=2)
    assert await live(world) == [("gateway_offline", "maintenance")]
    await world.publishes("zigbee2mqtt/bridge/state", b"online")
    await world.passes(seconds=20)
    assert (await world.fetch("SELECT recovered_at FROM ticket"))[0].recovered_at is not None
    assert await world.point("smoke") == "normal"
    await world.rings("smoke")
    assert ("smoke", "life") in await live(world)


async def test_a_bridge_with_a_name_takes_down_its_own_devices_alone(world: World) -> None:
    """Two bridges on one broker: the name in the topic says whose the devices are."""
    await with_neighbours(world)

    async def renamed(session: Session) -> None:
        for number in range(2):
            grid = await make.grid(session, world.community, number=5 + number)
            flat = await make.home(session, grid, label="601室", name=f"y{number}")
            made = await make.device(
                session, "smoke", where=grid, at=flat, external=f"east/{number}"
            )
            world.devices[f"east {number}"] = made

    await world.db.run(renamed)
    for number in range(2):
        await world.publishes(f"zigbee2mqtt/east/{number}", {"smoke": False})
    await world.publishes("zigbee2mqtt/bridge/state", {"state": "online"}, retained=True)
    await world.publishes("zigbee2mqtt/east/bridge/state", {"state": "offline"}, retained=True)
    assert [await world.point(f"east {number}") for number in range(2)] == ["offline", "offline"]
    assert await world.point("smoke") == "normal"
    await world.passes(seconds=20)
    assert await live(world) == [("gateway_offline", "maintenance")]


async def test_a_gateway_that_says_nothing_is_noticed_by_the_silence_of_its_devices(
    world: World,
) -> None:
    """Heard every ten minutes for days, and then nothing for half an hour: not a day later."""
    await with_neighbours(world)
    await world.db.run(
        lambda s: s.execute(
            sql(
                """
                INSERT INTO reading (device_id, metric, ts, event_id, value, received_at)
                SELECT p.device_id, 'smoke', at, 'x', 0, at FROM device_presence p,
                    generate_series(CAST(:now AS timestamptz) - interval '3 days', :now,
                                    interval '10 minutes') AS at
                """
            ),
            {"now": world.now},
        )
    )
    await world.passes(minutes=19)
    assert await live(world) == []
    await world.passes(minutes=3)
    assert await live(world) == [("gateway_offline", "maintenance")]
    assert "林玉珍3" in str((await world.person("worker").card())["fields"])
    await world.publishes("zigbee2mqtt/neighbour 2", {"smoke": False})
    await world.passes(seconds=30)
    assert (await world.fetch("SELECT recovered_at FROM ticket"))[0].recovered_at is not None


async def test_meters_behind_a_gateway_that_is_away_do_not_ring_one_by_one(world: World) -> None:
    """Nobody knows what they count meanwhile; who stays silent when it is back is asked about."""
    await world.rule("water_unused", **ABSENT)
    await with_neighbours(world, "water", water_consumed=10.0)
    await world.jumps(hours=23)
    await world.publishes("zigbee2mqtt/bridge/state", {"state": "offline"}, retained=True)
    await world.passes(seconds=20)
    await world.jumps(hours=1, minutes=5)
    await world.passes(minutes=10)
    assert await live(world) == [("gateway_offline", "maintenance")]
    assert await world.person("worker").rings() == 1
    assert await world.person("family").rings() == 0
    assert await world.point("water") == "offline"
    await world.publishes("zigbee2mqtt/bridge/state", {"state": "online"}, retained=True)
    await world.passes(seconds=20)
    assert await world.person("family").rings() == 0, "she has not had the time to speak"
    for name in NEIGHBOURS:
        await world.publishes(f"zigbee2mqtt/{name}", {"water_consumed": 10.5})
    await world.passes(minutes=31)
    assert await live(world) == [("gateway_offline", "maintenance"), ("water_unused", "care")]
    assert await world.person("family").rings() == 1
    assert "3幢2单元501" in str((await world.person("family").card())["fields"])
    (over,) = await world.fetch("SELECT recovered_at FROM ticket WHERE what = 'gateway_offline'")
    assert over.recovered_at is not None


async def test_a_gateway_that_is_heard_through_its_devices_is_back(world: World) -> None:
    """A last will that comes late, or a bridge that forgot to say that it is there again."""
    await with_neighbours(world)
    await world.publishes("zigbee2mqtt/bridge/state", {"state": "offline"}, retained=True)
    await world.passes(seconds=20)
    assert await world.point("smoke") == "offline"
    await world.publishes("zigbee2mqtt/neighbour 1", {"smoke": False})
    await world.passes(seconds=20)
    assert await world.point("smoke") == "normal"
    assert (await world.fetch("SELECT recovered_at FROM ticket"))[0].recovered_at is not None


async def test_what_came_by_a_list_has_an_hour_to_say_its_first_word(world: World) -> None:
    """A house that was entered a minute ago has lost no gateway; one that never speaks has none."""
    await world.db.run(
        lambda s: s.execute(
            sql(
                """
                WITH new AS (UPDATE device SET installed_at = :now, home_index = uuid_send(id)
                             RETURNING id)
                INSERT INTO device_presence (device_id, online) SELECT id, false FROM new
                """
            ),
            {"now": world.now},
        )
    )
    await world.passes(minutes=30)
    assert await live(world) == []
    await world.passes(minutes=31)
    assert await live(world) == [("gateway_offline", "maintenance")]


async def test_an_outage_ends_with_a_gateway_that_is_taken_out_of_the_registry(
    world: World,
) -> None:
    """Its ticket could recover by nothing else."""
    await with_neighbours(world)
    await world.publishes("zigbee2mqtt/bridge/state", {"state": "offline"}, retained=True)
    await world.passes(seconds=20)
    worker = world.person("worker")
    await worker.says("拆除设备")
    await worker.says("3幢")
    await worker.chooses("zigbee2mqtt/bridge")
    await world.passes(seconds=20)
    assert (await world.fetch("SELECT recovered_at FROM ticket"))[0].recovered_at is not None


async def test_lost_protection_is_for_today_and_tells_no_family(world: World) -> None:
    """A smoke detector offline for an hour: the worker hears, and again within the day."""
    await world.rule("smoke_offline", **OFFLINE, kind="smoke")
    await world.rings("smoke", smoke=False)
    await goes(world, "offline", "smoke")
    await world.jumps(minutes=59)
    assert await live(world) == []
    await world.jumps(minutes=1)
    assert await live(world) == [("smoke_offline", "maintenance")]
    assert await world.person("worker").rings() == 1
    assert await world.person("family").rings() == 0
    await world.jumps(hours=4)
    assert await world.person("worker").rings() == 2
    await goes(world, "online", "smoke")
    await world.passes(seconds=10)
    recovered = await world.fetch("SELECT recovered_at FROM ticket")
    assert recovered[0].recovered_at is not None


async def test_what_is_for_the_daily_list_rings_nobody(world: World) -> None:
    """A wristband that is not worn is no alarm."""
    await world.rule(
        "wristband_unworn", looks_for=RuleKind.DURATION, metric="worn", comparison="<=", limit=0,
        span_s=60, severity=Severity.MAINTENANCE, kind="wristband",
    )  # fmt: skip
    await world.rings("wristband", worn=False)
    await world.passes(minutes=2)
    assert await live(world) == [("wristband_unworn", "maintenance")]
    assert await world.person("worker").rings() == 0


async def test_a_silent_meter_of_somebody_at_risk_asks_at_twelve_hours_and_sends_at_a_day(
    world: World,
) -> None:
    """The elder lives alone: half a day to answer, then a visit."""
    await world.rule(
        "water_silent", **{**OFFLINE, "span_s": 43200, "severity": Severity.CARE},
        kind="water",
    )  # fmt: skip
    await world.rings("water", water_consumed=10.0)
    await goes(world, "offline", "water")
    await world.jumps(hours=12)
    assert await live(world) == [("water_silent", "care")]
    assert await world.person("family").rings() == 1
    assert "正在问家属" in (await world.person("worker").card())["summary"]
    await world.jumps(hours=11, minutes=59)
    assert await world.person("worker").rings() == 1
    await world.jumps(minutes=2)
    assert await world.person("worker").rings() == 2


async def test_a_silent_meter_of_others_is_for_the_daily_list(world: World) -> None:
    """Nobody at risk hangs on it."""
    await world.db.run(
        lambda s: s.execute(
            sql("UPDATE residence SET groups = :none"), {"none": seal_json([], "residence.groups")}
        )
    )
    await world.rule(
        "water_silent", **{**OFFLINE, "span_s": 43200, "severity": Severity.CARE},
        kind="water",
    )  # fmt: skip
    await world.rings("water", water_consumed=10.0)
    await goes(world, "offline", "water")
    await world.jumps(hours=12)
    assert await live(world) == [("water_silent", "maintenance")]
    assert await world.person("worker").rings() == 0


async def test_silent_within_an_hour_of_its_own_alarm_is_care(world: World) -> None:
    """Who knows what burnt the detector; the flat's people are asked about at once."""
    await world.rule("smoke_offline", **OFFLINE, kind="smoke")
    await world.rings("smoke")
    await world.jumps(minutes=20)
    await world.rings("smoke", smoke=False)
    await goes(world, "offline", "smoke")
    await world.passes(seconds=10)
    assert ("silent_after_alarm", "care") in await live(world)


async def test_several_of_one_flat_silent_at_once_are_care(world: World) -> None:
    """One may be its battery; two are a flat without power, or worse."""
    await world.rule("smoke_offline", **OFFLINE, kind="smoke")
    await world.rule("gas_offline", **OFFLINE, kind="gas")
    await world.rings("smoke", smoke=False)
    await world.rings("gas", gas=False)
    await goes(world, "offline", "smoke")
    await world.passes(seconds=10)
    assert await live(world) == []
    await goes(world, "offline", "gas")
    await world.passes(seconds=10)
    assert await live(world) == [("flat_silent", "care")]
    await goes(world, "online", "gas", "smoke")
    await world.passes(seconds=10)
    assert (await world.fetch("SELECT recovered_at FROM ticket"))[0].recovered_at is not None


async def test_a_gateways_outage_is_one_ticket_that_lists_the_unprotected(world: World) -> None:
    """Most of a building's devices of one source: one ticket with the elders' names, not dozens."""
    await with_neighbours(world)
    await world.rule("smoke_offline", **OFFLINE, kind="smoke")
    for name in (world.devices["smoke"].external, *NEIGHBOURS):
        await world.publishes(f"zigbee2mqtt/{name}/availability", b"offline")
    await world.jumps(hours=1)
    assert await live(world) == [("gateway_offline", "maintenance")]
    card = await world.person("worker").card()
    assert "陈桂芳" in str(card["fields"])
    assert "林玉珍3" in str(card["fields"])
    assert await world.person("family").rings() == 0
    for name in (world.devices["smoke"].external, *NEIGHBOURS):
        await world.publishes(f"zigbee2mqtt/{name}/availability", b"online")
    await world.passes(seconds=10)
    assert (await world.fetch("SELECT recovered_at FROM ticket"))[0].recovered_at is not None


async def test_twenty_leaks_of_a_building_ring_a_worker_three_times(world: World) -> None:
    """Each keeps its ticket, and the last card says how many; smoke rings for each flat."""

    async def flats(session: Session) -> None:
        grid = await make.grid(session, world.community, number=2)
        for number in range(20):
            for kind in ("water", "smoke"):
                made = await make.device(session, kind, where=grid, external=f"{kind} {number}")
                made.building_id = world.devices["smoke"].building_id
                made.grid_id = world.grid

    await world.db.run(flats)
    await world.rule("water_leak", severity=Severity.PROPERTY)
    world.now = world.now.replace(hour=3)
    for number in range(20):
        await world.publishes(f"zigbee2mqtt/water {number}", {"water_leak": True})
    worker = world.person("worker")
    assert len(await live(world)) == 20
    assert await worker.rings() == 3
    assert "还有 19 起" in str((await worker.card())["fields"])
    for number in range(20):
        await world.publishes(f"zigbee2mqtt/smoke {number}", {"smoke": True})
    assert await worker.rings() == 23
    async with world.db.reading() as session:
        assert not [one for one in await check.run(session, now=world.now) if one["broken"]]
