"""Points on the map: a device's state, derived from its live tickets and presence, never stored."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from services import masks
from services.permissions import Permission, within

# Precedence of DESIGN section 5: red, amber, grey, blue; maintenance tickets colour nothing.
# What speaks through something that is away is away too: a sensor behind its gateway, a zone behind
# its camera and the camera behind its recorder. Of a device `d` with its presence `p`.
UNREACHED = """
    (p.unreached_at IS NOT NULL OR EXISTS (
        SELECT 1 FROM device_presence w WHERE w.online IS FALSE AND w.device_id IN
            (d.gateway_id, (SELECT o.gateway_id FROM device o WHERE o.id = d.gateway_id))))
"""
STATE = f"""
    coalesce(
        (SELECT CASE WHEN bool_or(t.status IN ('open', 'acked')) THEN 'alarm' ELSE 'handled' END
         FROM ticket t
         WHERE t.device_id = d.id AND t.status <> 'closed' AND t.severity <> 'maintenance'
         HAVING count(*) > 0),
        CASE WHEN p.online IS FALSE OR {UNREACHED} THEN 'offline' ELSE 'normal' END)
"""  # noqa: S608  (a literal of this module)


async def features(
    session: Session, by: Actor, community: UUID, *, changed_of: list[UUID] | None = None
) -> list[dict[str, Any]]:
    """List a community's devices as GeoJSON features; with `changed_of`, only those devices.

    A gateway is no point of its own: its devices turn grey. A masked screen tells a flat's by the
    building.
    """
    grids = within(by, Permission.MAP_READ, community)
    only = "AND d.id = ANY(CAST(:only AS uuid[]))" if changed_of is not None else ""
    rows = await session.execute(
        sql(
            f"""
            SELECT d.id, c.slug, d.kind, d.place, d.home_index IS NOT NULL AS at_home, d.lon, d.lat, b.name AS building,
                   {STATE} AS state,
                   (SELECT t.id FROM ticket t WHERE t.device_id = d.id AND t.status <> 'closed'
                      AND t.severity <> 'maintenance'
                    ORDER BY t.status = 'resolved', t.opened_at LIMIT 1) AS ticket
            FROM device d JOIN community c ON c.id = d.community_id
            LEFT JOIN building b ON b.id = d.building_id
            LEFT JOIN device_presence p ON p.device_id = d.id
            WHERE d.community_id = :community AND d.removed_at IS NULL
              AND d.kind <> 'gateway' {only}
              AND (CAST(:grids AS uuid[]) IS NULL OR d.grid_id = ANY(CAST(:grids AS uuid[])))
            ORDER BY d.id
            """  # noqa: S608  (literals of this module)
        ),
        {"community": community, "grids": grids}
        | ({"only": changed_of} if changed_of is not None else {}),
    )
    return [_feature(row, masked=by.masked) for row in rows]


async def states(
    session: Session, by: Actor, community: UUID
) -> dict[UUID, tuple[str, UUID | None]]:
    """Map each device that is not plainly normal to its state and live ticket.

    It begins with the few that may not be: ten times a second all devices would be too many.
    """
    grids = within(by, Permission.MAP_READ, community)
    rows = await session.execute(
        sql(
            f"""
            WITH away AS MATERIALIZED (
                SELECT device_id AS id FROM device_presence WHERE online IS FALSE),
            behind AS MATERIALIZED (
                SELECT id FROM device WHERE gateway_id IN (SELECT id FROM away)),
            perhaps AS (
                SELECT device_id AS id FROM ticket
                WHERE community_id = :community AND status <> 'closed' AND device_id IS NOT NULL
                UNION SELECT id FROM away UNION SELECT id FROM behind
                UNION SELECT device_id FROM device_presence WHERE unreached_at IS NOT NULL
                UNION SELECT id FROM device WHERE gateway_id IN (SELECT id FROM behind))
            SELECT * FROM (
                SELECT d.id, {STATE} AS state,
                   (SELECT t.id FROM ticket t WHERE t.device_id = d.id AND t.status <> 'closed'
                      AND t.severity <> 'maintenance'
                    ORDER BY t.status = 'resolved', t.opened_at LIMIT 1) AS ticket
                FROM perhaps JOIN device d ON d.id = perhaps.id
                LEFT JOIN device_presence p ON p.device_id = d.id
                WHERE d.community_id = :community AND d.removed_at IS NULL
                  AND (CAST(:grids AS uuid[]) IS NULL OR d.grid_id = ANY(CAST(:grids AS uuid[])))
                  AND d.kind <> 'gateway') s
            WHERE state <> 'normal'
            """  # noqa: S608
        ),
        {"community": community, "grids": grids},
    )
    return {row.id: (row.state, row.ticket) for row in rows}


# By what is sealed, so nothing here can be out of date: a name that is changed is sealed anew.
@lru_cache(maxsize=50_000)
def _name(sealed: bytes) -> str:
    return str(open_json(sealed, "device.place")["name"])


def _feature(row: Any, *, masked: bool) -> dict[str, Any]:
    name = _name(row.place)
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
        "properties": {
            "device": str(row.id),
            "community": row.slug,
            "kind": row.kind,
            "name": masks.address(row.building or "") if masked and row.at_home else name,
            "building": row.building or "",
            "state": row.state,
            "ticket": str(row.ticket) if row.ticket else None,
        },
    }
