"""The outbox: what must arrive, written in the transaction that made it necessary."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.card import Card
from core.crypto import open_json, seal_json
from core.db import Session, sql, wake
from core.ids import uuid7
from services import quiet

TURN_LEASE = timedelta(seconds=5)
WORKER_LEASE = timedelta(seconds=30)
PAYLOAD = "outbox.payload"
PRIORITY = {"life": 0, "care": 2, "property": 4, "maintenance": 6}
REPLY_PRIORITY = 1
LIFE = PRIORITY["life"]
_ENQUEUE = sql(
    """
    INSERT INTO outbox (kind, object_id, person_id, channel, version, priority, state, due_at,
                        attempts, created_at)
    SELECT 'ticket', c.ticket_id, c.person_id, c.channel, t.version, coalesce(w.priority, 5),
           'due', CASE WHEN w.priority >= :calm AND t.chain = '[]' AND c.shown_ring = 0
                       THEN CAST(:morning AS timestamptz) ELSE :now END, 0, :now
    FROM ticket_card c JOIN ticket t ON t.id = c.ticket_id
    LEFT JOIN unnest(CAST(:severities AS text[]), CAST(:priorities AS int[]))
        AS w(severity, priority) ON w.severity = t.severity
    WHERE c.ticket_id = ANY(CAST(:tickets AS uuid[]))
    ORDER BY c.ticket_id, c.person_id, c.channel
    ON CONFLICT (kind, object_id, person_id, channel) DO UPDATE
    SET version = greatest(outbox.version, excluded.version), state = 'due',
        due_at = excluded.due_at,
        created_at = CASE WHEN outbox.state = 'due' AND outbox.due_at > :now
                          THEN outbox.created_at ELSE excluded.created_at END,
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
    lang: str  # the person's, or that of their last words in this channel
    life: bool = False


async def enqueue_reply(
    session: Session,
    card: Card,
    *,
    person: UUID,
    channel: str,
    turn: int | None,
    now: datetime,
    life: bool = False,
    after: datetime | None = None,
) -> None:
    """Enqueue a card for the person, not to be sent before `after`.

    With a turn, the row is leased to the waiting request.
    """
    await session.execute(
        sql(
            """
            INSERT INTO outbox (kind, object_id, person_id, channel, version, priority, turn,
                                payload, state, due_at, leased_until, attempts, created_at)
            VALUES ('reply', :object, :person, :channel, :version, :priority, :turn,
                    :payload, 'due', :after, :lease, 0, :now)
            """
        ),
        {
            "object": uuid7(), "person": person, "channel": channel, "version": card.version,
            "after": after or now,
            "priority": LIFE if life else REPLY_PRIORITY, "turn": turn, "now": now,
            "payload": seal_json(card.stored(), PAYLOAD),
            "lease": now + TURN_LEASE if turn is not None else None,
        },
    )  # fmt: skip
    wake(session, "outbox")


