"""What devices speak through: told by their messages, kept by the registry, seen on the map."""

from typing import Any

import pytest

from core.crypto import open_json
from core.db import Session, sql
from models import DeviceKind, Grid
from tests import make
from tests.journeys.test_registry import installed, titles
from tests.world import Item, World

UPLINK = "application/7/device/24e124136b502217/event/up"
STATE = "zigbee2mqtt/bridge/state"


def uplink(**fields: Any) -> dict[str, Any]:
    """Make what ChirpStack tells of a frame that two gateways heard."""
    heard = [{"gatewayId": "far-gw", "rssi": -117}, {"gatewayId": "near-gw", "rssi": -61}]
    info = {"devEui": "24e124136b502217", "deviceProfileName": "WS301"}
    return {"deviceInfo": info, "rxInfo": heard, "object": fields}


async def registered(world: World, name: str) -> Any:
    """Read a device of the registry by the name under which it speaks."""
    rows = await world.fetch(
        """
        SELECT d.id, d.kind, d.model, d.external, d.place, g.external AS gateway FROM device d
        LEFT JOIN device g ON g.id = d.gateway_id WHERE d.removed_at IS NULL
        """
    )
    return next(row for row in rows if open_json(row.external, "device.external") == name)


def through(row: Any) -> str | None:
    """Name the gateway of a row."""
    return open_json(row.gateway, "device.external") if row.gateway else None


async def box(world: World) -> list[Item]:
    """Let a gateway be heard, and let the worker register it."""
    await world.publishes("linling/default/box-1/online", b"online")
    worker = world.person("worker")
    await worker.says("登记设备")
    await worker.chooses("box-1")
    await worker.chooses("网关")
    return await worker.says("3幢 2单元501")


@pytest.mark.parametrize(
    ("heard", "code", "model", "gateway"),
    [
        ([(UPLINK, uplink(battery=97))], "24e124136b502217", "WS301", "near-gw"),
        (
            [
                ("zigbee2mqtt/bridge/devices", [
                    {"friendly_name": "Coordinator", "definition": None},
                    {"friendly_name": "烟感 0x01", "definition": {"model": "TS0205"}},
                ]),
                ("zigbee2mqtt/烟感 0x01", {"battery": 97}),
            ],
            "烟感 0x01", "TS0205", "zigbee2mqtt/bridge",
        ),
        (
            [("linling/default/n-12345/event",
              {"model": "NB-7", "gateway": "box-1", "metrics": {"battery": 97}})],
            "n-12345", "NB-7", "box-1",
        ),
        (
            [("atom/g616/status/861261020000009", {"imei": "861261020000009", "battery": "61"})],
            "861261020000009", "g616", None,
        ),
    ],
    ids=["chirpstack", "zigbee2mqtt", "own", "wristband"],
)  # fmt: skip
async def test_registration_takes_over_what_messages_told(
    world: World, heard: list[tuple[str, Any]], code: str, model: str, gateway: str | None
) -> None:
    """Nobody on a ladder types a model number; and an outage must name whom it leaves alone."""
    for topic, payload in heard:
        await world.publishes(topic, payload)
    await installed(world, code=code)
    device = await registered(world, code)
    assert (device.model, through(device)) == (model, gateway)
    if gateway is not None:
        made = await registered(world, gateway)
        assert made.kind == DeviceKind.GATEWAY
        assert open_json(made.place, "device.place") == {
            "name": f"网关 {gateway}", "home": None, "people": []
        }  # fmt: skip


async def test_what_strangers_tell_is_sealed(world: World) -> None:
    """Anybody on the bus may write anything there."""
    await world.publishes(UPLINK, uplink(battery=97))
    (row,) = await world.fetch("SELECT model, gateway FROM unknown_device")
    assert b"WS301" not in bytes(row.model)
    assert open_json(row.gateway, "unknown_device.gateway") == "near-gw"


async def test_a_second_device_joins_the_same_gateway(world: World) -> None:
    """One box, one row; and it is no stranger any more."""
    await world.publishes(STATE, {"state": "online"})
    for name in ("烟感 0x01", "烟感 0x02"):
        await world.publishes(f"zigbee2mqtt/{name}", {"battery": 97})
        await installed(world, code=name)
    first, second = [await registered(world, name) for name in ("烟感 0x01", "烟感 0x02")]
    assert through(first) == through(second) == "zigbee2mqtt/bridge"
    assert not await world.fetch("SELECT 1 FROM unknown_device")


async def test_a_gateway_is_registered_by_its_code(world: World) -> None:
    """It rings nobody and has nothing to press; those of its devices that were there join it."""
    said = await box(world)
    assert titles(said) == ["已登记：3幢2单元501室 网关。"]
    assert not await world.fetch("SELECT 1 FROM installation")
    await world.passes(seconds=10)
    told = {"gateway": "box-1", "metrics": {"battery": 90}}
    await world.publishes("linling/default/wristband-01/event", told)
    assert through(await registered(world, "wristband-01")) == "box-1"
    assert len(await world.fetch("SELECT 1 FROM device WHERE kind = 'gateway'")) == 1


