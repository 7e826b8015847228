"""Ringing: a card for each listener, edited afterwards, ringing again in a new epoch or step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.db import Session, sql
from models import Happened, Part
from services.outbox import enqueue_tickets
from services.tickets.events import Entry, record

# Cards in the order of their keys, in which every transaction locks them.
_RING = sql(
    """
    WITH heard AS MATERIALIZED (
        SELECT w.ticket, w.person, w.part, a.channel
        FROM unnest(CAST(:tickets AS uuid[]), CAST(:people AS uuid[]), CAST(:parts AS text[]))
            AS w(ticket, person, part)
        LEFT JOIN (SELECT DISTINCT ON (person_id) person_id, channel FROM channel_account
                   WHERE reachable AND person_id = ANY(CAST(:people AS uuid[]))
                   ORDER BY person_id, used_at DESC NULLS LAST, id) AS a ON a.person_id = w.person),
    rung AS (
        INSERT INTO ticket_card (ticket_id, person_id, channel, part, ring, shown_ring,
                                 shown_version, rung_at)
        SELECT ticket, person, channel, part, 1, 0, 0, CAST(:now AS timestamptz) FROM heard WHERE channel IS NOT NULL
        ORDER BY ticket, person
        ON CONFLICT (ticket_id, person_id, channel) DO UPDATE
        SET ring = ticket_card.ring + 1, rung_at = excluded.rung_at,
            part = CASE WHEN excluded.part = 'caller' THEN 'caller' ELSE ticket_card.part END)
    SELECT ticket, person FROM heard WHERE channel IS NULL ORDER BY ticket, person
    """
)


@dataclass(frozen=True, slots=True)
class Listener:
    """A person who is to see a ticket, and as what."""

    ticket: UUID
    person: UUID
    part: Part


async def ring(session: Session, listeners: Sequence[Listener], *, now: datetime) -> None:
    """Give each listener a card, or make the one they have ring again; edit all others.

    A part once given stays; but a worker who calls for help is then the caller.
    """
    if not listeners:
        return
    unique = {(one.ticket, one.person): one for one in reversed(listeners)}
    ordered = sorted(unique)
    unreached = await session.execute(
        _RING,
        {
            "tickets": [ticket for ticket, _ in ordered],
            "people": [person for _, person in ordered],
            "parts": [unique[pair].part.value for pair in ordered],
            "now": now,
        },
    )
    missed = [unique[row.ticket, row.person] for row in unreached]
    await _note_unreached(session, missed, now=now)
    await refresh(session, list({one.ticket for one in listeners}), now=now)


async def refresh(session: Session, tickets: Sequence[UUID], *, now: datetime) -> None:
    """Bring every card of these tickets to the newest version."""
    if not tickets:
        return
    await enqueue_tickets(session, tickets, now=now)


async def ring_workers(session: Session, ticket: UUID, *, now: datetime) -> None:
    """Ring those who have the card to work with it; everyone else sees the edit."""
    rows = await session.execute(
        sql(
            """
            SELECT person_id, part FROM ticket_card
            WHERE ticket_id = :ticket AND part IN ('worker', 'backup', 'operator')
            """
        ),
        {"ticket": ticket},
    )
    workers = [Listener(ticket, row.person_id, Part(row.part)) for row in rows]
    await ring(session, workers, now=now)
    await refresh(session, [ticket], now=now)


async def _note_unreached(
    session: Session, listeners: Sequence[Listener], *, now: datetime
) -> None:
    if not listeners:
        return
    rows = await session.execute(
        sql("SELECT id, community_id, epoch FROM ticket WHERE id = ANY(CAST(:tickets AS uuid[]))"),
        {"tickets": [one.ticket for one in listeners]},
    )
    facts = {row.id: row for row in rows}
    await record(
        session,
        [
            Entry(
                facts[one.ticket].community_id, one.ticket, facts[one.ticket].epoch,
                Happened.UNREACHABLE, now, person=one.person, data={"part": one.part.value},
            )
            for one in listeners
        ],
    )  # fmt: skip
