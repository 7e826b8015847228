"""Where a device goes: a flat, or a place in the open, found by what a worker types."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from services.permissions import At, Permission, allowed, require


@dataclass(frozen=True, slots=True)
class Site:
    """A place where a device may hang; without `home` it is in the open or on a house."""

    community: UUID
    grid: UUID
    building: UUID
    home: UUID | None
    name: str
    lon: float
    lat: float


async def site(session: Session, by: Actor, text: str) -> Site | None:
    """Find the flat, else the house, that a text begins with, among those of the actor's grids."""
    plain = _plain(text)
    rows = await session.execute(
        sql(
            """
            SELECT id, community_id, grid_id, name, lon, lat FROM building
            WHERE starts_with(CAST(:text AS text), replace(name, ' ', ''))
            ORDER BY length(name) DESC, id
            """
        ),
        {"text": plain},
    )
    house = next((row for row in rows if _may_write(by, row)), None)
    if house is None:
        return None
    home, label = await _home(session, house, plain)
    name = f"{house.name}{label}" if home else text.strip()
    return Site(house.community_id, house.grid_id, house.id, home, name, house.lon, house.lat)


async def protected(session: Session, home: UUID) -> list[UUID]:
    """List whom a device in a flat protects: its elders, else all who live there."""
    rows = (
        await session.execute(
            sql(
                """
                SELECT person_id, elder FROM residence WHERE home_id = :home AND until IS NULL
                ORDER BY person_id
                """
            ),
            {"home": home},
        )
    ).all()
    elders = [row.person_id for row in rows if row.elder]
    return elders or [row.person_id for row in rows]


async def wearers(session: Session, by: Actor, at: Site) -> list[tuple[UUID, str]]:
    """List by name those in a flat whom a wristband may be for."""
    require(by, Permission.DEVICES_WRITE, At(at.community, at.grid))
    if at.home is None:
        return []
    rows = await session.execute(
        sql("SELECT id, name FROM person WHERE id = ANY(CAST(:people AS uuid[])) ORDER BY id"),
        {"people": await protected(session, at.home)},
    )
    return [(row.id, open_json(row.name, "person.name")) for row in rows]


def _may_write(by: Actor, row: Any) -> bool:
    return allowed(by, Permission.DEVICES_WRITE, At(row.community_id, row.grid_id))


async def _home(session: Session, house: Any, plain: str) -> tuple[UUID | None, str]:
    """Compare the numbers of the door, since everybody writes its words in another way."""
    wanted = re.findall(r"\d+", plain.removeprefix(house.name.replace(" ", "")))
    if not wanted:
        return None, ""
    rows = await session.execute(
        sql("SELECT id, label FROM home WHERE building_id = :house ORDER BY id"),
        {"house": house.id},
    )
    for row in rows:
        label = open_json(row.label, "home.label")
        if re.findall(r"\d+", label) == wanted:
            return row.id, label.replace(" ", "")
    return None, ""


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
