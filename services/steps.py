"""From one channel to the next: when a person can't be reached, or does not react to a life alarm."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.db import Session, sql, wake
from services import accounts
from services.outbox import Due, enqueue_tickets

UNANSWERED = timedelta(seconds=30)
BATCH = 100


async def next_channel(session: Session, row: Due, *, now: datetime) -> str | None:
    """Let this row's card take the person's next channel; None when all were tried."""
    if row.kind == "ticket":
        return await _next_of_ticket(session, row.object_id, row.person, now=now)
    tried = await session.execute(
        sql("SELECT channel FROM outbox WHERE object_id = :object AND person_id = :person"),
        {"object": row.object_id, "person": row.person},
    )
    channel = await _untried(session, row.person, {one.channel for one in tried})
    if channel is None:
        return None
    await session.execute(
        sql(
            """
            INSERT INTO outbox (kind, object_id, person_id, channel, version, priority, payload,
                                state, due_at, attempts, created_at)
            SELECT kind, object_id, person_id, :channel, version, priority, payload, 'due', :now,
                   0, created_at FROM outbox WHERE id = :id
            """
        ),
        {"id": row.id, "channel": channel, "now": now},
    )
    wake(session, "outbox")
    return channel


async def _untried(session: Session, person: UUID, tried: set[str]) -> str | None:
    channels = await accounts.channels_of(session, person)
    return next((channel for channel in channels if channel not in tried), None)


async def _next_of_ticket(
    session: Session, ticket: UUID, person: UUID, *, now: datetime
) -> str | None:
    """Give the person a card of the ticket in a channel where they have none yet."""
    cards = (
        await session.execute(
            sql("SELECT channel FROM ticket_card WHERE ticket_id = :t AND person_id = :p"),
            {"t": ticket, "p": person},
        )
    ).all()
    channel = await _untried(session, person, {card.channel for card in cards})
    if channel is None:
        return None
    await _also_in(session, channel, ticket=ticket, person=person, now=now)
    return channel


async def _also_in(
    session: Session, channel: str, *, ticket: UUID, person: UUID, now: datetime
) -> None:
    """Give a person who has a ticket's card one in this channel too."""
    await session.execute(
        sql(
            """
            INSERT INTO ticket_card (ticket_id, person_id, channel, part, ring, shown_ring,
                                     shown_version)
            SELECT ticket_id, person_id, :channel, min(part), 1, 0, 0 FROM ticket_card
            WHERE ticket_id = :ticket AND person_id = :person GROUP BY ticket_id, person_id
            ON CONFLICT DO NOTHING
            """
        ),
        {"ticket": ticket, "person": person, "channel": channel},
    )
    await enqueue_tickets(session, [ticket], now=now)


async def opened(
    session: Session, channel: str, *, ticket: UUID, person: UUID, now: datetime
) -> None:
    """Show a ticket's card to a person who follows its link here: asked for, it skips quiet hours."""
    await _also_in(session, channel, ticket=ticket, person=person, now=now)
    await session.execute(
        sql(
            """
            UPDATE outbox SET due_at = :now
            WHERE kind = 'ticket' AND object_id = :ticket AND person_id = :person
              AND channel = :channel AND state = 'due' AND due_at > :now
            """
        ),
        {"ticket": ticket, "person": person, "channel": channel, "now": now},
    )


async def watch(
    session: Session, *, ticket: UUID, person: UUID, channel: str, now: datetime
) -> None:
    """Let a life alarm that has just rung go on to the next channel if nobody reacts to it."""
    await session.execute(
        sql(
            """
            UPDATE ticket_card c SET next_channel_at = :due
            FROM ticket t
            WHERE t.id = c.ticket_id AND t.severity = 'life' AND t.status = 'open'
              AND c.ticket_id = :ticket AND c.person_id = :person AND c.channel = :channel
              AND c.confirmed_at IS NULL
              AND EXISTS (SELECT 1 FROM channel_account a
                          WHERE a.person_id = :person AND a.reachable AND a.channel <> :channel)
            """
        ),
        {"ticket": ticket, "person": person, "channel": channel, "due": now + UNANSWERED},
    )


async def confirmed(session: Session, *, ticket: UUID, person: UUID, now: datetime) -> None:
    """Note that a person reacted to a ticket's card: it needs no other channel of theirs."""
    await session.execute(
        sql(
            """
            UPDATE ticket_card SET confirmed_at = :now, next_channel_at = NULL
            WHERE ticket_id = :ticket AND person_id = :person AND confirmed_at IS NULL
            """
        ),
        {"ticket": ticket, "person": person, "now": now},
    )


async def sweep(session: Session, *, now: datetime) -> int:
    """Take up to 100 unanswered life cards one channel further; returns how many were due.

    A ticket that somebody took needs nobody else's next channel.
    """
    rows: list[Any] = list(
        await session.execute(
            sql(
                """
                UPDATE ticket_card SET next_channel_at = NULL
                WHERE (ticket_id, person_id, channel) IN (
                    SELECT ticket_id, person_id, channel FROM ticket_card
                    WHERE next_channel_at <= :now
                    ORDER BY next_channel_at LIMIT :batch FOR UPDATE SKIP LOCKED)
                RETURNING ticket_id, person_id,
                          (SELECT status FROM ticket WHERE id = ticket_id) = 'open' AS open
                """
            ),
            {"now": now, "batch": BATCH},
        )
    )
    for row in rows:
        if row.open:
            await _next_of_ticket(session, row.ticket_id, row.person_id, now=now)
    return len(rows)
