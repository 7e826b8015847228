"""Buildings of the map, and who lives in one: names masked for whoever has to open them first."""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from services import audit, masks
from services.homes import home_index
from services.map_points import STATE
from services.permissions import At, Permission, require, within


async def outlines(session: Session, by: Actor, community: UUID) -> list[dict[str, Any]]:
    """List a community's buildings with figures and worst state: polygons, points if not drawn."""
    grids = within(by, Permission.MAP_READ, community)
    rows = await session.execute(
        sql(
            f"""
            SELECT b.id, b.name, b.outline, b.lon, b.lat, g.name AS grid,
                   (SELECT count(*) FROM home h WHERE h.building_id = b.id) AS flats,
                   (SELECT count(*) FROM residence r JOIN home h ON h.id = r.home_id
                    WHERE h.building_id = b.id AND r.elder AND r.until IS NULL) AS elders,
                   (SELECT s.state FROM (
                        SELECT {STATE} AS state FROM device d
                        LEFT JOIN device_presence p ON p.device_id = d.id
                        WHERE d.building_id = b.id AND d.removed_at IS NULL
                          AND d.kind <> 'gateway') s
                    ORDER BY array_position(
                        ARRAY['alarm', 'handled', 'offline', 'normal'], s.state) LIMIT 1) AS state
            FROM building b JOIN grid g ON g.id = b.grid_id
            WHERE b.community_id = :community
              AND (CAST(:grids AS uuid[]) IS NULL OR b.grid_id = ANY(CAST(:grids AS uuid[])))
            ORDER BY b.name
            """  # noqa: S608  (a literal of ours)
        ),
        {"community": community, "grids": grids},
    )
    return [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [row.outline]}
            if row.outline
            else {"type": "Point", "coordinates": [row.lon, row.lat]},
            "properties": {
                "id": str(row.id),
                "name": row.name,
                "grid": row.grid,
                "flats": row.flats,
                "elders": row.elders,
                "state": row.state or "normal",
            },
        }
        for row in rows
    ]


async def detail(
    session: Session, by: Actor, community: UUID, building: UUID, *, now: datetime
) -> dict[str, Any]:
    """Show a building's flats, residents and devices; raises UserError for another community's.

    The look is written down with the number of people that it showed.
    """
    keys = {"building": building, "community": community}
    head = (
        await session.execute(
            sql(
                """
                SELECT b.id, b.name, b.grid_id, g.name AS grid FROM building b JOIN grid g ON g.id = b.grid_id
                WHERE b.id = :building AND b.community_id = :community
                """
            ),
            keys,
        )
    ).one_or_none()
    if head is None:
        raise UserError("building-unknown", status=404)
    place = At(community, head.grid_id)
    require(by, Permission.HOMES_READ, place)
    homes = (
        await session.execute(
            sql(
                """
                SELECT id, label, use, stair, floor FROM home
                WHERE building_id = :building AND community_id = :community
                """
            ),
            keys,
        )
    ).all()
    labels = {home.id: open_json(home.label, "home.label") for home in homes}
    residents = await _residents(session, building, by, place)
    devices = await _devices(session, building, masked=by.masked)
    audit.note(
        session, by, Permission.HOMES_READ, community=community, now=now, thing=building,
        how_many=sum(len(some) for some in residents.values()),
    )  # fmt: skip
    return {
        "id": str(head.id),
        "name": head.name,
        "grid": head.grid,
        "flats": [
            {
                "id": str(home.id),
                "label": labels[home.id],
                "stair": home.stair,
                "floor": home.floor,
                "use": home.use,
                "residents": residents[home.id],
                "devices": devices[home_index(home.id)],
            }
            for home in sorted(homes, key=lambda h: (h.stair, h.floor, labels[h.id]))
        ],
        "devices": devices[b""],
    }


async def _residents(
    session: Session, building: UUID, by: Actor, place: At
) -> dict[UUID, list[dict[str, Any]]]:
    whole = masks.whole(by, place)
    rows = await session.execute(
        sql(
            """
            SELECT r.home_id, r.elder, r.groups, p.id, p.name
            FROM residence r JOIN home h ON h.id = r.home_id JOIN person p ON p.id = r.person_id
            WHERE h.building_id = :building AND r.until IS NULL ORDER BY r.elder DESC, r.id
            """
        ),
        {"building": building},
    )
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        told = row.groups is not None and not by.masked
        groups = open_json(row.groups, "residence.groups") if told else []
        found[row.home_id].append(
            {
                "id": str(row.id),
                "name": masks.NOBODY if by.masked else masks.shown(row.name, whole=whole),
                "elder": row.elder and not by.masked,
                "groups": groups,
            }
        )
    return found


async def _devices(
    session: Session, building: UUID, *, masked: bool
) -> dict[bytes, list[dict[str, Any]]]:
    rows = await session.execute(
        sql(
            f"""
            SELECT d.id, d.kind, d.place, d.home_index, b.name AS building, {STATE} AS state
            FROM device d JOIN building b ON b.id = d.building_id
            LEFT JOIN device_presence p ON p.device_id = d.id
            WHERE d.building_id = :building AND d.removed_at IS NULL AND d.kind <> 'gateway'
            ORDER BY d.id
            """  # noqa: S608  (a literal of ours)
        ),
        {"building": building},
    )
    found: dict[bytes, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        name = open_json(row.place, "device.place")["name"]
        found[bytes(row.home_index or b"")].append(
            {
                "id": str(row.id),
                "kind": row.kind,
                "name": masks.address(row.building) if masked and row.home_index else name,
                "state": row.state,
            }
        )
    return found
