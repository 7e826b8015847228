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
    """Find where a device stands, or the only home of those a call is about; None elsewhere."""
    row = (
        await session.execute(
            sql(
                """
                SELECT t.community_id, d.place, d.lon, d.lat, b.name, b.address, b.floors,
                       c.name AS community, s.name AS street, e.elders, e.caller_id
                FROM ticket t JOIN community c ON c.id = t.community_id
                JOIN street s ON s.id = c.street_id
                LEFT JOIN device d ON d.id = t.device_id
                LEFT JOIN building b ON b.id = d.building_id
                LEFT JOIN emergency e ON e.ticket_id = t.id WHERE t.id = :ticket
                """
            ),
            {"ticket": ticket},
        )
    ).one()
    if row.place is None:
        return await _of_call(session, row) if row.caller_id is not None else None
    place = open_json(row.place, "device.place")
    home = await _home(session, UUID(place["home"])) if place.get("home") else None
    return Scene(
        row.street, row.community, row.address or row.name or place["name"],
        open_json(home.label, "home.label") if home else "", home.floor if home else 0,
        row.floors or 0, Point(row.lon, row.lat) if row.lon is not None else None,
    )  # fmt: skip


async def _of_call(session: Session, row: Any) -> Scene | None:
    """Find the home of the elders meant, else of the caller, if there is one for certain."""
    elders = open_json(row.elders, "emergency.elders") if row.elders is not None else []
    homes = await session.execute(
        sql(
            """
            SELECT DISTINCT home_id FROM residence
            WHERE person_id = ANY(CAST(:people AS uuid[])) AND until IS NULL
              AND community_id = :community
            """
        ),
        {"people": [UUID(one) for one in elders] or [row.caller_id],
         "community": row.community_id},
    )  # fmt: skip
    found = homes.scalars().all()
    if len(found) != 1:
        return None
    home = await _home(session, found[0])
    return Scene(
        row.street, row.community, home.address or home.name,
        open_json(home.label, "home.label"), home.floor, home.floors or 0,
        Point(home.lon, home.lat),
    )  # fmt: skip


async def _home(session: Session, home: UUID) -> Any:
    rows = await session.execute(
        sql(
            """
            SELECT h.label, h.floor, b.name, b.address, b.floors, b.lon, b.lat
            FROM home h JOIN building b ON b.id = h.building_id WHERE h.id = :home
            """
        ),
        {"home": home},
    )
    return rows.one_or_none()
