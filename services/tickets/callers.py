"""The people of a ticket that a person opened: the caller, the elders meant, their relatives."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.crypto import open_json
from core.db import Session, sql
from models import Part

EMERGENCY = "emergency"
HANDOVER = "handover"
CALLS = frozenset({EMERGENCY, HANDOVER})


async def household(session: Session, tickets: Sequence[UUID]) -> list[tuple[UUID, UUID, Part]]:
    """List (ticket, person, part): the caller first, whose own card offers to take it back."""
    if not tickets:
        return []
    calls = (
        await session.execute(
            sql(
                """
                SELECT ticket_id, caller_id, elders FROM emergency
                WHERE ticket_id = ANY(CAST(:tickets AS uuid[]))
                UNION ALL
                SELECT ticket_id, person_id, NULL FROM handover
                WHERE ticket_id = ANY(CAST(:tickets AS uuid[]))
                """
            ),
            {"tickets": list(tickets)},
        )
    ).all()
    found = [(row.ticket_id, row.caller_id, Part.CALLER) for row in calls]
    for row in calls:
        if row.elders is not None:
            elders = [UUID(one) for one in open_json(row.elders, "emergency.elders")]
            found += [(row.ticket_id, elder, Part.ELDER) for elder in elders]
            about = [*elders, row.caller_id]
            relatives = await relatives_of(session, about)
            found += [(row.ticket_id, relative, Part.FAMILY) for relative in relatives]
    return found


async def on_duty_anywhere(
    session: Session, communities: Sequence[UUID], *, now: datetime, duties: Sequence[str]
) -> list[tuple[UUID, UUID, str]]:
    """List (community, person, duty) of all who are on duty now, in whichever grid."""
    rows: Any = await session.execute(
        sql(
            """
            SELECT DISTINCT ON (community_id, person_id) community_id, person_id, duty FROM shift
            WHERE community_id = ANY(CAST(:communities AS uuid[])) AND starts_at <= :now
              AND ends_at > :now AND confirmed_at IS NOT NULL AND left_at IS NULL
              AND duty = ANY(CAST(:duties AS text[]))
            ORDER BY community_id, person_id, duty DESC
            """
        ),
        {"communities": list(communities), "now": now, "duties": list(duties)},
    )
    return [(row.community_id, row.person_id, row.duty) for row in rows]


async def relatives_of(session: Session, elders: Sequence[UUID]) -> list[UUID]:
    """List who hears of the alarms of these elders."""
    rows = await session.execute(
        sql(
            """
            SELECT DISTINCT relative_id FROM family_link
            WHERE elder_id = ANY(CAST(:elders AS uuid[])) AND ended_at IS NULL ORDER BY relative_id
            """
        ),
        {"elders": list(elders)},
    )
    return list(rows.scalars())
