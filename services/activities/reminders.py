"""Reminders: the evening before and two hours before, once each, and never in quiet hours."""

from datetime import UTC, datetime, timedelta
from typing import Any

from core.clock import local
from core.db import Session, sql

BATCH = 100
BEFORE = timedelta(hours=2)
EVENING = 18
# Nobody is rung for a pleasure between nine in the evening and eight in the morning.
_LAST, _FIRST = 21, 8


def next_at(starts_at: datetime, *, now: datetime) -> datetime | None:
    """Return the next moment after `now` at which to remind; None when there is none left."""
    day_before = local(starts_at).replace(hour=EVENING, minute=0, second=0, microsecond=0)
    moments = (
        (day_before - timedelta(days=1)).astimezone(UTC),
        audible(starts_at - BEFORE),
    )
    return next((moment for moment in moments if now < moment < starts_at), None)


def audible(moment: datetime) -> datetime:
    """Move a moment out of the quiet hours, to the morning after them."""
    here = local(moment)
    morning = here.replace(hour=_FIRST, minute=0, second=0, microsecond=0)
    if here.hour >= _LAST:
        morning += timedelta(days=1)
    elif here.hour >= _FIRST:
        return moment
    return morning.astimezone(UTC)


async def due(session: Session, *, now: datetime) -> list[Any]:
    """Take up to 100 due reminders and set the next of each; rows of other processes are skipped.

    What came due in quiet hours, because nothing ran in time, waits for the morning; what came due
    too late for the activity itself is dropped. Each row names person and activity.
    """
    rows = (
        await session.execute(
            sql(
                """
                SELECT e.id, e.person_id, e.status, a.title, a.place, a.starts_at,
                       a.status AS activity
                FROM enrolment e JOIN activity a ON a.id = e.activity_id
                WHERE e.remind_at <= :now
                ORDER BY e.remind_at LIMIT :batch FOR UPDATE OF e SKIP LOCKED
                """
            ),
            {"now": now, "batch": BATCH},
        )
    ).all()
    quiet = audible(now) != now
    for row in rows:
        following = audible(now) if quiet else next_at(row.starts_at, now=now)
        await session.execute(
            sql("UPDATE enrolment SET remind_at = :at WHERE id = :id"),
            {"id": row.id, "at": following if following and following < row.starts_at else None},
        )
    return [row for row in rows if not quiet and _counts(row, now)]


def _counts(row: Any, now: datetime) -> bool:
    return bool(row.status == "joined" and row.activity == "open" and row.starts_at > now)
