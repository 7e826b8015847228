"""The demo's devices: in flats of elders, on houses, at the roads."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from models import Device, DevicePresence
from ops.seed import data, ground
from ops.seed.ground import House, Point, Spot
from ops.seed.residents import Flat, Household
from ops.seed.rows import Rows
from services.homes import home_index
from services.ingest.registry import external_index

_WORN = "wristband"
_LANES = (-0.3, 0.0, 0.3)  # side by side within a house, so that points don't lie on each other
_IN_FRONT = {"fire": (0.3, -0.85), "lane": (-0.3, -1.1)}


@dataclass(frozen=True, slots=True)
class Planned:
    """A device before it is a row; `people` are those it protects."""

    kind: str
    source: str
    external: str
    name: str
    grid: int
    point: Point
    house: House | None = None
    flat: Flat | None = None
    people: tuple[UUID, ...] = ()


def equipped(households: Sequence[Household], persona: Household, rng: Random) -> list[Household]:
    """Choose the flats that have devices, the persona's first; elders without family go before."""
    others = [one for one in households if one.elders and one is not persona]
    rng.shuffle(others)
    others.sort(key=lambda one: one.kind not in {"alone", "couple"})
    return [persona, *others[: data.demo("devices")["homes"] - 1]]


def plan(homes: Sequence[Household], houses: Sequence[House], rng: Random) -> list[Planned]:
    """Plan every device of the community."""
    spots = {
        "crossing": ground.crossings(),
        "roadside": rng.sample(roadsides := ground.roadsides(), len(roadsides)),
        "house": [],
    }
    fronts = rng.sample(list(houses), len(houses))
    turn, numbers, found = 0, Counter[str](), []
    for spec in data.demo("devices")["kinds"]:
        if spec["place"] == "home":
            chosen, turn = _deal(spec, homes, turn)
            made = [_at_home(spec, home) for home in chosen]
        elif spec["place"] == "house":
            made = [_in_front(spec, fronts.pop()) for _ in range(spec["count"])]
        else:
            made = [_in_the_open(spec, spots[spec["place"]].pop()) for _ in range(spec["count"])]
        found += [_named(spec, one, numbers) for one in made]
    return list(_spread(found))


def write(
    rows: Rows,
    devices: Sequence[Planned],
    community: UUID,
    grids: Sequence[UUID],
    buildings: Mapping[int, UUID],
    *,
    began: datetime,
    now: datetime,
) -> None:
    """Take the devices as rows. Those not connected yet have never been heard of."""
    last = {one.kind: index for index, one in enumerate(devices)}
    silent = {last[kind] for kind in data.demo("devices")["offline"]}
    gateways = _gateways(rows, community, grids[0], began=began, now=now)
    for index, one in enumerate(devices):
        home = one.flat.id if one.flat else None
        device = rows.make(
            Device,
            community_id=community,
            grid_id=grids[one.grid],
            building_id=buildings[one.house.number] if one.house else None,
            kind=one.kind,
            source=one.source,
            external=one.external,
            external_index=external_index(one.external),
            place={
                "name": one.name,
                "home": str(home) if home else None,
                "people": [str(person) for person in one.people],
            },
            home_index=home_index(home) if home else None,
            lon=one.point[0],
            lat=one.point[1],
            gateway_id=gateways.get(one.source),
            installed_at=began,
            removed_at=None,
        )
        rows.add(
            DevicePresence,
            device_id=device,
            last_seen=None if index in silent else now,
            online=index not in silent,
        )


def _gateways(
    rows: Rows, community: UUID, grid: UUID, *, began: datetime, now: datetime
) -> dict[str, UUID]:
    """Take the gateways as rows, all in the middle of the community; returns them by source."""
    lon, lat = ground.on_earth((0.0, 0.0))
    found = {}
    for one in data.demo("devices")["gateways"]:
        made = found[one["source"]] = rows.make(
            Device, community_id=community, grid_id=grid, building_id=None, kind="gateway",
            source=one["source"], external=one["external"],
            external_index=external_index(one["external"]),
            place={"name": one["name"], "home": None, "people": []}, home_index=None, lon=lon,
            lat=lat, gateway_id=None, installed_at=began, removed_at=None,
        )  # fmt: skip
        rows.add(DevicePresence, device_id=made, last_seen=now, online=True)
    return found


def _deal(
    spec: dict[str, Any], homes: Sequence[Household], turn: int
) -> tuple[list[Household], int]:
    """Hand devices of one kind to flats in turn, so that each flat gets some of the kinds."""
    first = [homes[0]] if spec["kind"] in data.demo("devices")["elder_has"] else []
    others = homes[1:]
    many = spec["count"] - len(first)
    return first + [others[(turn + step) % len(others)] for step in range(many)], turn + many


def _at_home(spec: dict[str, Any], home: Household) -> Planned:
    flat = home.flat
    name = data.demo("devices")["words"]["home"].format(
        house=flat.house.name, stair=flat.stair, door=flat.door, word=spec["word"]
    )
    protected = home.elders[:1] if spec["kind"] == _WORN else home.elders
    return Planned(
        spec["kind"], spec["source"], "", name, flat.house.grid, (0, 0),
        flat.house, flat, tuple(one.id for one in protected),
    )  # fmt: skip


def _in_front(spec: dict[str, Any], house: House) -> Planned:
    point = house.at(*_IN_FRONT[spec["kind"]])
    return Planned(
        spec["kind"], spec["source"], "", _elsewhere(spec, house.name), house.grid, point, house
    )


def _in_the_open(spec: dict[str, Any], spot: Spot) -> Planned:
    return Planned(
        spec["kind"], spec["source"], "", _elsewhere(spec, spot.name), spot.grid, spot.point
    )


def _elsewhere(spec: dict[str, Any], spot: str) -> str:
    words: dict[str, str] = data.demo("devices")["words"]
    return words["elsewhere"].format(spot=spot, word=spec["word"])


def _named(spec: dict[str, Any], device: Planned, numbers: Counter[str]) -> Planned:
    """Give the name under which the device speaks."""
    pattern = spec.get("external")
    if pattern is None:
        return replace(device, external=device.name)
    numbers[pattern] += 1
    return replace(device, external=pattern.format(number=numbers[pattern]))


def _spread(devices: Sequence[Planned]) -> Iterator[Planned]:
    """Lay the devices of a stair side by side, in the order of the flats."""
    stairs: dict[tuple[int, int], list[Planned]] = defaultdict(list)
    for one in devices:
        if one.house is not None and one.flat is not None:
            stairs[one.house.number, one.flat.stair].append(one)
        else:
            yield one
    for (_, stair), group in stairs.items():
        group.sort(key=lambda one: (one.flat.floor, one.flat.door) if one.flat else (0, ""))
        for index, one in enumerate(group):
            assert one.house is not None
            along = (stair - 1 + (index + 0.5) / len(group)) / one.house.stairs - 0.5
            yield replace(one, point=one.house.at(along, _LANES[index % len(_LANES)]))
