"""Flats as people say them, found within grids, and the nearest ones where there is none."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from services.people.spoken import Flat
from services.permissions import At, Permission, allowed

NEAREST = 3
_FIGURES = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Door:
    """A flat with all that says where it is."""

    home: UUID
    community: UUID
    grid: UUID
    building: str
    label: str
    stair: int
    use: str

    @property
    def place(self) -> str:
        """Name the place as on the cards of tickets."""
        return f"{self.building} {self.label}"

    @property
    def number(self) -> int:
        """Read the door's number, the last figures of its label."""
        return int((_FIGURES.findall(self.label) or ["0"])[-1])


async def own_grids(session: Session, by: Actor, what: Permission) -> dict[UUID, UUID]:
    """Map each grid in which the actor may do this to its community."""
    rows = await session.execute(
        sql(
            "SELECT id, community_id FROM grid "
            "WHERE community_id = ANY(CAST(:communities AS uuid[])) ORDER BY number, id"
        ),
        {"communities": list({grant.community for grant in by.grants})},
    )
    return {
        row.id: row.community_id for row in rows if allowed(by, what, At(row.community_id, row.id))
    }


async def matching(
    session: Session, community: UUID, flat: Flat, *, grids: Collection[UUID] | None = None
) -> list[Door]:
    """List the flats that are meant, in these grids or in the whole community."""
    # Without a building every label of the grids would have to be opened: 501 is on floor 5.
    floor = int(flat.door) // 100 if flat.door and flat.building is None else None
    doors = await _doors(session, community, flat.building, grids, floor=floor)
    return [one for one in doors if _fits(one, flat)]


async def nearest(
    session: Session, community: UUID, flat: Flat, *, grids: Collection[UUID] | None = None
) -> list[Door]:
    """List three flats of the same building whose doors come closest."""
    if flat.building is None or flat.door is None:
        return []
    wanted = int(flat.door)
    stair = int(flat.stair) if flat.stair else None
    doors = await _doors(session, community, flat.building, grids)
    doors.sort(key=lambda one: (stair not in {None, one.stair}, abs(one.number - wanted)))
    return doors[:NEAREST]


async def door(session: Session, home: UUID) -> Door:
    """Find a flat by its id; raises LookupError for one that is not there."""
    rows = await session.execute(sql(f"{_DOOR} WHERE h.id = :home"), {"home": home})
    row = rows.one_or_none()
    if row is None:
        raise LookupError(f"no home {home}")
    return _as_door(row)


async def lived_in(session: Session, person: UUID) -> list[Door]:
    """List the flats in which a person lives now, the newest first."""
    rows = await session.execute(
        sql(
            f"""
            {_DOOR} JOIN residence r ON r.home_id = h.id
            WHERE r.person_id = :person AND r.until IS NULL ORDER BY r.since DESC, r.id DESC
            """
        ),
        {"person": person},
    )
    return [_as_door(row) for row in rows]


_DOOR = """
    SELECT h.id, h.community_id, h.stair, h.use, h.label, b.name, b.grid_id
    FROM home h JOIN building b ON b.id = h.building_id
"""


def _as_door(row: Any) -> Door:
    return Door(
        row.id, row.community_id, row.grid_id, row.name, _label(row.label), row.stair, row.use
    )


@lru_cache(maxsize=20_000)  # by what is sealed: a label that is changed is sealed anew
def _label(sealed: bytes) -> str:
    return str(open_json(sealed, "home.label"))


async def _doors(
    session: Session, community: UUID, building: str | None, grids: Collection[UUID] | None,
    *, floor: int | None = None,
) -> list[Door]:  # fmt: skip
    buildings = await session.execute(
        sql(
            """
            SELECT id, name FROM building WHERE community_id = :community
              AND (CAST(:grids AS uuid[]) IS NULL OR grid_id = ANY(CAST(:grids AS uuid[])))
            """
        ),
        {"community": community, "grids": None if grids is None else list(grids)},
    )
    meant = [one.id for one in buildings if building is None or _numbered(one.name) == building]
    rows = await session.execute(
        sql(
            f"""
            {_DOOR} WHERE b.id = ANY(CAST(:buildings AS uuid[]))
              AND (CAST(:floor AS integer) IS NULL OR h.floor = CAST(:floor AS integer))
            """
        ),
        {"buildings": meant, "floor": floor},
    )
    found = [_as_door(row) for row in rows]
    return sorted(found, key=lambda one: (one.building, one.stair, one.number, one.home))


def _numbered(name: str) -> str | None:
    figures = _FIGURES.search(name)
    return str(int(figures[0])) if figures else None


def _fits(one: Door, flat: Flat) -> bool:
    if flat.stair is not None and str(one.stair) != flat.stair:
        return False
    return flat.door is None or str(one.number) == flat.door
