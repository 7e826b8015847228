"""The outbox: what must arrive, written in the transaction that made it necessary."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.card import Card
from core.crypto import open_json, seal_json
from core.db import Session, sql, wake
from core.ids import uuid7

TURN_LEASE = timedelta(seconds=5)
WORKER_LEASE = timedelta(seconds=30)
_PAYLOAD = "outbox.payload"
PRIORITY = {"life": 0, "care": 2, "property": 4, "maintenance": 6}
REPLY_PRIORITY = 1
_ENQUEUE = sql(
    """
    INSERT INTO outbox (kind, object_id, person_id, channel, version, priority, state, due_at,
                        attempts, created_at)
    SELECT 'ticket', c.ticket_id, c.person_id, c.channel, t.version, coalesce(w.priority, 5),
           'due', :now, 0, :now
    FROM ticket_card c JOIN ticket t ON t.id = c.ticket_id
    LEFT JOIN unnest(CAST(:severities AS text[]), CAST(:priorities AS int[]))
        AS w(severity, priority) ON w.severity = t.severity
    WHERE c.ticket_id = ANY(CAST(:tickets AS uuid[]))
    ORDER BY c.ticket_id, c.person_id, c.channel
    ON CONFLICT (kind, object_id, person_id, channel) DO UPDATE
    SET version = greatest(outbox.version, excluded.version), state = 'due',
        due_at = excluded.due_at, created_at = excluded.created_at,
        leased_until = CASE WHEN outbox.turn IS NULL THEN outbox.leased_until END,
        turn = NULL, attempts = 0, error = NULL
    """
)


@dataclass(frozen=True, slots=True)
class Due:
    """A claimed outbox row."""

    id: int
    kind: str
    object_id: UUID
    person: UUID
    channel: str
    version: int
    turn: int | None
    payload: Any
    attempts: int
    created_at: datetime


async def enqueue_reply(
    session: Session, card: Card, *, person: UUID, channel: str, turn: int | None, now: datetime
) -> None:
    """Enqueue a card for the person; with a turn, the row is leased to the waiting request."""
    await session.execute(
        sql(
            """
            INSERT INTO outbox (kind, object_id, person_id, channel, version, priority, turn,
                                payload, state, due_at, leased_until, attempts, created_at)
            VALUES ('reply', :object, :person, :channel, :version, :priority, :turn,
                    :payload, 'due', :now, :lease, 0, :now)
            """
        ),
        {
            "object": uuid7(), "person": person, "channel": channel, "version": card.version,
            "priority": REPLY_PRIORITY, "turn": turn, "now": now,
            "payload": seal_json(card.stored(), _PAYLOAD),
            "lease": now + TURN_LEASE if turn is not None else None,
        },
    )  # fmt: skip
    wake(session, "outbox")


async def enqueue_tickets(session: Session, tickets: Sequence[UUID], *, now: datetime) -> None:
    """Ask for every card of these tickets at its newest version; an older wish is replaced."""
    await session.execute(
        _ENQUEUE,
        {
            "now": now,
            "tickets": list(tickets),
            "severities": list(PRIORITY),
            "priorities": list(PRIORITY.values()),
        },
    )
    wake(session, "outbox")


async def lease_to_turn(
    session: Session, *, ticket: UUID, person: UUID, channel: str, turn: int, now: datetime
) -> None:
    """Lease the person's own card of this ticket to the waiting request."""
    await session.execute(
        sql(
            """
            UPDATE outbox SET turn = :turn, leased_until = :lease
            WHERE kind = 'ticket' AND object_id = :ticket AND person_id = :person
              AND channel = :channel AND state = 'due'
            """
        ),
        {"turn": turn, "lease": now + TURN_LEASE, "ticket": ticket, "person": person,
         "channel": channel},
    )  # fmt: skip


async def claim(
    session: Session, *, now: datetime, limit: int = 50, turn: int | None = None
) -> list[Due]:
    """Take due rows, the most urgent first; with a turn, only that turn's own.

    Rows another sender holds are skipped, so this is safe to call from many processes.
    """
    free = "turn = :turn" if turn is not None else "(leased_until IS NULL OR leased_until < :now)"
    rows = await session.execute(
        sql(
            f"""
            UPDATE outbox SET leased_until = :lease, attempts = attempts + 1
            WHERE id IN (SELECT id FROM outbox WHERE state = 'due' AND due_at <= :now AND {free}
                         ORDER BY priority, due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED)
            RETURNING id, kind, object_id, person_id, channel, version, turn, payload, attempts,
                      created_at, priority
            """  # noqa: S608  (both halves are literals above)
        ),
        {"now": now, "lease": now + WORKER_LEASE, "limit": limit}
        | ({"turn": turn} if turn is not None else {}),
    )
    # In a turn the answer comes first, then the ticket's card, edited where it stands.
    found = sorted(rows, key=lambda row: (row.kind if turn else "", row.priority, row.id))
    return [
        Due(
            row.id, row.kind, row.object_id, row.person_id, row.channel, row.version, row.turn,
            open_json(row.payload, _PAYLOAD) if row.payload is not None else None,
            row.attempts, row.created_at,
        )
        for row in found
    ]  # fmt: skip


async def sent(session: Session, row: Due) -> None:
    """Mark as sent, unless a newer version has been asked for meanwhile."""
    await session.execute(
        sql(
            """
            UPDATE outbox SET leased_until = NULL, error = NULL,
                   state = CASE WHEN version > :version THEN 'due' ELSE 'sent' END
            WHERE id = :id
            """
        ),
        {"id": row.id, "version": row.version},
    )


async def failed(session: Session, row: Due, *, reason: str, retry_at: datetime | None) -> None:
    """Try again at `retry_at`, or never: then the row stays as a dead letter that can be seen."""
    await session.execute(
        sql(
            """
            UPDATE outbox SET leased_until = NULL, turn = NULL, error = :reason,
                   state = :state, due_at = coalesce(:at, due_at)
            WHERE id = :id
            """
        ),
        {"id": row.id, "reason": reason, "at": retry_at, "state": "due" if retry_at else "dead"},
    )
