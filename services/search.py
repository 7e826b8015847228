"""One line of the command centre finds a building, a flat, somebody or a device."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from services import masks
from services.people import lookup
from services.people.lookup import Hit
from services.permissions import At, Permission, allowed, within

MOST = 8
TEXT_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, a few of each; `more` says of what there is more than is shown.

    People are masked unless the actor sees them without opening them; a masked screen finds
    buildings alone.
    """

    buildings: tuple[dict[str, Any], ...]
    flats: tuple[dict[str, Any], ...]
    people: tuple[dict[str, Any], ...]
    devices: tuple[dict[str, Any], ...]
    more: tuple[str, ...]


async def find(
    session: Session, by: Actor, community: UUID, text: str, *, now: datetime
) -> Results:
    """Find what is meant within the actor's rights; who was shown is written down.

    Raises UserError for a text that is empty or too long.
    """
    grids = within(by, Permission.MAP_READ, community)
    plain = _folded(text)
    if not plain or len(text) > TEXT_LIMIT:
        raise UserError("search-length", limit=TEXT_LIMIT)
    buildings = await _buildings(session, community, grids, plain)
    devices = [] if by.masked else await _devices(session, community, grids, plain)
    hits = await _hits(session, by, community, text)
    people = [one for one in hits if one.person is not None]
    await lookup.shown(session, by, people[:MOST], now=now)
    flats = [one for one in hits if one.person is None]
    where = await _homes(session, [one.home for one in hits])
    found: dict[str, Sequence[Any]] = {
        "buildings": buildings,
        "flats": flats,
        "people": people,
        "devices": devices,
    }
    return Results(
        tuple(buildings[:MOST]),
        tuple(_flat(one, where) for one in flats[:MOST]),
        tuple(_person(by, one, where) for one in people[:MOST]),
        tuple(devices[:MOST]),
        tuple(name for name, some in found.items() if len(some) > MOST),
    )


async def _hits(session: Session, by: Actor, community: UUID, text: str) -> Sequence[Hit]:
    if not allowed(by, Permission.PEOPLE_FIND, At(community, anywhere=True)):
        return ()
    found = await lookup.find(session, by, text)
    return [one for one in found.hits if one.community == community]


async def _buildings(
    session: Session, community: UUID, grids: Sequence[UUID] | None, plain: str
) -> list[dict[str, Any]]:
    rows = await session.execute(
        sql(
            """
            SELECT id, name, address FROM building WHERE community_id = :community
              AND (CAST(:grids AS uuid[]) IS NULL OR grid_id = ANY(CAST(:grids AS uuid[])))
            ORDER BY length(name), name
            """
        ),
        {"community": community, "grids": grids},
    )
    return [
        {"id": str(row.id), "name": row.name, "address": row.address or ""}
        for row in rows
        if plain in _folded(row.name) or (row.address and plain in _folded(row.address))
    ]


async def _devices(
    session: Session, community: UUID, grids: Sequence[UUID] | None, plain: str
) -> list[dict[str, Any]]:
    """Open the names of the devices of a community: they are sealed, for they name flats."""
    rows = await session.execute(
        sql(
            """
            SELECT id, kind, place, external FROM device
            WHERE community_id = :community AND removed_at IS NULL
              AND (CAST(:grids AS uuid[]) IS NULL OR grid_id = ANY(CAST(:grids AS uuid[])))
            ORDER BY id
            """
        ),
        {"community": community, "grids": grids},
    )
    return [
        {"id": str(row.id), "kind": row.kind, "name": _name(row.place)}
        for row in rows
        if plain in _folded(_name(row.place)) or plain == _folded(_external(row.external))
    ]


async def _homes(session: Session, homes: Sequence[UUID]) -> dict[UUID, str]:
    rows = await session.execute(
        sql("SELECT id, building_id FROM home WHERE id = ANY(CAST(:homes AS uuid[]))"),
        {"homes": list(homes)},
    )
    return {row.id: str(row.building_id) for row in rows}


def _flat(one: Hit, where: dict[UUID, str]) -> dict[str, Any]:
    return {"id": str(one.home), "building": where[one.home], "place": one.place, "use": one.use}


def _person(by: Actor, one: Hit, where: dict[UUID, str]) -> dict[str, Any]:
    at = At(one.community, one.grid, one.person)
    name = one.name if masks.whole(by, at) else masks.name(one.name)
    return {
        "id": str(one.person),
        "name": name,
        "elder": one.elder,
        "groups": list(one.groups),
        "home": str(one.home),
        "building": where[one.home],
        "place": one.place,
    }


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


# By what is sealed, so nothing here can be out of date: what is changed is sealed anew.
@lru_cache(maxsize=20_000)
def _name(sealed: bytes) -> str:
    return str(open_json(sealed, "device.place")["name"])


@lru_cache(maxsize=20_000)
def _external(sealed: bytes) -> str:
    return str(open_json(sealed, "device.external"))
