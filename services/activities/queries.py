"""What is on, and what somebody has to do with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz, process

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from models import ActivityStatus
from services.permissions import At, Permission, allowed, reach, require

APPROVABLE = timedelta(days=7)
_SIMILAR = 60.0


@dataclass(frozen=True, slots=True)
class ActivityView:
    """An activity as somebody sees it; `joined` when they have a place, `attended` when approved."""

    id: UUID
    community: UUID
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int
    points: int
    status: ActivityStatus
    joined: bool
    attended: bool

    @property
    def free(self) -> int:
        """Count the places that are left."""
        return self.capacity - self.taken


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody with a place, for those who approve attendance."""

    person: UUID
    name: str
    attended: bool


_VIEW = """
    SELECT a.id, a.community_id, a.title, a.place, a.starts_at, a.ends_at, a.capacity, a.taken,
           a.points, a.status, e.status AS mine
    FROM activity a
    LEFT JOIN enrolment e ON e.activity_id = a.id AND e.person_id = :person AND e.status <> 'left'
"""


def communities_of(by: Actor, what: Permission = Permission.ACTIVITIES_READ) -> list[UUID]:
    """List the communities to which somebody belongs and in which they may do this."""
    return sorted(
        {one.community for one in by.grants if allowed(by, what, At(one.community, anywhere=True))}
    )


async def upcoming(session: Session, by: Actor, *, now: datetime) -> list[ActivityView]:
    """List what is still to come, soonest first."""
    rows = await session.execute(
        sql(
            _VIEW
            + """
            WHERE a.community_id = ANY(CAST(:communities AS uuid[])) AND a.status = 'open'
              AND a.starts_at > :now
            ORDER BY a.starts_at, a.id LIMIT 50
            """
        ),
        {"communities": communities_of(by), "person": by.person, "now": now},
    )
    return [_view(row) for row in rows]


async def mine(session: Session, by: Actor, *, now: datetime) -> list[ActivityView]:
    """List what somebody has joined: what is to come first, then the last month."""
    rows = await session.execute(
        sql(
            _VIEW
            + """
            WHERE e.status IS NOT NULL AND a.ends_at > :since
              AND a.community_id = ANY(CAST(:communities AS uuid[]))
            ORDER BY a.starts_at < :now, abs(extract(epoch FROM a.starts_at - :now)), a.id LIMIT 20
            """
        ),
        {
            "person": by.person, "now": now, "since": now - timedelta(days=30),
            "communities": communities_of(by),
        },
    )  # fmt: skip
    return [_view(row) for row in rows]


async def one(session: Session, by: Actor, activity: UUID) -> ActivityView:
    """Load an activity of an own community."""
    rows = await session.execute(
        sql(
            _VIEW
            + """
            WHERE a.id = :activity AND a.community_id = ANY(CAST(:communities AS uuid[]))
            """
        ),
        {"activity": activity, "communities": communities_of(by), "person": by.person},
    )
    row = rows.one_or_none()
    if row is None:
        raise UserError("activity-unknown", status=404)
    return _view(row)


def named(found: Sequence[ActivityView], name: str) -> ActivityView | None:
    """Pick the activity that a name means, also when it is only nearly the title."""
    match = process.extractOne(
        name, [one.title for one in found], scorer=fuzz.partial_ratio, score_cutoff=_SIMILAR
    )
    return found[int(match[2])] if match else None


async def to_approve(session: Session, by: Actor, *, now: datetime) -> list[ActivityView]:
    """List what began within a week and has places whose attendance nobody has approved."""
    reach(by, Permission.ATTENDANCE_APPROVE)
    rows = await session.execute(
        sql(
            _VIEW  # noqa: S608  (literals of this module)
            + """
            WHERE a.community_id = ANY(CAST(:communities AS uuid[])) AND a.status = 'open'
              AND a.starts_at <= :now AND a.starts_at > :since AND EXISTS (
                  SELECT 1 FROM enrolment w WHERE w.activity_id = a.id AND w.status = 'joined')
            ORDER BY a.starts_at DESC, a.id LIMIT 9
            """
        ),
        {
            "communities": communities_of(by, Permission.ATTENDANCE_APPROVE),
            "person": by.person, "now": now, "since": now - APPROVABLE,
        },
    )  # fmt: skip
    return [_view(row) for row in rows]


async def participants(session: Session, by: Actor, seen: ActivityView) -> list[Participant]:
    """List by name who has a place, those to be approved first, to those who approve."""
    require(by, Permission.ATTENDANCE_APPROVE, At(seen.community, anywhere=True))
    rows = await session.execute(
        sql(
            """
            SELECT e.person_id, e.status, p.name FROM enrolment e
            JOIN person p ON p.id = e.person_id
            WHERE e.activity_id = :activity AND e.status <> 'left'
            ORDER BY e.status = 'attended', e.at, e.id
            """
        ),
        {"activity": seen.id},
    )
    return [
        Participant(row.person_id, open_json(row.name, "person.name"), row.status == "attended")
        for row in rows
    ]


def _view(row: Any) -> ActivityView:
    return ActivityView(
        row.id, row.community_id, row.title, row.place, row.starts_at, row.ends_at, row.capacity,
        row.taken, row.points, ActivityStatus(row.status), row.mine is not None,
        row.mine == "attended",
    )  # fmt: skip
