"""出席: staff approve who was there; that, once, credits the points."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.actor import Actor
from core.db import Session, sql
from core.errors import UserError
from services.activities import queries
from services.permissions import At, Permission, require
from services.points import ledger


@dataclass(frozen=True, slots=True)
class Approved:
    """What an approval came to; `points` is what was credited, `balance` what there is now."""

    title: str
    points: int
    balance: int


async def approve(
    session: Session, by: Actor, *, activity: UUID, person: UUID, now: datetime
) -> Approved:
    """Approve one attendance after the beginning; a second approval is refused.

    Any worker or operator of the community may, but nobody for themselves.
    """
    seen = await queries.one(session, by, activity)
    require(by, Permission.ATTENDANCE_APPROVE, At(seen.community, anywhere=True))
    if by.person == person:
        raise UserError("not-allowed", status=403)
    if seen.starts_at > now:
        raise UserError("activity-not-begun", status=409, title=seen.title)
    done = await session.execute(
        sql(
            """
            UPDATE enrolment SET status = 'attended', attended_at = :now, approved_by = :by,
                                 remind_at = NULL
            WHERE activity_id = :activity AND person_id = :person AND status = 'joined'
            RETURNING 1
            """
        ),
        {"now": now, "by": by.person, "activity": activity, "person": person},
    )
    if done.scalar_one_or_none() is None:
        raise UserError("attendance-approved-already", status=409)
    if seen.points:
        await ledger.credit_attendance(
            session, community=seen.community, person=person, amount=seen.points,
            activity=activity, by=by, now=now,
        )  # fmt: skip
    return Approved(seen.title, seen.points, await _balance(session, seen.community, person))


async def _balance(session: Session, community: UUID, person: UUID) -> int:
    found = await session.execute(
        sql(
            """
            SELECT coalesce(sum(balance), 0) FROM account
            WHERE community_id = :community AND person_id = :person AND kind = 'resident'
            """
        ),
        {"community": community, "person": person},
    )
    return int(found.scalar_one())
