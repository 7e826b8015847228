"""The devices of a community or of the own grids, with what they are now."""

from datetime import datetime
from typing import Any

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from services.lists.pages import WORDS, Asked, Page, Query, read, within
from services.map_points import STATE
from services.permissions import Permission

_SOURCE = f"""
    (SELECT d.*, {STATE} AS state, p.last_seen,
            (SELECT v.value FROM device_state v WHERE v.device_id = d.id AND v.metric = 'battery')
            AS battery
     FROM device d LEFT JOIN device_presence p ON p.device_id = d.id
     WHERE d.removed_at IS NULL) d
    JOIN grid g ON g.id = d.grid_id LEFT JOIN building b ON b.id = d.building_id
"""  # noqa: S608  (a literal of ours)
_QUERY = Query(
    "d.id, d.kind, d.place, d.source, d.model, d.state, d.last_seen, d.battery, d.installed_at, "
    "b.name AS building, g.name AS grid",
    _SOURCE,
    (
        ("d.kind", "text"), ("coalesce(length(b.name), 0)", "integer"),
        ("coalesce(b.name, '')", "text"), ("d.id", "uuid"),
    ),
)  # fmt: skip
_PLAIN = {"kind": "d.kind", "state": "d.state", "source": "d.source"}
_OF = {"grid": "d.grid_id", "building": "d.building_id"}


async def listing(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (every list is asked so)
    """List devices by kind and building; a search opens the names of those that may be meant."""
    scope, values = within(by, Permission.DEVICES_READ, asked.community, "d")
    conditions = [scope]
    for name, column in _PLAIN.items():
        if chosen := asked.one(name):
            conditions.append(f"{column} = :{name}")
            values[name] = chosen
    for name, column in _OF.items():
        if (of := asked.id(name)) is not None:
            conditions.append(f"{column} = :{name}")
            values[name] = of
    if words := asked.words.strip()[:WORDS]:
        found = await _called(session, conditions, values, words)
        conditions.append("d.id = ANY(CAST(:called AS uuid[]))")
        values["called"] = found
    rows, goes_on, total = await read(session, _QUERY, conditions, values, asked)
    return Page([_row(row) for row in rows], goes_on, total)


def _row(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "kind": row.kind, "name": open_json(row.place, "device.place")["name"],
        "building": row.building or "", "grid": row.grid, "state": row.state,
        "last_seen": row.last_seen, "battery": None if row.battery is None else round(row.battery),
        "source": row.source, "model": row.model,
    }  # fmt: skip


async def _called(
    session: Session, conditions: list[str], values: dict[str, Any], words: str
) -> list[Any]:
    """Find devices by a part of their name, or of the name by which they speak."""
    rows = await session.execute(
        sql(
            f"SELECT d.id, d.place, d.external, b.name AS building FROM {_SOURCE} "  # noqa: S608  (literals of this module)
            f"WHERE {' AND '.join(conditions)}"
        ),
        values,
    )
    wanted = words.casefold().replace(" ", "")
    return [row.id for row in rows if wanted in _names(row)]


def _names(row: Any) -> str:
    name = open_json(row.place, "device.place")["name"]
    said = (name, row.building or "", open_json(row.external, "device.external"))
    return "\n".join(said).casefold().replace(" ", "")
