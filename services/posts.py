"""Who is awake and reachable now, grid by grid, and the rota of the coming days."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.db import Session, sql
from services import masks
from services.duty import ALWAYS_OPEN
from services.office import staffed_at
from services.permissions import At, Permission, require
from services.shifts import CONFIRM_WITHIN

AHEAD = timedelta(days=14)


async def board(session: Session, by: Actor, community: UUID, *, now: datetime) -> dict[str, Any]:
    """List every grid's posts now and to come; `unmanned` are grids where nobody would answer.

    A post's state is `on` (would be rung), `unconfirmed`, `late`, `left`, `unreachable`, `ahead`.
    """
    require(by, Permission.WORKERS_READ, At(community))
    rows = await session.execute(
        sql(
            """
            SELECT s.id, g.id AS grid_id, g.name AS grid, p.id AS person, p.name, s.duty, s.starts_at, s.ends_at,
                   s.confirmed_at, s.left_at, s.set_by IS NOT NULL AS by_hand, a.channel, a.used_at,
                   (SELECT count(*) FROM ticket t
                    WHERE t.acked_by = p.id AND t.status = 'acked') AS open_tickets
            FROM shift s JOIN grid g ON g.id = s.grid_id JOIN person p ON p.id = s.person_id
            LEFT JOIN LATERAL (
                SELECT channel, used_at FROM channel_account
                WHERE person_id = p.id AND reachable AND channel = ANY(CAST(:ways AS text[]))
                ORDER BY used_at DESC NULLS LAST LIMIT 1) a ON TRUE
            WHERE s.community_id = :community AND s.ends_at > :now AND s.ends_at > s.starts_at
              AND s.starts_at < :ahead
            ORDER BY g.number, s.starts_at,
                     array_position(ARRAY['worker', 'backup', 'lead'], s.duty), p.id
            """
        ),
        {
            "community": community, "now": now, "ahead": now + AHEAD,
            "ways": list(ALWAYS_OPEN),
        },
    )  # fmt: skip
    grids = await session.execute(
        sql("SELECT id, name FROM grid WHERE community_id = :community ORDER BY number"),
        {"community": community},
    )
    posts: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        posts[row.grid_id].append(_post(row, now, masked=by.masked))
    listed = [
        {"id": str(grid.id), "name": grid.name, "posts": posts[grid.id],
         "unmanned": not any(post["state"] == "on" for post in posts[grid.id])}
        for grid in grids
    ]  # fmt: skip
    office = await staffed_at(session, community, now=now)
    return {"at": now.isoformat(), "staffed": office.staffed, "duty_phone": office.duty_phone,
            "grids": listed, "days_off": await _days_off(session, community, now, masked=by.masked)}  # fmt: skip


def _post(row: Any, now: datetime, *, masked: bool) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "person": str(row.person),
        "name": masks.shown(row.name, whole=not masked),
        "duty": row.duty,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "by_hand": row.by_hand,
        "state": _state(row, now),
        "channel": row.channel,
        "seen_at": row.used_at.isoformat() if row.used_at else None,
        "open_tickets": row.open_tickets,
    }


def _state(row: Any, now: datetime) -> str:
    if row.starts_at > now:
        return "ahead"
    if row.left_at is not None:
        return "left"
    if row.confirmed_at is None:
        return "late" if row.starts_at <= now - CONFIRM_WITHIN else "unconfirmed"
    return "on" if row.channel else "unreachable"


async def _days_off(
    session: Session, community: UUID, now: datetime, *, masked: bool
) -> list[dict[str, Any]]:
    rows = await session.execute(
        sql(
            """
            SELECT f.day, p.id, p.name FROM day_off f JOIN person p ON p.id = f.person_id
            WHERE f.community_id = :community AND f.day >= CAST(CAST(:now AS timestamptz) AS date) - 1
            ORDER BY f.day, p.id
            """
        ),
        {"community": community, "now": now},
    )
    return [
        {"day": row.day.isoformat(), "person": str(row.id),
         "name": masks.shown(row.name, whole=not masked)}
        for row in rows
    ]  # fmt: skip
