"""Devices from a table: what speaks under which name, where it is, whom it protects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.crypto import open_json
from core.db import sql
from core.ids import uuid7
from models import Device, DeviceKind, DevicePresence
from services.homes import home_index
from services.identity import normalised_id
from services.imports import Counts, Desk, Fault, Reading, Row, cells, once_each, whom
from services.imports.doors import house
from services.imports.folk import Folk
from services.imports.places import BuildingSeen, Flat, Places
from services.imports.rows import add, change
from services.imports.words import PARTS, like, listed, people, words
from services.ingest.registry import external_index


@dataclass(frozen=True, slots=True)
class Speaks:
    """A device as it is kept."""

    id: UUID
    kind: str
    source: str
    external: str
    name: str
    grid: UUID
    building: UUID | None
    home: UUID | None
    protects: tuple[UUID, ...]
    lon: float
    lat: float


Plan = list[tuple[Speaks | None, Speaks]]


async def check(desk: Desk, rows: Sequence[Row]) -> tuple[Plan, list[Fault]]:
    """Read every row; a device is known by its source and the name under which it speaks."""
    where, known = await whom.load(desk, [])
    before = {(one.source, one.external): one for one in await _speaking(desk)}
    return once_each(
        rows, lambda reading: _read(reading, where, known, before),
        lambda pair: (pair[1].source, pair[1].external),
        column="external", twice="fault-device-twice",
    )  # fmt: skip


def _read(
    reading: Reading, where: Places, known: Folk, before: dict[tuple[str, str], Speaks]
) -> tuple[Speaks | None, Speaks] | None:
    cell, row = reading.cell, reading.row
    kind, source = cell("kind", _one("kinds")), cell("source", _one("sources"))
    external = cell("external", cells.needed(cells.text_up_to(80)))
    name, at = cell("name", cells.text_up_to(60)), cells.located(reading)
    grid = cell("grid", where.grid)
    flat = where.flat(reading) if row.get("room") else None
    building = _building(reading, where, flat)
    if reading.faults:
        return None
    old = before.get((source, external))
    if row.id is not None:
        meant = next((one for one in before.values() if one.id == row.id), None)
        if old not in {None, meant}:
            reading.fault("external", "fault-there-already")
            return None
        old = meant
    protects = _protected(reading, known, flat, old)
    lies = building.grid if building else grid.id if grid else old.grid if old else None
    lon, lat = _point(at, building, old)
    if lies is None:
        reading.fault("grid", "fault-device-nowhere")
    elif lon is None or lat is None:
        reading.fault("lon", "fault-device-nowhere")
    if reading.faults or lies is None or lon is None or lat is None:
        return None
    home = flat.id if flat else old.home if old and not building else None
    inside = building.id if building else old.building if old else None
    called = name or (old.name if old else "") or _called(kind, building, flat) or external
    now = Speaks(
        old.id if old else uuid7(), kind, source, external, called, lies, inside, home, protects,
        lon, lat,
    )  # fmt: skip
    return old, now


def _one(name: str) -> Any:
    """Make a reader of a cell that must hold one word of a list."""

    def read(text: str) -> str:
        cells.needed(str)(text)
        return words(name).one(text) or text

    return read


def _building(reading: Reading, where: Places, flat: Flat | None) -> BuildingSeen | None:
    if flat is not None:
        return next(one for one in where.buildings if one.id == flat.building)
    if reading.row.get("room") or not (text := reading.row.get("building")):
        return None
    return where.seen(reading, house(text))


def _point(
    at: cells.Located | None, building: BuildingSeen | None, old: Speaks | None
) -> tuple[float | None, float | None]:
    """Take the place that is said, the one that is known, or the building's."""
    if at is not None:
        return at.lon, at.lat
    if old is not None:
        return old.lon, old.lat
    return (building.lon, building.lat) if building else (None, None)


def _called(kind: str, building: BuildingSeen | None, flat: Flat | None) -> str:
    """Call a device by the flat or building that it is in, and by its kind."""
    word = words("kinds").name(kind)
    if building is None:
        return ""
    if flat is None:
        return f"{building.name} {word}"
    form: str = people()["device"]
    return form.format(house=building.name, stair=flat.stair, door=flat.room, word=word)


