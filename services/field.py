"""What a worker sees on the way: the points of the own grids, worst first, and one ticket's people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from services import masks, workers
from services.map_points import STATE
from services.people import contacts as helpers
from services.permissions import At, Permission, allowed, reach
from services.shops.distance import Point
from services.shops.links import walking
from services.tickets import acts, contacts, queries, scene
from services.tickets.contacts import Contact
from services.tickets.queries import TicketView
from services.tickets.scene import Scene

_MOST = 3000


@dataclass(frozen=True, slots=True)
class Brief:
    """What is needed at the door, for as long as the ticket lives.

    `helpers` are (name, telephone, has the key); `conditions` (name, groups, needs), in codes.
    """

    view: TicketView
    scene: Scene | None
    way: str | None
    people: list[Contact]
    helpers: list[tuple[str, str, bool]]
    conditions: list[tuple[str, list[str], list[str]]]


async def points(session: Session, by: Actor) -> list[dict[str, Any]]:
    """List the devices of everywhere the actor works as GeoJSON, red first, with the live ticket."""
    where = reach(by, Permission.FIELD_READ)
    rows = await session.execute(
        sql(
            f"""
            SELECT d.id, d.kind, d.place, d.lon, d.lat, b.name AS building, {STATE} AS state,
                   t.id AS ticket, t.what, t.status, t.opened_at, t.drill_id IS NOT NULL AS drill,
                   who.name AS taken_by, t.acked_by = :me AS mine
            FROM device d LEFT JOIN building b ON b.id = d.building_id
            LEFT JOIN device_presence p ON p.device_id = d.id
            LEFT JOIN LATERAL (
                SELECT * FROM ticket t WHERE t.device_id = d.id AND t.status <> 'closed'
                  AND t.severity <> 'maintenance'
                ORDER BY t.status = 'resolved', t.opened_at LIMIT 1) t ON true
            LEFT JOIN person who ON who.id = t.acked_by
            WHERE d.removed_at IS NULL AND d.kind <> 'gateway'
              AND (d.community_id = ANY(CAST(:communities AS uuid[]))
                   OR d.grid_id = ANY(CAST(:grids AS uuid[])))
            ORDER BY array_position(ARRAY['alarm', 'handled', 'offline', 'normal'], {STATE}),
                     t.opened_at, d.id LIMIT {_MOST}
            """  # noqa: S608  (literals of ours)
        ),
        {"communities": list(where.communities), "grids": list(where.grids), "me": by.person},
    )
    return [_feature(row) for row in rows]


async def outlines(session: Session, by: Actor) -> list[dict[str, Any]]:
    """List the buildings of everywhere the actor works, as the ground of the map."""
    where = reach(by, Permission.FIELD_READ)
    rows = await session.execute(
        sql(
            """
            SELECT name, outline FROM building
            WHERE jsonb_array_length(outline) > 0
              AND (community_id = ANY(CAST(:communities AS uuid[]))
                   OR grid_id = ANY(CAST(:grids AS uuid[]))) ORDER BY name
            """
        ),
        {"communities": list(where.communities), "grids": list(where.grids)},
    )
    return [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [row.outline]},
            "properties": {"name": row.name},
        }
        for row in rows
    ]


async def brief(session: Session, by: Actor, *, ticket: UUID, now: datetime) -> Brief:
    """Show whom to telephone and what to mind; every look is noted.

    Raises UserError `ticket-is-over` once the ticket has closed: the link dies with it.
    """
    masks.require_unmasked(by)
    people = await contacts.of_ticket(session, by, ticket=ticket, now=now)
    about = await queries.about(session, ticket)
    known = await helpers.of(session, about)
    seen = await queries.view(session, ticket)
    place = await scene.of(session, ticket)
    point = place.point if place else None
    return Brief(
        seen, place, walking(seen.place, point)["amap"] if point else None, people,
        [
            (one.name, one.phone, one.key_holder)
            for one in known
            if one.key_holder or one.phone not in {who.phone for who in people}
        ],
        await _conditions(session, about),
    )  # fmt: skip


async def to_send(
    session: Session, by: Actor, *, ticket: UUID, now: datetime
) -> list[dict[str, Any]]:
    """List whom the actor may send to a ticket; nobody for whoever may send nobody."""
    row = await acts.locked(session, by, ticket)
    if not allowed(by, Permission.WORKERS_READ, At(row.community_id, row.grid_id)):
        return []
    return await workers.board(session, by, row.community_id, now=now, ticket=ticket)


async def _conditions(
    session: Session, people: list[UUID]
) -> list[tuple[str, list[str], list[str]]]:
    rows = await session.execute(
        sql(
            """
            SELECT DISTINCT ON (p.id) p.name, p.needs, r.groups FROM person p
            LEFT JOIN residence r ON r.person_id = p.id AND r.until IS NULL
            WHERE p.id = ANY(CAST(:people AS uuid[])) ORDER BY p.id, r.since DESC
            """
        ),
        {"people": people},
    )
    return [
        (
            open_json(row.name, "person.name"),
            list(open_json(row.groups, "residence.groups") or ()) if row.groups else [],
            list(open_json(row.needs, "person.needs") or ()) if row.needs else [],
        )
        for row in rows
    ]


def _feature(row: Any) -> dict[str, Any]:
    name = open_json(row.place, "device.place")["name"]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
        "properties": {
            "device": str(row.id),
            "kind": row.kind,
            "name": name,
            "building": row.building or "",
            "state": row.state,
            "ticket": str(row.ticket) if row.ticket else None,
            "what": row.what,
            "status": row.status,
            "drill": bool(row.drill),
            "opened_at": row.opened_at.isoformat() if row.opened_at else None,
            "taken_by": open_json(row.taken_by, "person.name") if row.taken_by else None,
            "mine": bool(row.mine),
            "way": walking(name, Point(row.lon, row.lat))["amap"],
        },
    }
