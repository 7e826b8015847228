"""Joining and leaving: a place is taken in the transaction that writes the enrolment."""

from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from models import ActivityStatus
from services.activities import queries
from services.activities.queries import ActivityView
from services.activities.reminders import next_at
from services.permissions import At, Permission, require


async def join(session: Session, by: Actor, *, activity: UUID, now: datetime) -> ActivityView:
    """Take a place; raises UserError when it is full, over, joined already, or at a busy time.

    The activity's row is locked by the update that counts the place, so of any number at once
    only as many get through as there are places, and the CHECK on it holds in any case.
    """
    seen = await queries.one(session, by, activity)
    require(by, Permission.ACTIVITIES_JOIN, At(seen.community, anywhere=True))
    row = (
        await session.execute(
            sql(
                """
                UPDATE activity SET taken = taken + 1
                WHERE id = :activity AND status = 'open' AND starts_at > :now AND taken < capacity
                RETURNING starts_at, ends_at
                """
            ),
            {"activity": activity, "now": now},
        )
    ).one_or_none()
    if row is None:
        raise await _why_not(session, by, seen, now)
    await _require_free_time(session, by, seen)
    made = await session.execute(
        sql(
            """
            INSERT INTO enrolment (id, community_id, activity_id, person_id, status, at, remind_at)
            VALUES (:id, :community, :activity, :person, 'joined', :now, :remind)
            ON CONFLICT (activity_id, person_id) WHERE status <> 'left' DO NOTHING RETURNING 1
            """
        ),
        {
            "id": uuid7(), "community": seen.community, "activity": activity,
            "person": by.person, "now": now, "remind": next_at(row.starts_at, now=now),
        },
    )  # fmt: skip
    if made.scalar_one_or_none() is None:
        raise UserError("activity-joined-already", status=409, title=seen.title)
    return await queries.one(session, by, activity)


async def leave(session: Session, by: Actor, *, activity: UUID, now: datetime) -> ActivityView:
    """Give a place back before the activity begins; raises UserError when there is none to give."""
    seen = await queries.one(session, by, activity)
    require(by, Permission.ACTIVITIES_JOIN, At(seen.community, anywhere=True))
    if seen.starts_at <= now:
        raise UserError("activity-begun", status=409, title=seen.title)
    left = await session.execute(
        sql(
            """
            WITH a AS (SELECT id FROM activity WHERE id = :activity FOR UPDATE),
            gone AS (
                UPDATE enrolment SET status = 'left', remind_at = NULL
                WHERE activity_id = (SELECT id FROM a) AND person_id = :person
                  AND status = 'joined' RETURNING activity_id)
            UPDATE activity SET taken = taken - 1 WHERE id IN (SELECT activity_id FROM gone)
            RETURNING id
            """
        ),
        {"activity": activity, "person": by.person},
    )
    if left.scalar_one_or_none() is None:
        raise UserError("activity-not-joined", status=409, title=seen.title)
    return await queries.one(session, by, activity)


async def _why_not(session: Session, by: Actor, seen: ActivityView, now: datetime) -> UserError:
    seen = await queries.one(session, by, seen.id)  # another hand of theirs may have joined by now
    if seen.joined:
        return UserError("activity-joined-already", status=409, title=seen.title)
    if seen.status is ActivityStatus.CANCELLED:
        return UserError("activity-cancelled", status=409, title=seen.title)
    if seen.starts_at <= now:
        return UserError("activity-begun", status=409, title=seen.title)
    others = [one for one in await queries.upcoming(session, by, now=now) if one.free > 0]
    key = "activity-full-others" if others else "activity-full"
    return UserError(key, status=409, title=seen.title)


async def _require_free_time(session: Session, by: Actor, seen: ActivityView) -> None:
    """Nobody is in two places at once, and nobody earns points for it."""
    rows: Any = await session.execute(
        sql(
            """
            SELECT a.title FROM enrolment e JOIN activity a ON a.id = e.activity_id
            WHERE e.person_id = :person AND e.status <> 'left' AND a.id <> :activity
              AND a.status = 'open' AND a.starts_at < :ends AND a.ends_at > :starts LIMIT 1
            """
        ),
        {
            "person": by.person, "activity": seen.id, "starts": seen.starts_at,
            "ends": seen.ends_at,
        },
    )  # fmt: skip
    if (other := rows.scalar_one_or_none()) is not None:
        raise UserError("activity-overlaps", status=409, title=other)
