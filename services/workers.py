"""Workers of a community, for whoever dispatches."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import Actor, Role
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from services import masks
from services.duty import ALWAYS_OPEN
from services.permissions import At, Permission, require
from services.shops.distance import Point, straight_m, walk_m

SEEN_WITHIN = timedelta(hours=12)


async def board(
    session: Session, by: Actor, community: UUID, *, now: datetime, ticket: UUID | None = None
) -> list[dict[str, Any]]:
    """List workers: grids, on duty, reachable now, tickets in hand, and where they last were.

    That is known of whoever arrived somewhere within 12 hours: `seen_at`, and with a ticket of a
    device `distance_m` from there on foot, an estimate. With a ticket, only those who may be sent there: workers of its grid, or all for a ticket
    without a grid; on duty means there.
    """
    grid = await _grid_of(session, ticket) if ticket else None
    require(by, Permission.WORKERS_READ, At(community, grid))
    found = await listed(session, community, now=now, ticket=ticket)
    return [one | {"name": masks.name(one["name"])} for one in found] if by.masked else found


async def listed(
    session: Session, community: UUID, *, now: datetime, ticket: UUID | None = None
) -> list[dict[str, Any]]:
    """List workers as `board` does, for a service that has asked who may see them."""
    goal = await _place_of(session, ticket) if ticket else None
    rows = await session.execute(
        sql(
            """
            SELECT p.id, p.name, array_agg(g.name ORDER BY g.number) AS grids,
                   bool_or(s.id IS NOT NULL) AS on_duty,
                   EXISTS (SELECT 1 FROM channel_account a WHERE a.person_id = p.id AND a.reachable
                           AND a.channel = ANY(CAST(:ways AS text[]))) AS reachable,
                   (SELECT count(*) FROM ticket t
                    WHERE t.acked_by = p.id AND t.status = 'acked') AS open_tickets,
                   w.arrived_at, w.lon, w.lat
            FROM membership m JOIN person p ON p.id = m.person_id
            LEFT JOIN grid g ON g.id = m.scope_id
            LEFT JOIN shift s ON s.person_id = p.id AND s.grid_id = g.id AND s.starts_at <= :now
                 AND s.ends_at > :now AND s.confirmed_at IS NOT NULL AND s.left_at IS NULL
            LEFT JOIN LATERAL (
                SELECT t.arrived_at, d.lon, d.lat FROM ticket t JOIN device d ON d.id = t.device_id
                WHERE t.acked_by = p.id AND t.arrived_at > :since
                ORDER BY t.arrived_at DESC LIMIT 1) w ON TRUE
            WHERE m.community_id = :community AND m.role = 'worker'
              AND (CAST(:ticket AS uuid) IS NULL OR m.scope_kind <> 'grid' OR m.scope_id =
                   coalesce((SELECT grid_id FROM ticket WHERE id = CAST(:ticket AS uuid)),
                            m.scope_id))
            GROUP BY p.id, p.name, w.arrived_at, w.lon, w.lat
            """
        ),
        {
            "community": community, "now": now, "ticket": ticket, "ways": list(ALWAYS_OPEN),
            "since": now - SEEN_WITHIN,
        },
    )  # fmt: skip
    return sorted((_worker(row, goal) for row in rows), key=_fitness)


def _worker(row: Any, goal: Point | None) -> dict[str, Any]:
    last = Point(row.lon, row.lat) if row.arrived_at is not None else None
    return {
        "id": str(row.id),
        "name": open_json(row.name, "person.name"),
        "grid": "、".join(name for name in row.grids if name),
        "on_duty": row.on_duty,
        "reachable": row.reachable,
        "open_tickets": row.open_tickets,
        "seen_at": row.arrived_at.isoformat() if row.arrived_at is not None else None,
        "distance_m": walk_m(straight_m(last, goal)) if last and goal else None,
    }


def _fitness(one: dict[str, Any]) -> tuple[Any, ...]:
    """Put first whoever is there and can be told, then the least busy, then the nearest."""
    far = float("inf") if one["distance_m"] is None else one["distance_m"]
    return not one["on_duty"], not one["reachable"], one["open_tickets"], far, one["name"]


async def _grid_of(session: Session, ticket: UUID) -> UUID | None:
    found = await session.execute(sql("SELECT grid_id FROM ticket WHERE id = :id"), {"id": ticket})
    grid: UUID | None = found.scalar_one_or_none()
    return grid


async def _place_of(session: Session, ticket: UUID) -> Point | None:
    rows = await session.execute(
        sql("SELECT lon, lat FROM device WHERE id = (SELECT device_id FROM ticket WHERE id = :id)"),
        {"id": ticket},
    )
    found = rows.one_or_none()
    return Point(found.lon, found.lat) if found else None


async def require_here(
    session: Session,
    community: UUID,
    person: UUID,
    grid: UUID | None,
    *,
    roles: Collection[Role] = (Role.WORKER,),
) -> None:
    """Raise UserError (404) unless somebody has one of these roles in the grid or its community.

    Without a grid anybody of the community will do.
    """
    found = await session.execute(
        sql(
            """
            SELECT 1 FROM membership m
            WHERE m.person_id = :person AND m.community_id = :community
              AND m.role = ANY(CAST(:roles AS text[])) AND (
                  CAST(:grid AS uuid) IS NULL OR m.scope_id = CAST(:grid AS uuid)
                  OR m.scope_kind = 'community' AND EXISTS (
                      SELECT 1 FROM grid g
                      WHERE g.id = CAST(:grid AS uuid) AND g.community_id = :community))
            LIMIT 1
            """
        ),
        {
            "person": person, "community": community, "grid": grid,
            "roles": [role.value for role in roles],
        },
    )  # fmt: skip
    if found.scalar_one_or_none() is None:
        raise UserError("worker-not-of-grid", status=404)
