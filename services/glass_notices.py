"""Who is told that glass was broken: the person, else their relatives, else the grid's workers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.crypto import open_json
from core.db import Session, sql
from services import actors, masks
from services.glass import REASON
from services.records import lives_at

TRIED_FOR = timedelta(days=1)
BATCH = 50


@dataclass(frozen=True, slots=True)
class Notice:
    """Whom to tell that glass was broken: `part` is self, family or worker."""

    id: UUID
    listener: UUID
    channel: str
    part: str
    who: str
    name: str
    place: str
    reason: str
    at: datetime


async def due(session: Session, *, now: datetime) -> list[Notice]:
    """Take who is to be told by now and mark it.

    Those about whom nobody can be told are tried again for a day; the operator sees who was not.
    """
    rows = (
        await session.execute(
            sql(
                """
                SELECT g.id, g.subject_id, g.actor_id, g.reason, g.broken_at, a.name AS who, p.name
                FROM broken_glass g JOIN person a ON a.id = g.actor_id
                JOIN person p ON p.id = g.subject_id
                WHERE g.told_at IS NULL AND g.broken_at > :since ORDER BY g.broken_at LIMIT :limit
                FOR UPDATE OF g SKIP LOCKED
                """
            ),
            {"limit": BATCH, "since": now - TRIED_FOR},
        )
    ).all()
    found: list[Notice] = []
    for row in rows:
        told = await _notices_of(session, row, now=now)
        if told:
            await session.execute(
                sql("UPDATE broken_glass SET told_at = :now WHERE id = :id"),
                {"now": now, "id": row.id},
            )
        found += told
    return found


async def _notices_of(session: Session, row: Any, *, now: datetime) -> list[Notice]:
    """Name the person, where they have no chat their relatives, else the workers of the grid."""
    home = await lives_at(session, row.subject_id)
    workers = await _workers(session, home.grid, besides=row.actor_id, now=now) if home else []
    for part, people in (
        ("self", [row.subject_id]),
        ("family", await _relatives(session, row.subject_id)),
        ("worker", workers),
    ):
        channels = await actors.reachable(session, people)
        if channels:
            return [
                Notice(
                    row.id, one, channel, part, masks.shown(row.who, whole=True),
                    masks.shown(row.name, whole=True), home.place if home else "", open_json(row.reason, REASON), row.broken_at,
                )
                for one, channel in channels.items()
            ]  # fmt: skip
    return []


async def _relatives(session: Session, person: UUID) -> list[UUID]:
    rows = await session.execute(
        sql("SELECT relative_id FROM family_link WHERE elder_id = :person AND ended_at IS NULL"),
        {"person": person},
    )
    return list(rows.scalars())


async def _workers(session: Session, grid: UUID, *, besides: UUID, now: datetime) -> list[UUID]:
    rows = await session.execute(
        sql(
            """
            SELECT m.person_id, EXISTS (
                SELECT 1 FROM shift s WHERE s.person_id = m.person_id AND s.grid_id = :grid
                AND s.starts_at <= :now AND s.ends_at > :now AND s.confirmed_at IS NOT NULL
                AND s.left_at IS NULL) AS here
            FROM membership m WHERE m.role = 'worker' AND m.scope_kind = 'grid'
              AND m.scope_id = :grid AND m.person_id <> :besides
            """
        ),
        {"grid": grid, "besides": besides, "now": now},
    )
    found = rows.all()
    return [one.person_id for one in found if one.here] or [one.person_id for one in found]
