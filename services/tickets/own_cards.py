"""What each person has been shown of a ticket: their card, and how far it has come."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.db import Session, sql
from models import Part


@dataclass(frozen=True, slots=True)
class Shown:
    """How far a person's card has come."""

    part: Part
    ring: int
    shown_ring: int
    shown_version: int
    confirmed: bool


async def lock_card(session: Session, *, ticket: UUID, person: UUID, channel: str) -> Shown | None:
    """Lock a person's card of a ticket to the end of the transaction."""
    row = (
        await session.execute(
            sql(
                """
                SELECT part, ring, shown_ring, shown_version, confirmed_at IS NOT NULL
                FROM ticket_card
                WHERE ticket_id = :ticket AND person_id = :person AND channel = :channel FOR UPDATE
                """
            ),
            {"ticket": ticket, "person": person, "channel": channel},
        )
    ).one_or_none()
    return Shown(Part(row.part), *row[1:]) if row is not None else None


async def card_shown(
    session: Session,
    *,
    ticket: UUID,
    person: UUID,
    channel: str,
    ring: int,
    version: int,
    now: datetime,
) -> None:
    """Note that this version was shown."""
    await session.execute(
        sql(
            """
            UPDATE ticket_card SET shown_ring = :ring, shown_version = :version, shown_at = :now
            WHERE ticket_id = :ticket AND person_id = :person AND channel = :channel
            """
        ),
        {
            "ring": ring, "version": version, "now": now,
            "ticket": ticket, "person": person, "channel": channel,
        },
    )  # fmt: skip


async def show_again(
    session: Session,
    *,
    ticket: UUID,
    person: UUID,
    channel: str,
    now: datetime,
    ring: bool = False,
) -> bool:
    """Send the current card once more, with `ring` as a new message; False without a card."""
    found = await session.execute(
        sql(
            """
            WITH again AS (
                UPDATE ticket_card SET shown_version = 0, ring = ring + :more
                WHERE ticket_id = :ticket AND person_id = :person AND channel = :channel
                RETURNING ticket_id, person_id, channel),
            due AS (
                UPDATE outbox SET state = 'due', due_at = :now FROM again
                WHERE outbox.kind = 'ticket' AND outbox.object_id = again.ticket_id
                  AND outbox.person_id = again.person_id AND outbox.channel = again.channel)
            SELECT count(*) FROM again
            """
        ),
        {
            "ticket": ticket, "person": person, "channel": channel, "more": int(ring), "now": now,
        },
    )  # fmt: skip
    return bool(found.scalar_one())


async def part_of(session: Session, *, ticket: UUID, person: UUID) -> Part | None:
    """Say what somebody has to do with a ticket; None without a card of it."""
    rows = await session.execute(
        sql(
            """
            SELECT part FROM ticket_card WHERE ticket_id = :ticket AND person_id = :person LIMIT 1
            """
        ),
        {"ticket": ticket, "person": person},
    )
    found = rows.scalar_one_or_none()
    return Part(found) if found is not None else None


async def asked_about(session: Session, person: UUID) -> UUID | None:
    """Find the newest live care ticket about which somebody is asked."""
    rows = await session.execute(
        sql(
            """
            SELECT t.id FROM ticket_card c JOIN ticket t ON t.id = c.ticket_id
            WHERE c.person_id = :person AND c.part IN ('elder', 'family') AND t.severity = 'care'
              AND t.status <> 'closed'
            ORDER BY t.status = 'resolved', t.alarm_at DESC LIMIT 1
            """
        ),
        {"person": person},
    )
    return rows.scalar_one_or_none()
