"""The demo's activities: whenever it is started, there is something to come and to confirm."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.db import Session, sql
from models import Activity, ActivityStatus, Enrolment, EnrolmentStatus
from ops.seed import data
from ops.seed.rota import midnight
from ops.seed.rows import Rows


async def keep_up(session: Session, community: UUID, *, now: datetime) -> Mapping[str, int]:
    """Add what is not to come any more, on days that follow from today; the past one only once."""
    table, rows = data.demo("activities"), Rows()
    personas = await _personas(session)
    known = await _known(session, community)
    for about in table["activities"]:
        if known.get(about["title"], now) <= now:
            _add(rows, community, personas["operator"], about, now=now)
    if table["past"]["title"] not in known:
        people = [personas[name] for name in table["took_part"]]
        over = _add(
            rows, community, personas["operator"], table["past"], now=now, taken=len(people)
        )
        for person in people:
            rows.make(
                Enrolment, community_id=community, activity_id=over, person_id=person,
                status=EnrolmentStatus.JOINED, at=now - timedelta(days=3), remind_at=None,
                attended_at=None, approved_by=None,
            )  # fmt: skip
    return await rows.write(session)


def _add(
    rows: Rows, community: UUID, organiser: UUID, about: Mapping[str, Any], *, now: datetime,
    taken: int = 0,
) -> UUID:  # fmt: skip
    hours, minutes = map(int, about["time"].split(":"))
    starts = midnight(now) + timedelta(days=about["day"], hours=hours, minutes=minutes)
    return rows.make(
        Activity, community_id=community, title=about["title"], place=about["place"],
        starts_at=starts, ends_at=starts + timedelta(minutes=about["minutes"]),
        capacity=about["capacity"], taken=taken, points=about["points"], organiser_id=organiser,
        status=ActivityStatus.OPEN,
    )  # fmt: skip


async def _personas(session: Session) -> dict[str, UUID]:
    rows = await session.execute(sql("SELECT persona, person_id FROM demo_persona"))
    return {row.persona: row.person_id for row in rows}


async def _known(session: Session, community: UUID) -> dict[str, datetime]:
    """Map each title to the last time it begins."""
    rows = await session.execute(
        sql(
            """
            SELECT title, max(starts_at) AS starts_at FROM activity
            WHERE community_id = :community GROUP BY title
            """
        ),
        {"community": community},
    )
    return {row.title: row.starts_at for row in rows}