def _protected(
    reading: Reading, known: Folk, flat: Flat | None, old: Speaks | None
) -> tuple[UUID, ...]:
    """Read whom a device protects; unless somebody said so, the elders of its flat."""
    text = reading.row.get("protects")
    here = [] if flat is None else [
        one for one, lives in known.lives.items() if any(live.home == flat.id for live in lives)
    ]  # fmt: skip
    if not text:
        if old is not None:
            return old.protects
        return tuple(one for one in here if any(live.elder for live in known.lives[one]))
    found = []
    for part in (one for one in PARTS.split(text) if one):
        fit = _named(part, known, here)
        if len(fit) == 1:
            found.append(fit[0])
        elif fit:
            reading.fault("protects", "fault-resident-several")
        else:
            _nobody(reading, part, known, here)
    return tuple(found)


def _named(part: str, known: Folk, here: Sequence[UUID]) -> list[UUID]:
    number = normalised_id(part)
    if any(char.isdigit() for char in number):
        return known.find("", number=number)
    return [one for one in here if known.people[one].name == part] or known.named(part)


def _nobody(reading: Reading, part: str, known: Folk, here: Sequence[UUID]) -> None:
    names = [known.people[one].name for one in here or known.lives]
    if near := like(part, list(dict.fromkeys(names))):
        reading.fault("protects", "fault-resident-like", known=listed(near))
    else:
        reading.fault("protects", "fault-resident-unknown")


async def write(desk: Desk, plan: Plan) -> Counts:
    """Register devices, change those that moved; one that is new was never heard of."""
    new = [now for old, now in plan if old is None]
    changed = [now for old, now in plan if old is not None and old != now]
    more = {"community_id": desk.community, "installed_at": desk.now, "removed_at": None}
    await add(desk.session, Device, [_values(one) | more for one in new])
    await add(
        desk.session, DevicePresence,
        [{"device_id": one.id, "last_seen": None, "online": False} for one in new],
    )  # fmt: skip
    await change(desk.session, Device, [_values(one) for one in changed])
    await desk.session.execute(
        sql(
            """
            DELETE FROM unknown_device u USING device d
            WHERE u.community_id = :community AND d.community_id = :community
              AND d.source = u.source AND d.external_index = u.external_index
              AND d.removed_at IS NULL
            """
        ),
        {"community": desk.community},
    )
    return Counts(len(new), len(changed), len(plan) - len(new) - len(changed))


def _values(one: Speaks) -> dict[str, Any]:
    return {
        "id": one.id, "grid_id": one.grid, "building_id": one.building,
        "kind": DeviceKind(one.kind), "source": one.source, "external": one.external,
        "external_index": external_index(one.external),
        "place": {
            "name": one.name, "home": str(one.home) if one.home else None,
            "people": [str(person) for person in one.protects],
        },
        "home_index": home_index(one.home) if one.home else None, "lon": one.lon, "lat": one.lat,
    }  # fmt: skip


async def _speaking(desk: Desk) -> list[Speaks]:
    rows = await desk.session.execute(
        sql(
            """
            SELECT id, kind, source, external, place, grid_id, building_id, lon, lat FROM device
            WHERE community_id = :community AND removed_at IS NULL ORDER BY kind, id
            """
        ),
        {"community": desk.community},
    )
    found = []
    for row in rows:
        place = open_json(row.place, "device.place")
        found.append(
            Speaks(
                row.id, row.kind, row.source, open_json(row.external, "device.external"),
                place["name"], row.grid_id, row.building_id,
                UUID(place["home"]) if place["home"] else None,
                tuple(UUID(one) for one in place["people"]), row.lon, row.lat,
            )
        )  # fmt: skip
    return found


async def lines(desk: Desk) -> list[tuple[UUID, tuple[str, ...]]]:
    """List the devices as rows of the import's own columns, in WGS-84."""
    where, known = await whom.load(desk, [])
    grids = {one.id: one.name for one in where.grids}
    names = {one.id: one.name for one in where.buildings}
    rows: list[tuple[UUID, tuple[str, ...]]] = []
    for one in await _speaking(desk):
        flat = where.flats.get(one.home) if one.home else None
        at = where.written(flat) if flat else (names.get(one.building or one.id, ""), "", "")
        row = (
            words("kinds").name(one.kind), one.source, one.external, one.name, *at,
            grids[one.grid], repr(one.lon), repr(one.lat), "WGS84", _names(one, known),
        )  # fmt: skip
        rows.append((one.id, row))
    return rows


def _names(one: Speaks, known: Folk) -> str:
    """Name whom a device protects, by number where the name alone would not do."""
    said = []
    for person in one.protects:
        if (human := known.people.get(person)) is None:
            continue
        here = [other for other, lives in known.lives.items()
                if any(live.home == one.home for live in lives)]  # fmt: skip
        clear = _named(human.name, known, here) == [person]
        said.append(human.name if clear or not human.id_number else human.id_number)
    return listed(said)
