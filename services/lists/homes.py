"""Flats and buildings as lists, and the gateways that devices speak through."""

from datetime import datetime
from typing import Any

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from services.lists.pages import WORDS, Asked, Page, Query, read, within
from services.permissions import Permission

_FLATS = Query(
    "h.id, b.name AS building, g.name AS grid, h.label, h.floor, h.use, "
    "(SELECT count(*) FROM residence r WHERE r.home_id = h.id AND r.until IS NULL) AS people, "
    "(SELECT count(*) FROM residence r WHERE r.home_id = h.id AND r.until IS NULL AND r.elder) "
    "AS elders",
    "home h JOIN building b ON b.id = h.building_id JOIN grid g ON g.id = b.grid_id",
    (
        ("length(b.name)", "integer"), ("b.name", "text"), ("h.stair", "integer"),
        ("h.floor", "integer"), ("h.id", "uuid"),
    ),
)  # fmt: skip
_BUILDINGS = Query(
    "b.id, b.name, g.name AS grid, b.address, b.stairs, b.floors, "
    "jsonb_array_length(b.outline) > 0 AS drawn, "
    "(SELECT count(*) FROM home h WHERE h.building_id = b.id) AS flats, "
    "(SELECT count(*) FROM residence r JOIN home h ON h.id = r.home_id "
    "WHERE h.building_id = b.id AND r.until IS NULL) AS people",
    "building b JOIN grid g ON g.id = b.grid_id",
    (("length(b.name)", "integer"), ("b.name", "text"), ("b.id", "uuid")),
)
_GATEWAYS = Query(
    "d.id, d.place, d.source, d.online, d.last_seen, b.name AS building, g.name AS grid, "
    "d.devices, d.silent",
    """(SELECT d.*, coalesce(p.online, true) AS online, p.last_seen,
               (SELECT count(*) FROM device m WHERE m.gateway_id = d.id AND m.removed_at IS NULL)
               AS devices,
               (SELECT count(*) FROM device m JOIN device_presence q ON q.device_id = m.id
                WHERE m.gateway_id = d.id AND m.removed_at IS NULL AND q.online IS FALSE) AS silent
        FROM device d LEFT JOIN device_presence p ON p.device_id = d.id
        WHERE d.removed_at IS NULL) d
       JOIN grid g ON g.id = d.grid_id LEFT JOIN building b ON b.id = d.building_id""",
    (
        ("coalesce(length(b.name), 0)", "integer"), ("coalesce(b.name, '')", "text"),
        ("d.id", "uuid"),
    ),
)  # fmt: skip


async def flats(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (every list is asked so)
    """List flats with their use and how many live there; nobody is named."""
    scope, values = within(by, Permission.HOMES_READ, asked.community, "b")
    conditions = [scope]
    for name, column in (("grid", "b.grid_id"), ("building", "b.id")):
        if (of := asked.id(name)) is not None:
            conditions.append(f"{column} = :{name}")
            values[name] = of
    if use := asked.one("use"):
        conditions.append("h.use = :use")
        values["use"] = use
    if words := asked.words.replace(" ", "")[:WORDS]:
        doors = await session.execute(
            sql(
                f"SELECT h.id, h.label, b.name FROM {_FLATS.source} WHERE {' AND '.join(conditions)}"  # noqa: S608  (literals of this module)
            ),
            values,
        )
        values["said"] = [
            row.id
            for row in doors
            if words in f"{row.name}{open_json(row.label, 'home.label')}".replace(" ", "")
        ]
        conditions.append("h.id = ANY(CAST(:said AS uuid[]))")
    rows, goes_on, total = await read(session, _FLATS, conditions, values, asked)
    return Page([_flat(row) for row in rows], goes_on, total)


def _flat(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "building": row.building, "grid": row.grid,
        "flat": open_json(row.label, "home.label"), "floor": row.floor, "use": row.use,
        "people": row.people, "elders": row.elders, "values": {"use": row.use},
    }  # fmt: skip


async def buildings(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (same)
    """List buildings; one that is not drawn stands on the map as a point."""
    scope, values = within(by, Permission.HOMES_READ, asked.community, "b")
    conditions = [scope]
    if (grid := asked.id("grid")) is not None:
        conditions.append("b.grid_id = :grid")
        values["grid"] = grid
    if words := asked.words.strip()[:WORDS]:
        conditions.append("position(:words IN b.name || coalesce(b.address, '')) > 0")
        values["words"] = words
    rows, goes_on, total = await read(session, _BUILDINGS, conditions, values, asked)
    found = [
        {
            "id": row.id, "building": row.name, "grid": row.grid, "address": row.address or "",
            "stairs": row.stairs, "floors": row.floors, "flats": row.flats, "people": row.people,
            "drawn": row.drawn,
        }
        for row in rows
    ]  # fmt: skip
    return Page(found, goes_on, total)


async def gateways(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (same)
    """List what other devices speak through, whether it lives, and how many are silent behind it."""
    scope, values = within(by, Permission.DEVICES_READ, asked.community, "d")
    conditions = [scope, "(d.kind = 'gateway' OR d.devices > 0)"]
    if (grid := asked.id("grid")) is not None:
        conditions.append("d.grid_id = :grid")
        values["grid"] = grid
    if state := asked.one("state"):
        conditions.append("d.online = :online")
        values["online"] = state == "normal"
    rows, goes_on, total = await read(session, _GATEWAYS, conditions, values, asked)
    found = [
        {
            "id": row.id, "state": "normal" if row.online else "offline", "source": row.source,
            "name": open_json(row.place, "device.place")["name"], "building": row.building or "",
            "grid": row.grid, "last_seen": row.last_seen, "devices": row.devices,
            "silent": row.silent,
        }
        for row in rows
    ]  # fmt: skip
    return Page(found, goes_on, total)
