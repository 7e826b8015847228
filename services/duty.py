"""Who is on duty: in the rota, confirmed, not left."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from core.db import Session, sql


async def on_duty(
    session: Session, grids: Iterable[UUID], *, now: datetime
) -> dict[UUID, dict[str, list[UUID]]]:
    """Map each grid to its people on duty, by duty: worker, backup, lead."""
    rows = await session.execute(
        sql(
            """
            SELECT DISTINCT grid_id, duty, person_id FROM shift
            WHERE grid_id = ANY(CAST(:grids AS uuid[])) AND starts_at <= :now AND ends_at > :now
              AND confirmed_at IS NOT NULL AND left_at IS NULL
            ORDER BY person_id
            """
        ),
        {"grids": list(grids), "now": now},
    )
    found: dict[UUID, dict[str, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row.grid_id][row.duty].append(row.person_id)
    return found


async def workers_of(session: Session, grids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Map each grid to all its workers, on duty or not."""
    rows = await session.execute(
        sql(
            """
            SELECT scope_id, person_id FROM membership
            WHERE role = 'worker' AND scope_kind = 'grid'
              AND scope_id = ANY(CAST(:grids AS uuid[])) ORDER BY person_id
            """
        ),
        {"grids": list(grids)},
    )
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for row in rows:
        found[row.scope_id].append(row.person_id)
    return found