async def test_devices_turn_grey_with_their_gateway(world: World) -> None:
    """A blue point whose word can't reach us would be a lie; the gateway itself is no point."""
    await world.publishes(STATE, {"state": "online"}, retained=True)
    assert await world.point("smoke") == "normal"
    await world.publishes(STATE, {"state": "offline"}, retained=True)
    assert await world.point("smoke") == "offline"
    assert await world.point("wristband") == "normal"
    await world.publishes(STATE, {"state": "online"}, retained=True)
    assert await world.point("smoke") == "normal"


async def test_a_bridge_of_which_nobody_knew_is_registered_by_its_own_word(world: World) -> None:
    """Its devices came by a list and have not spoken yet; what it takes down is theirs."""
    await world.publishes(STATE, {"state": "offline"}, retained=True)
    assert through(await registered(world, _name(world, "gas"))) == "zigbee2mqtt/bridge"
    assert [await world.point(kind) for kind in ("gas", "wristband")] == ["offline", "normal"]
    assert not await world.fetch("SELECT 1 FROM unknown_device")


async def test_a_gateway_that_came_by_a_list_is_known_by_its_devices(world: World) -> None:
    """Many gateways never say how they stand: the first word through one proves that it lives."""
    await box(world)
    told = {"gateway": "box-1", "metrics": {"battery": 90}}
    await world.publishes("linling/default/wristband-01/event", told)
    await world.db.run(_listed)
    await world.passes(seconds=20)
    assert await world.point("wristband") == "offline"
    assert not await world.fetch("SELECT 1 FROM ticket")
    await world.publishes("linling/default/wristband-01/event", told)
    await world.passes(seconds=20)
    assert await world.point("wristband") == "normal"


async def _listed(session: Session) -> None:
    """Let the gateway and its device be as if a list had brought them."""
    await session.execute(sql("DELETE FROM device_state WHERE metric = 'online'"))
    await session.execute(
        sql(
            """
            INSERT INTO device_presence (device_id, online)
            SELECT id, false FROM device WHERE kind IN ('gateway', 'wristband')
            ON CONFLICT (device_id) DO UPDATE SET online = false, last_seen = NULL
            """
        )
    )


async def test_a_zone_is_grey_with_its_camera_and_its_recorder(world: World) -> None:
    """A lane that nobody watches is not free."""
    async with world.db.reading() as session:
        grid = await session.get_one(Grid, world.grid)

    async def build(session: Session) -> None:
        for kind, name in (("gateway", "frigate"), ("camera", "gate"), ("lane", "gate/east")):
            world.devices[name] = await make.device(
                session, kind, where=grid, source="frigate", external=name
            )

    await world.db.run(build)
    await world.rule("lane_blocked", metric="object_stationary", kind="lane", severity="property")
    stands = {"id": "e1", "camera": "gate", "label": "car", "current_zones": ["east"]}
    event = {"type": "update", "before": {}, "after": stands | {"stationary": True}}
    await world.publishes("frigate/events", event)
    (ticket,) = await world.fetch("SELECT device_id FROM ticket")
    assert ticket.device_id == world.devices["gate/east"].id
    await world.publishes("frigate/events", {**event, "type": "end"})
    await world.db.run(_closed)
    await world.publishes("frigate/gate/status/detect", b"offline")
    assert [await world.point(one) for one in ("gate", "gate/east")] == ["offline", "offline"]
    await world.publishes("frigate/gate/status/detect", b"online")
    assert [await world.point(one) for one in ("gate", "gate/east")] == ["normal", "normal"]
    await world.publishes("frigate/available", b"offline")
    assert [await world.point(one) for one in ("gate", "gate/east")] == ["offline", "offline"]


async def _closed(session: Session) -> None:
    await session.execute(
        sql("UPDATE ticket SET status = 'closed', closed_at = now(), next_escalation_at = NULL")
    )


async def test_a_gateway_that_is_taken_down_leaves_its_devices(world: World) -> None:
    """They turn blue again with their own word."""
    await world.publishes(STATE, {"state": "online"})
    await world.publishes("zigbee2mqtt/烟感 0x01", {"battery": 97})
    await installed(world, code="烟感 0x01")
    await world.passes(minutes=11)
    worker = world.person("worker")
    await worker.says("拆除设备")
    await worker.says("3幢")
    said = await worker.chooses("zigbee2mqtt/bridge")
    assert titles(said)
    assert through(await registered(world, "烟感 0x01")) is None


def _name(world: World, kind: str) -> str:
    external: str = world.devices[kind].external
    return external
