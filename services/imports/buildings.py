"""Buildings from a table: grid, address, stairs, floors, where they stand and their outline."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import orjson

from core.db import sql
from core.ids import uuid7
from models import Building, Datum, Grid
from services.imports import Counts, Desk, Fault, Faulty, Reading, Row, cells
from services.imports.columns import columns
from services.imports.doors import House, grid_number, house
from services.imports.places import GridSeen, Places, load
from services.imports.rows import add, change
from services.imports.words import people

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Stands:
    """A building as it is kept."""

    id: UUID
    name: str
    grid: UUID
    address: str | None
    stairs: int | None
    floors: int | None
    lon: float
    lat: float
    outline: Ring


@dataclass(slots=True)
class Plan:
    """What is to be written: grids that are new, buildings with what they were before."""

    grids: list[GridSeen] = field(default_factory=list)
    buildings: list[tuple[Stands | None, Stands]] = field(default_factory=list)


async def check(desk: Desk, rows: Sequence[Row]) -> tuple[Plan, list[Fault]]:
    """Read every row; a building is known by its number, however that is written."""
    where, before = await load(desk), await _standing(desk)
    plan, faults, seen = Plan(), list[Fault](), dict[House, int]()
    for row in rows:
        reading = Reading(row)
        found = _read(reading, where, plan, before)
        if found is not None:
            key = house(found[1].name)
            if key in seen:
                reading.fault("name", "fault-building-twice", row=seen[key])
            else:
                seen[key] = row.number
                plan.buildings.append(found)
        faults += reading.faults
    return plan, faults


def _read(
    reading: Reading, where: Places, plan: Plan, before: Mapping[House, Stands]
) -> tuple[Stands | None, Stands] | None:
    row, cell = reading.row, reading.cell
    name = cell("name", cells.needed(cells.text_up_to(40)))
    address = cell("address", cells.text_up_to(80))
    stairs, floors = cell("stairs", cells.integer(1, 30)), cell("floors", cells.integer(1, 120))
    old = before.get(house(name)) if name else None
    if row.id is not None:
        meant = next((one for one in before.values() if one.id == row.id), None)
        if old not in {None, meant}:
            reading.fault("name", "fault-there-already")
            return None
        old = meant
    at, outline = _where(reading, needed=old is None)
    grid = _grid(reading, where, plan, stands=old.grid if old else None)
    if reading.faults or grid is None:
        return None
    if old is not None:
        called = name if row.id is not None else old.name
        now = replace(
            old, name=called, grid=grid, address=address or old.address, stairs=stairs or old.stairs,
            floors=floors or old.floors, lon=at[0] if at else old.lon,
            lat=at[1] if at else old.lat, outline=outline or old.outline,
        )  # fmt: skip
        return old, now
    assert at is not None
    named = row.get("name") if not re.fullmatch(r"\d+", name) else f"{name}{_suffix()}"
    return None, Stands(uuid7(), named, grid, address or None, stairs, floors, *at, outline)


def _suffix() -> str:
    """Call a building that is a mere number as our headers do: 3幢."""
    return columns("buildings")["name"].header


def _grid(reading: Reading, where: Places, plan: Plan, *, stands: UUID | None) -> UUID | None:
    """Find the grid of a row; one that has a number and is not there yet is made.

    Without one a building that is known stays where it stands.
    """
    text = reading.row.get("grid")
    if not text and stands is not None:
        return stands
    if not text:
        reading.fault("grid", "fault-empty")
        return None
    try:
        found = where.grid(text)
    except Faulty as fault:
        number = grid_number(text)
        if number is None or not 0 < number < 1000:
            reading.fault("grid", fault.key if where.grids else "fault-grid-number",
                          **fault.args_for_words)  # fmt: skip
            return None
        found = GridSeen(uuid7(), number, _grid_name(text, number))
        where.grids.append(found)
        plan.grids.append(found)
    return found.id if found else None


def _grid_name(text: str, number: int) -> str:
    if not re.fullmatch(r"[\d.]+", cells.plain(text)):
        return text
    numerals = people()["numerals"].split()
    numeral = numerals[number - 1] if number <= len(numerals) else str(number)
    return str(people()["grid"].format(numeral=numeral))


def _where(reading: Reading, *, needed: bool) -> tuple[tuple[float, float] | None, Ring]:
    """Read the point and the outline; the middle of the outline stands for a point not given."""
    drawn = bool(reading.row.get("outline"))
    at = cells.located(reading, required=needed and not drawn)
    outline: Ring = ()
    if drawn:
        datum = at.datum if at else reading.cell("datum", cells.datum)
        if datum is not None:
            outline = reading.cell("outline", lambda text: ring(text, datum)) or ()
    if at is not None:
        return (at.lon, at.lat), outline
    return (_middle(outline) if outline and needed else None), outline


def ring(text: str, datum: Datum) -> Ring:
    """Read an outline: WKT, GeoJSON or a list of pairs; closed, and in WGS-84."""
    pairs = _pairs(text)
    if len(pairs) < 3:
        raise Faulty("fault-outline")
    for lon, lat in pairs:
        cells.degrees(str(lon), 73.0, 136.0)
        cells.degrees(str(lat), 3.0, 54.0)
    found = [cells.on_earth(lon, lat, datum) for lon, lat in pairs]
    return tuple(found if found[0] == found[-1] else [*found, found[0]])


def _pairs(text: str) -> list[tuple[float, float]]:
    try:
        return [(float(one[0]), float(one[1])) for one in _corners(text)]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):  # any shape but a ring
        raise Faulty("fault-outline") from None


def _corners(text: str) -> Any:
    if found := re.fullmatch(r"\s*POLYGON\s*\(\s*\(([^()]*)\).*\)\s*", text, re.IGNORECASE):
        return [one.split() for one in found[1].split(",")]
    parts = orjson.loads(text)
    if isinstance(parts, dict):
        parts = (parts.get("geometry") or parts)["coordinates"]
    return parts[0] if isinstance(parts[0][0], list) else parts


def _middle(outline: Ring) -> tuple[float, float]:
    corners = outline[:-1]
    return (
        round(sum(lon for lon, _ in corners) / len(corners), 7),
        round(sum(lat for _, lat in corners) / len(corners), 7),
    )


async def write(desk: Desk, plan: Plan) -> Counts:
    """Write grids and buildings."""
    used = {now.grid for _, now in plan.buildings}
    await add(
        desk.session, Grid,
        [{"id": one.id, "community_id": desk.community, "number": one.number, "name": one.name}
         for one in plan.grids if one.id in used],
    )  # fmt: skip
    new = [_values(now) for old, now in plan.buildings if old is None]
    changed = [_values(now) for old, now in plan.buildings if old is not None and old != now]
    await add(desk.session, Building, [one | {"community_id": desk.community} for one in new])
    await change(desk.session, Building, changed)
    return Counts(len(new), len(changed), len(plan.buildings) - len(new) - len(changed))


def _values(one: Stands) -> dict[str, Any]:
    return {
        "id": one.id, "grid_id": one.grid, "name": one.name, "address": one.address,
        "stairs": one.stairs, "floors": one.floors, "lon": one.lon, "lat": one.lat,
        "outline": [list(point) for point in one.outline],
    }  # fmt: skip


async def _standing(desk: Desk) -> dict[House, Stands]:
    rows = await desk.session.execute(
        sql(
            """
            SELECT id, name, grid_id, address, stairs, floors, lon, lat, outline FROM building
            WHERE community_id = :community ORDER BY name
            """
        ),
        {"community": desk.community},
    )
    return {
        house(row.name): Stands(
            row.id, row.name, row.grid_id, row.address, row.stairs, row.floors, row.lon, row.lat,
            tuple((lon, lat) for lon, lat in row.outline),
        )
        for row in rows
    }  # fmt: skip


async def lines(desk: Desk) -> list[tuple[UUID, tuple[str, ...]]]:
    """List the buildings as rows of the import's own columns, in WGS-84."""
    where, standing = await load(desk), await _standing(desk)
    grids = {one.id: one for one in where.grids}
    rows = [
        (grids[one.grid].number, _row(one, grids[one.grid].name), one.id)
        for one in standing.values()
    ]
    return [(one, row) for _, row, one in sorted(rows)]


def _row(one: Stands, grid: str) -> tuple[str, ...]:
    points = ", ".join(f"{lon!r} {lat!r}" for lon, lat in one.outline)
    return (
        one.name, grid, one.address or "", _number(one.stairs), _number(one.floors),
        repr(one.lon), repr(one.lat), "WGS84", f"POLYGON (({points}))" if points else "",
    )  # fmt: skip


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
