"""Storms: of one kind in one building a worker's telephone rings three times in five minutes.

Each flat keeps its ticket, its family's notice and its acknowledgement; the tickets beyond stand in
the worker's list, and the last card that rang says how many there are. Alarms of a life, and what
goes the same way, are never damped.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.db import Session, sql
from models import Part, Severity
from services.tickets.chain import AT_ONCE

WITHIN = timedelta(minutes=5)
CARDS = 3
_WORKING = frozenset({Part.WORKER, Part.BACKUP})
_NEVER_SHOWN = 2_147_483_647  # as if shown in every version: it waits for nothing
_GROUPS = sql(
    """
    SELECT t.id, t.what, d.building_id AS building FROM ticket t JOIN device d ON d.id = t.device_id
    WHERE t.id = ANY(CAST(:tickets AS uuid[])) AND d.building_id IS NOT NULL
      AND t.severity <> :life AND t.what <> ALL(CAST(:urgent AS text[]))
    """
)
_RUNG = sql(
    """
    SELECT c.person_id, d.building_id, t.what, count(*) AS cards
    FROM ticket_card c JOIN ticket t ON t.id = c.ticket_id JOIN device d ON d.id = t.device_id
    WHERE c.person_id = ANY(CAST(:people AS uuid[])) AND c.part IN ('worker', 'backup')
      AND c.rung_at > :since AND t.severity <> 'life'
    GROUP BY 1, 2, 3
    """
)


async def damp(
    session: Session, listeners: Sequence[Any], *, now: datetime
) -> tuple[list[Any], list[Any]]:
    """Part who is rung from whose list alone grows; `listeners` have ticket, person and part."""
    rows = (
        await session.execute(
            _GROUPS,
            {
                "tickets": list({one.ticket for one in listeners}),
                "life": Severity.LIFE.value,
                "urgent": sorted(AT_ONCE),
            },
        )
    ).all()
    groups = {row.id: (row.building, row.what) for row in rows}
    working = [one for one in listeners if one.ticket in groups and one.part in _WORKING]
    if not working:
        return list(listeners), []
    rung = await session.execute(
        _RUNG, {"people": list({one.person for one in working}), "since": now - WITHIN}
    )
    cards = Counter({(row.person_id, row.building_id, row.what): row.cards for row in rung})
    quiet = []
    for one in sorted(working, key=lambda one: (one.ticket, one.person)):
        key = (one.person, *groups[one.ticket])
        cards[key] += 1
        if cards[key] > CARDS:
            quiet.append(one)
    hushed = {(one.ticket, one.person) for one in quiet}
    return [one for one in listeners if (one.ticket, one.person) not in hushed], quiet


async def list_only(session: Session, quiet: Sequence[Any]) -> None:
    """Give tickets to a worker's list without a message, in every channel the worker has."""
    if quiet:
        await session.execute(
            sql(
                """
                INSERT INTO ticket_card (ticket_id, person_id, channel, part, ring, shown_ring,
                                         shown_version)
                SELECT w.ticket, w.person, a.channel, w.part, 0, 0, :shown
                FROM unnest(CAST(:tickets AS uuid[]), CAST(:people AS uuid[]),
                            CAST(:parts AS text[])) AS w(ticket, person, part)
                JOIN (SELECT DISTINCT ON (person_id) person_id, channel FROM channel_account
                      WHERE reachable AND person_id = ANY(CAST(:people AS uuid[]))
                      ORDER BY person_id, used_at DESC NULLS LAST, id) AS a ON a.person_id = w.person
                ORDER BY w.ticket, w.person
                ON CONFLICT (ticket_id, person_id, channel) DO NOTHING
                """
            ),
            {
                "shown": _NEVER_SHOWN,
                "tickets": [one.ticket for one in quiet],
                "people": [one.person for one in quiet],
                "parts": [one.part.value for one in quiet],
            },
        )


async def to_tell_again(session: Session, quiet: Sequence[Any], *, now: datetime) -> list[UUID]:
    """Raise the version of the tickets whose cards rang last, so that they say how many there are."""
    if not quiet:
        return []
    rows = await session.execute(
        sql(
            """
            UPDATE ticket SET version = version + 1 WHERE id IN (
                SELECT DISTINCT ON (d.building_id, t.what) t.id
                FROM ticket n JOIN device e ON e.id = n.device_id
                JOIN device d ON d.building_id = e.building_id
                JOIN ticket t ON t.device_id = d.id AND t.what = n.what AND t.status <> 'closed'
                JOIN ticket_card c ON c.ticket_id = t.id AND c.rung_at > :since
                     AND c.part IN ('worker', 'backup')
                WHERE n.id = ANY(CAST(:tickets AS uuid[]))
                ORDER BY d.building_id, t.what, t.id DESC)
            RETURNING id
            """
        ),
        {"tickets": list({one.ticket for one in quiet}), "since": now - WITHIN},
    )
    return list(rows.scalars())


async def beside(session: Session, ticket: UUID) -> int:
    """Count the other live tickets of the same kind in the building."""
    rows = await session.execute(
        sql(
            """
            SELECT count(*) FROM ticket t JOIN device d ON d.id = t.device_id
            JOIN device o ON o.building_id = d.building_id
            JOIN ticket n ON n.device_id = o.id AND n.what = t.what AND n.id <> t.id
                 AND n.status <> 'closed'
            WHERE t.id = :ticket
            """
        ),
        {"ticket": ticket},
    )
    return int(rows.scalar_one())
