"""What waits for a decision, as lists: attendances, and limits that would have spared a false alarm."""

from datetime import datetime

from core.actor import Actor
from core.db import Session
from services import masks
from services.lists.pages import Asked, Page, Query, all_of, read
from services.permissions import At, Permission, require
from services.rules import proposals

_ATTENDANCES = Query(
    "e.id, e.activity_id, e.person_id, e.status, a.title, a.starts_at, a.points, p.name",
    "enrolment e JOIN activity a ON a.id = e.activity_id JOIN person p ON p.id = e.person_id",
    (("a.starts_at", "timestamptz"), ("e.id", "uuid")),
    down=True,
)


async def attendances(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:
    """List who had a place in what has begun; those not approved yet unless all are asked for."""
    place = At(asked.community, anywhere=True)
    require(by, Permission.ATTENDANCE_APPROVE, place)
    state = asked.one("approved") or "no"
    rows, goes_on, total = await read(
        session, _ATTENDANCES,
        ["e.community_id = :community", "a.starts_at <= :now", "e.status = :status"],
        {
            "community": asked.community, "now": now,
            "status": "joined" if state == "no" else "attended",
        },
        asked,
    )  # fmt: skip
    found = [
        {
            "id": row.id, "activity": row.activity_id, "person": row.person_id,
            "title": row.title, "starts_at": row.starts_at, "points": row.points,
            "name": masks.shown(row.name, whole=masks.whole(by, At(asked.community, person=row.person_id))),
            "approved": row.status == "attended",
            "waits": row.status == "joined" and row.person_id != by.person,
        }
        for row in rows
    ]  # fmt: skip
    return Page(found, goes_on, total)


async def limits(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (every list is asked so)
    """List proposed limits that wait, the oldest first."""
    found = [
        {
            "id": one.id, "device": one.device, "what": one.key, "was": f"{one.was_limit:g}",
            "limit": f"{one.limit:g}", "was_span_s": round(one.was_span.total_seconds()),
            "span_s": round(one.span.total_seconds()),
        }
        for one in await proposals.waiting(session, by)
        if one.community == asked.community
    ]  # fmt: skip
    return all_of(found, asked)
