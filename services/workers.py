"""Workers of a community, for whoever dispatches."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import Actor, Role
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from services import masks
from services.permissions import At, Permission, require


async def board(
    session: Session, by: Actor, community: UUID, *, now: datetime, ticket: UUID | None = None
) -> list[dict[str, Any]]:
    """List workers with their grids, whether on duty now, and how many tickets they have acked.

    With a ticket, only those who may be sent there: workers of its grid, or all for a ticket
    without a grid; on duty means there.
    """
    require(by, Permission.WORKERS_READ, At(community))
    found = await listed(session, community, now=now, ticket=ticket)
    return [one | {"name": masks.name(one["name"])} for one in found] if by.masked else found


async def listed(
    session: Session, community: UUID, *, now: datetime, ticket: UUID | None = None
) -> list[dict[str, Any]]:
    """List workers as `board` does, for a service that has asked who may see them."""
    rows = await session.execute(
        sql(
            """
            SELECT p.id, p.name, array_agg(g.name ORDER BY g.number) AS grids,
                   bool_or(s.id IS NOT NULL) AS on_duty,
                   (SELECT count(*) FROM ticket t
                    WHERE t.acked_by = p.id AND t.status = 'acked') AS open_tickets
            FROM membership m JOIN person p ON p.id = m.person_id
            LEFT JOIN grid g ON g.id = m.scope_id
            LEFT JOIN shift s ON s.person_id = p.id AND s.grid_id = g.id AND s.starts_at <= :now
                 AND s.ends_at > :now AND s.confirmed_at IS NOT NULL AND s.left_at IS NULL
            WHERE m.community_id = :community AND m.role = 'worker'
              AND (CAST(:ticket AS uuid) IS NULL OR m.scope_kind <> 'grid' OR m.scope_id =
                   coalesce((SELECT grid_id FROM ticket WHERE id = CAST(:ticket AS uuid)),
                            m.scope_id))
            GROUP BY p.id, p.name
            """
        ),
        {"community": community, "now": now, "ticket": ticket},
    )
    found = [
        {
            "id": str(row.id),
            "name": open_json(row.name, "person.name"),
            "grid": "、".join(name for name in row.grids if name),
            "on_duty": row.on_duty,
            "open_tickets": row.open_tickets,
        }
        for row in rows
    ]
    return sorted(found, key=lambda one: (not one["on_duty"], one["open_tickets"], one["name"]))


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
