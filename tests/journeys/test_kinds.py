"""Every kind of device of a community, in the words of its own ecosystem, reaches its worker."""

from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
import yaml

from core.db import Session
from devices import decode, decode_push
from models import DeviceKind, Grid, Rule
from ops import check
from ops.seed import data
from services import steps
from tests import make
from tests.world import World

FILE = Path(__file__).parent.parent / "payloads" / "article" / "devices.yaml"
CASES: list[dict[str, Any]] = yaml.safe_load(FILE.read_text("utf-8"))
OUTDOORS = {"manhole", "lane", "rubbish", "parking", "street"}


async def equipped(world: World, kind: str, *, source: str, external: str) -> None:
    """Let the community have every default rule, and a device more."""

    async def work(session: Session) -> None:
        for rule in data.rules():
            if rule["key"] not in make.LIFE_RULES:
                await make.add(session, Rule(community_id=world.community, **rule))
        grid = await session.get_one(Grid, world.grid)
        world.devices["new"] = await make.device(
            session, kind, where=grid, source=source, external=external
        )

    await world.db.run(work)


async def says(world: World, case: dict[str, Any], what: str) -> None:
    """Let the case's device say that something is wrong, or that it is well again."""
    if "push" in case:
        await world.pushes(case["push"], case[what])
    else:
        await world.publishes(case["topic"], case[what])


def test_the_table_holds_every_kind() -> None:
    """A kind without a payload of its ecosystem would be a picture on the map alone."""
    assert {case["kind"] for case in CASES} == set(DeviceKind) - {DeviceKind.GATEWAY}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["called"])
async def test_a_kind_rings_the_worker_and_is_well_again(
    world: World, case: dict[str, Any]
) -> None:
    """From the payload to the card of the worker on duty, and back to blue."""
    raw = orjson.dumps(case["alarm"])
    read = (
        decode_push(case["push"], raw, world.now)
        if "push" in case
        else decode(case["topic"], raw, world.now)
    )
    assert [[one.metric, one.value, one.unit] for one in read.readings] == case["expect"]
    await equipped(world, case["kind"], **case["device"])
    await says(world, case, "alarm")
    tickets = await world.fetch("SELECT what, severity FROM ticket")
    if case["rings"] is None:
        assert not tickets
        assert await world.point("new") == "normal"
        assert await _broken(world) == []
        return
    assert [row.what for row in tickets] == [case["rings"]]
    assert await world.person("worker").rings() == 1
    assert await world.person("family").rings() == 0  # nobody's home: the device protects no elder
    assert await world.point("new") == "alarm"
    await world.person("worker").clicks("ticket.ack")
    await says(world, case, "clear")
    await world.person("worker").clicks("ticket.resolve")
    await world.person("worker").chooses("确有险情，已处理")
    if tickets[0].severity == "life":
        await world.person("worker").chooses("见到本人")
    await world.person("worker").chooses("跳过")
    assert await world.point("new") == "normal"
    assert await _broken(world) == []


async def _broken(world: World) -> list[str]:
    """Name the invariants that do not hold."""
    async with world.db.reading() as session:
        found = await check.run(session, now=world.now)
    return [one["name"] for one in found if one["broken"]]


async def test_a_lane_is_free_when_the_last_car_has_left(world: World) -> None:
    """One of two drives off, and the fire engine still can't pass."""
    await equipped(world, "camera", source="frigate", external="cam")
    for car in ("a", "b"):
        await world.publishes("frigate/events", event(car, stands=True))
    await world.publishes("frigate/events", event("a", stands=False))
    (ticket,) = await world.fetch("SELECT recovered_at FROM ticket")
    assert ticket.recovered_at is None
    await world.publishes("frigate/events", event("b", stands=False))
    (ticket,) = await world.fetch("SELECT recovered_at FROM ticket")
    assert ticket.recovered_at is not None


def event(car: str, *, stands: bool, zone: str = "fire_lane") -> dict[str, Any]:
    """Make Frigate's event of a car that stands in the lane, or drives off."""
    before = {"current_zones": [zone], "stationary": not stands}
    after = {"id": car, "camera": "cam", "label": "car", "current_zones": [zone]}
    return {"type": "update", "before": before, "after": after | {"stationary": stands}}


async def test_a_zone_tells_what_it_is_about(world: World) -> None:
    """One camera watches a lane and a row of bins; each has a ticket of its own."""
    await equipped(world, "camera", source="frigate", external="cam")
    await world.publishes("frigate/events", event("a", stands=True))
    await world.publishes("frigate/events", event("b", stands=True, zone="垃圾房"))
    await world.publishes("frigate/events", event("c", stands=True, zone="lawn"))
    rows = await world.fetch("SELECT what FROM ticket ORDER BY id")
    assert [row.what for row in rows] == ["lane_blocked", "rubbish_overflow"]


async def test_an_open_manhole_rings_at_night_and_goes_on_until_somebody_comes(
    world: World,
) -> None:
    """Rubbish waits for the morning; a hole in the street does not."""
    world.now = world.now.replace(hour=16)  # midnight in Changzhou
    await equipped(world, "manhole", source="linling", external="m1")
    await world.publishes("linling/default/m1/event", {"metrics": {"contact_open": True}})
    assert await world.person("worker").rings() == 1
    assert "拦住" in (await world.person("worker").card())["summary"]
    await world.passes(minutes=2)
    assert await world.person("backup").rings() == 1


async def test_rubbish_waits_for_the_morning(world: World) -> None:
    """Nobody is woken for a full bin."""
    world.now = world.now.replace(hour=16)
    await equipped(world, "rubbish", source="linling", external="r1")
    await world.publishes("linling/default/r1/event", {"metrics": {"object_stationary": True}})
    assert await world.person("worker").rings() == 0
    await world.passes(hours=7, minutes=1)
    assert await world.person("worker").rings() == 1


async def test_a_card_that_its_link_opens_at_night_is_shown_at_once(world: World) -> None:
    """Quiet hours hold what nobody asked for; a link shows nobody a card that is not theirs."""
    world.now = world.now.replace(hour=16)
    await equipped(world, "rubbish", source="linling", external="r1")
    await world.publishes("linling/default/r1/event", {"metrics": {"object_stationary": True}})
    (ticket,) = await world.fetch("SELECT id FROM ticket")
    for name, shown in (("backup", 0), ("worker", 1)):
        who = world.person(name).id

        async def opens(session: Session, who: UUID = who) -> None:
            await steps.opened(session, "web", ticket=ticket.id, person=who, now=world.now)

        await world.db.run(opens)
        await world.settle()
        assert await world.person(name).rings() == shown
        assert await world.person("worker").rings() == shown
    await world.passes(hours=7, minutes=1)
    assert await world.person("worker").rings() == 1


async def test_a_cover_that_leans_the_other_way_leans_too(world: World) -> None:
    """Angles have a sign."""
    await equipped(world, "manhole", source="linling", external="m1")
    await world.publishes("linling/default/m1/event", {"metrics": {"tilt_angle": -40}})
    (ticket,) = await world.fetch("SELECT what FROM ticket")
    assert ticket.what == "manhole_leaning"
