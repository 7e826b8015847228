"""Who is on duty: in the rota, confirmed, not left, and reachable at any time."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from core.actor import Actor
from core.db import Session, sql
from core.errors import UserError
from services.permissions import Permission, reach

# Channels that take a message at any time and keep it in the country: without one of these nobody
# can stand in a rota that lives hang on.
ALWAYS_OPEN = ("web", "wecom")
EARLY = timedelta(minutes=30)  # before a shift's start that people hear of it and may confirm it


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
              AND EXISTS (SELECT 1 FROM channel_account a WHERE a.person_id = shift.person_id
                          AND a.reachable AND a.channel = ANY(CAST(:ways AS text[])))
            ORDER BY person_id
            """
        ),
        {"grids": list(grids), "now": now, "ways": list(ALWAYS_OPEN)},
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


async def confirm(session: Session, by: Actor, *, now: datetime) -> list[str]:
    """Be on duty in the own shifts that run now or begin soon; returns the grids' names.

    Raises UserError `duty-no-shift` when the rota has none, which only the operator can change,
    `duty-no-channel` for somebody who can't be reached at any time.
    """
    reach(by, Permission.DUTY_TAKE)
    ways = await session.execute(
        sql(
            """
            SELECT 1 FROM channel_account WHERE person_id = :person AND reachable
              AND channel = ANY(CAST(:ways AS text[])) LIMIT 1
            """
        ),
        {"person": by.person, "ways": list(ALWAYS_OPEN)},
    )
    if ways.scalar_one_or_none() is None:
        raise UserError("duty-no-channel", status=409)
    change = "confirmed_at = :now, left_at = NULL"
    return await _change_own(session, by, change, now=now, early=EARLY)


async def leave(session: Session, by: Actor, *, now: datetime) -> list[str]:
    """Leave the own shifts that run now; open tickets stay with whoever took them.

    Raises UserError `duty-no-shift` as `confirm` does, `duty-tickets-open` while the person has
    acknowledged tickets that are not finished.
    """
    reach(by, Permission.DUTY_TAKE)
    busy = await session.execute(
        sql("SELECT count(*) FROM ticket WHERE status = 'acked' AND acked_by = :person"),
        {"person": by.person},
    )
    if count := int(busy.scalar_one()):
        raise UserError("duty-tickets-open", status=409, count=count)
    return await _change_own(session, by, "left_at = :now", now=now, early=timedelta(0))


async def _change_own(
    session: Session, by: Actor, change: str, *, now: datetime, early: timedelta
) -> list[str]:
    rows = await session.execute(
        sql(
            f"""
            WITH mine AS (
                UPDATE shift SET {change}
                WHERE person_id = :person AND starts_at <= :soon AND ends_at > :now
                  AND ends_at > starts_at
                RETURNING grid_id)
            SELECT DISTINCT g.number, g.name FROM mine JOIN grid g ON g.id = mine.grid_id
            ORDER BY g.number
            """  # noqa: S608  (literals of this module)
        ),
        {"person": by.person, "now": now, "soon": now + early},
    )
    names = [str(row.name) for row in rows]
    if not names:
        raise UserError("duty-no-shift", status=409)
    return names