async def enqueue_tickets(session: Session, tickets: Sequence[UUID], *, now: datetime) -> None:
    """Ask for every card of these tickets at its newest version; an older wish is replaced.

    What rings for the first time, is neither life nor care and has no chain waits for the morning.
    """
    await session.execute(
        _ENQUEUE,
        {
            "now": now,
            "tickets": list(tickets),
            "severities": list(PRIORITY),
            "priorities": list(PRIORITY.values()),
            "calm": PRIORITY["property"],
            "morning": quiet.over(now),
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
            UPDATE outbox SET turn = :turn, leased_until = :lease, due_at = :now, attempts = 0
            WHERE kind = 'ticket' AND object_id = :ticket AND person_id = :person
              AND channel = :channel AND state = 'due'
            """
        ),
        {"turn": turn, "lease": now + TURN_LEASE, "ticket": ticket, "person": person,
         "channel": channel, "now": now},
    )  # fmt: skip


async def claim(
    session: Session,
    *,
    channels: Collection[str],
    now: datetime,
    limit: int = 50,
    turn: int | None = None,
) -> list[Due]:
    """Take due rows of these channels, the most urgent first; with a turn, only that turn's own.

    Rows another sender holds are skipped, so this is safe to call from many processes. Of a channel
    that rests only what is for a life is taken: it has to find another way. A send that was begun
    and never ended, because its process died, is counted as ambiguous.
    """
    free = "(leased_until IS NULL OR leased_until < :now)"
    if turn is not None:  # before the first try the lease is the turn's own
        free = f"turn = :turn AND (attempts = 0 OR {free})"
    rows = await session.execute(
        sql(
            f"""
            UPDATE outbox SET leased_until = :lease, attempts = attempts + 1, sending_at = NULL,
                              ambiguous = ambiguous + (sending_at IS NOT NULL)::int
            WHERE id IN (SELECT id FROM outbox WHERE state = 'due' AND due_at <= :now AND {free}
                           AND kind <> 'fetch' AND channel = ANY(CAST(:channels AS text[]))
                           AND (priority = :life OR NOT EXISTS (
                                SELECT 1 FROM channel_pause p
                                WHERE p.channel = outbox.channel AND p.until > :now))
                         ORDER BY priority, due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED)
            RETURNING id, kind, object_id, person_id, channel, version, turn, payload, attempts,
                      created_at, priority, coalesce(
                (SELECT c.lang FROM conversation c
                 WHERE c.person_id = outbox.person_id AND c.channel = outbox.channel),
                (SELECT p.lang FROM person p WHERE p.id = outbox.person_id)) AS lang
            """  # noqa: S608  (both halves are literals above)
        ),
        {
            "now": now,
            "lease": now + WORKER_LEASE,
            "limit": limit,
            "channels": list(channels),
            "life": LIFE,
        }
        | ({"turn": turn} if turn is not None else {}),
    )
    # In a turn the answer comes first, then the ticket's card, edited where it stands.
    found = sorted(rows, key=lambda row: (row.kind if turn else "", row.priority, row.id))
    return [
        Due(
            row.id, row.kind, row.object_id, row.person_id, row.channel, row.version, row.turn,
            open_json(row.payload, PAYLOAD) if row.payload is not None else None,
            row.attempts, row.created_at, row.lang, row.priority == LIFE,
        )
        for row in found
    ]  # fmt: skip


async def sent(session: Session, row: Due) -> None:
    """Mark as sent, unless a newer version has been asked for meanwhile."""
    await session.execute(
        sql(
            """
            UPDATE outbox SET leased_until = NULL, error = NULL, sending_at = NULL,
                   state = CASE WHEN version > :version THEN 'due' ELSE 'sent' END
            WHERE id = :id
            """
        ),
        {"id": row.id, "version": row.version},
    )


async def calling(session: Session, row: Due, *, now: datetime) -> None:
    """Note that a vendor is being called; found again by a later claim, it may have arrived."""
    await session.execute(
        sql("UPDATE outbox SET sending_at = :now WHERE id = :id"), {"id": row.id, "now": now}
    )


async def postponed(session: Session, row: Due, *, until: datetime) -> None:
    """Try again then; it was nobody's fault, so it counts as no attempt."""
    await session.execute(
        sql(
            """
            UPDATE outbox SET leased_until = NULL, sending_at = NULL, due_at = :until,
                              attempts = greatest(attempts - 1, 0)
            WHERE id = :id
            """
        ),
        {"id": row.id, "until": until},
    )


async def failed(session: Session, row: Due, *, reason: str, retry_at: datetime | None) -> None:
    """Try again at `retry_at`, or never: then the row stays as a dead letter that can be seen."""
    await session.execute(
        sql(
            """
            UPDATE outbox SET leased_until = NULL, turn = NULL, error = :reason, sending_at = NULL,
                   state = :state, due_at = coalesce(:at, due_at)
            WHERE id = :id
            """
        ),
        {
            "id": row.id, "reason": reason, "at": retry_at, "state": "due" if retry_at else "dead",
        },
    )  # fmt: skip


async def doubted(session: Session, row: Due) -> None:
    """Count one more send of which nobody knows whether it arrived."""
    await session.execute(
        sql("UPDATE outbox SET ambiguous = ambiguous + 1 WHERE id = :id"), {"id": row.id}
    )


async def superseded(session: Session, row: Due, *, by: str) -> None:
    """End a row whose card goes another way; not a dead letter, for nothing was given up."""
    await session.execute(
        sql(
            """
            UPDATE outbox SET leased_until = NULL, turn = NULL, sending_at = NULL, state = 'sent',
                              error = :error
            WHERE id = :id
            """
        ),
        {"id": row.id, "error": f"by {by}"},
    )
