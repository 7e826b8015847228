"""试铃: once a month every worker and relative is rung as an alarm would ring them.

It is a ticket of its own, so that it takes the very way of a life alarm, through limits, windows
and the person's next channel; it has no chain, colours nothing and stands in no queue.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.actor import CLOCK, Actor
from core.clock import local, midnight
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from models import Happened, Part, Severity, Status
from services import masks
from services.permissions import At, Permission, require
from services.tickets import rings
from services.tickets.events import Entry, record
from services.tickets.rings import Listener

BELL = "bell_test"
ENDS_AFTER = timedelta(hours=24)
_DAYS = range(1, 4)  # of the month; the second and third in case the first was missed
_HOURS = range(10, 17)


class Failed(StrEnum):
    """Why somebody counts as not reached."""

    NO_CHAT = "no_chat"
    UNDELIVERED = "undelivered"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Missed:
    """Somebody whom an alarm might not reach; only a worker's name is whole."""

    person: UUID
    who: str
    role: str
    why: Failed


@dataclass(frozen=True, slots=True)
class Result:
    """How the newest test went; `over` once nobody can answer it any more."""

    ticket: UUID
    at: datetime
    over: bool
    asked: int
    heard: int
    missed: tuple[Missed, ...]


async def begin(session: Session, by: Actor, community: UUID, *, now: datetime) -> UUID:
    """Ring everybody; raises UserError `bell-runs` while the last test can still be answered."""
    require(by, Permission.BELL_TEST, At(community))
    made = await session.execute(
        sql(
            """
            INSERT INTO ticket (id, community_id, key, what, severity, status, epoch, version,
                                opened_at, alarm_at, chain, step)
            VALUES (:id, :community, :key, :what, :life, 'open', 1, 1, :now, :now, '[]', 0)
            ON CONFLICT (key) WHERE status <> 'closed' DO NOTHING RETURNING id
            """
        ),
        {
            "id": uuid7(), "community": community, "key": _key(community), "what": BELL,
            "life": Severity.LIFE.value, "now": now,
        },
    )  # fmt: skip
    ticket = made.scalar_one_or_none()
    if ticket is None:
        raise UserError("bell-runs", status=409)
    await record(session, [Entry(community, ticket, 1, Happened.OPENED, now, by.person)])
    people = await session.execute(
        sql(
            """
            SELECT person_id, 'worker' AS part FROM membership
            WHERE community_id = :community AND role = 'worker'
            UNION SELECT relative_id, 'family' FROM family_link
            WHERE community_id = :community AND ended_at IS NULL
            ORDER BY person_id, part
            """
        ),
        {"community": community},
    )
    listeners = [Listener(ticket, row.person_id, Part(row.part)) for row in people]
    await rings.ring(session, listeners, now=now)
    return UUID(str(ticket))


async def hear(session: Session, by: Actor, *, ticket: UUID, now: datetime) -> None:
    """收到: note that it came; raises UserError `bell-over` when the test is."""
    row = (
        await session.execute(
            sql(
                """
                SELECT community_id, status,
                       ARRAY(SELECT person_id FROM ticket_card c WHERE c.ticket_id = t.id) AS told
                FROM ticket t WHERE id = :ticket AND what = :what FOR UPDATE
                """
            ),
            {"ticket": ticket, "what": BELL},
        )
    ).one_or_none()
    if row is None:
        raise UserError("ticket-unknown", status=404)
    require(by, Permission.TICKETS_NOTE, At(row.community_id, parties=tuple(row.told)))
    if row.status == Status.CLOSED:
        raise UserError("bell-over", status=409)
    await session.execute(
        sql(
            """
            UPDATE ticket_card SET confirmed_at = coalesce(confirmed_at, :now),
                                   next_channel_at = NULL
            WHERE ticket_id = :ticket AND person_id = :person
            """
        ),
        {"now": now, "ticket": ticket, "person": by.person},
    )


async def newest(session: Session, by: Actor, community: UUID) -> Result | None:
    """Tell how the newest test went, and list whom an alarm might not reach."""
    require(by, Permission.DELIVERY_READ, At(community))
    rows = await session.execute(
        sql("SELECT id, opened_at, status FROM ticket WHERE key = :key ORDER BY id DESC LIMIT 1"),
        {"key": _key(community)},
    )
    row = rows.one_or_none()
    if row is None:
        return None
    people = await _people(session, row.id)
    missed = tuple(one for person in people if (one := _missed(person)) is not None)
    return Result(
        row.id, row.opened_at, row.status == Status.CLOSED, len(people),
        len(people) - len(missed), missed,
    )  # fmt: skip


async def _people(session: Session, ticket: UUID) -> list[Any]:
    rows = await session.execute(
        sql(
            """
            SELECT w.id, p.name, min(w.part) AS part, bool_or(w.heard) AS heard,
                   bool_or(w.shown) AS shown, bool_or(w.chat) AS chat
            FROM (SELECT person_id AS id, part, confirmed_at IS NOT NULL AS heard,
                         shown_at IS NOT NULL AS shown, true AS chat
                  FROM ticket_card WHERE ticket_id = :ticket
                  UNION ALL
                  SELECT person_id, data ->> 'part', false, false, false
                  FROM ticket_event WHERE ticket_id = :ticket AND kind = 'unreachable') w
            JOIN person p ON p.id = w.id GROUP BY w.id, p.name
            ORDER BY min(w.part) DESC, w.id
            """
        ),
        {"ticket": ticket},
    )
    return list(rows)


def _missed(row: Any) -> Missed | None:
    if row.heard:
        return None
    why = Failed.NO_ANSWER if row.shown else Failed.UNDELIVERED if row.chat else Failed.NO_CHAT
    who = masks.shown(row.name, whole=row.part == Part.WORKER)
    return Missed(row.id, who, row.part, why)


async def sweep(session: Session, *, now: datetime) -> None:
    """End what has had its day, and begin the month's test by day at its beginning."""
    ended = await session.execute(
        sql(
            """
            UPDATE ticket SET status = 'closed', closed_at = :now
            WHERE what = :what AND status = 'open' AND opened_at <= :since AND key = ANY(
                SELECT CAST(:prefix AS text) || id FROM community)
            RETURNING id, community_id
            """
        ),
        {"now": now, "what": BELL, "since": now - ENDS_AFTER, "prefix": f"{BELL}:"},
    )
    entries = [Entry(row.community_id, row.id, 1, Happened.CLOSED, now) for row in ended]
    await record(session, entries)
    here = local(now)
    if here.day not in _DAYS or here.hour not in _HOURS:
        return
    due = await session.execute(
        sql(
            """
            SELECT c.id FROM community c WHERE NOT EXISTS (
                SELECT 1 FROM ticket t WHERE t.key = CAST(:prefix AS text) || c.id
                  AND (t.opened_at >= :month OR t.status <> 'closed'))
            """
        ),
        {"prefix": f"{BELL}:", "month": midnight(here.date().replace(day=1))},
    )
    for community in due.scalars().all():
        await begin(session, CLOCK, community, now=now)


def _key(community: UUID) -> str:
    return f"{BELL}:{community}"
