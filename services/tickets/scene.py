"""Where a ticket lies, as somebody says it on the telephone and a map finds it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.crypto import open_json
from core.db import Session, sql
from services.shops.distance import Point


@dataclass(frozen=True, slots=True)
class Scene:
    """A place in the words of an address; `floors` is how many the building has, 0 if unknown."""

    street: str
    community: str
    address: str
    door: str
    floor: int
    floors: int
    point: Point | None


async def of(session: Session, ticket: UUID) -> Scene | None:
    """Find where a device's ticket lies; None for one whose place only words tell."""
    row = (
        await session.execute(
            sql(
                """
                SELECT d.place, d.lon, d.lat, b.name, b.address, b.floors, c.name AS community,
                       s.name AS street
                FROM ticket t JOIN device d ON d.id = t.device_id
                JOIN community c ON c.id = t.community_id JOIN street s ON s.id = c.street_id
                LEFT JOIN building b ON b.id = d.building_id WHERE t.id = :ticket
                """
            ),
            {"ticket": ticket},
        )
    ).one_or_none()
    if row is None:
        return None
    place = open_json(row.place, "device.place")
    home = await _home(session, place.get("home"))
    return Scene(
        row.street, row.community, row.address or row.name or place["name"],
        open_json(home.label, "home.label") if home else "", home.floor if home else 0,
        row.floors or 0, Point(row.lon, row.lat) if row.lon is not None else None,
    )  # fmt: skip


async def _home(session: Session, home: str | None) -> Any:
    if not home:
        return None
    rows = await session.execute(
        sql("SELECT label, floor FROM home WHERE id = :home"), {"home": UUID(home)}
    )
    return rows.one_or_none()
