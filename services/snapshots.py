"""What a camera saw when it raised a ticket: fetched once an epoch, shown while the ticket lives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from core.db import Session, sql
from services import media
from services.tickets import rings

LIMIT: Final = 5
GIVE_UP_AFTER: Final = 5
_LEASE: Final = timedelta(minutes=1)
_AGAIN_S: Final = 2.0  # doubled each time: a recorder may take seconds to choose its best picture


@dataclass(frozen=True, slots=True)
class Wanted:
    """A claimed job: the recorder's event, for a ticket in an epoch."""

    ticket: UUID
    epoch: int
    event: str
    attempts: int


async def want(session: Session, events: Mapping[str, str], *, now: datetime) -> None:
    """Ask for pictures of events, by the keys of the live tickets that they raised."""
    await session.execute(
        sql(
            """
            INSERT INTO snapshot (ticket_id, epoch, community_id, event, asked_at, due_at, attempts)
            SELECT t.id, t.epoch, t.community_id, w.event, :now, :now, 0
            FROM unnest(CAST(:keys AS text[]), CAST(:events AS text[])) AS w(key, event)
            JOIN ticket t ON t.key = w.key AND t.status <> 'closed'
            ON CONFLICT DO NOTHING
            """
        ),
        {"keys": list(events), "events": list(events.values()), "now": now},
    )


async def claim(session: Session, *, now: datetime) -> list[Wanted]:
    """Take jobs that are due; what is not done within a minute is taken again."""
    rows = await session.execute(
        sql(
            """
            UPDATE snapshot SET attempts = attempts + 1, due_at = :lease
            WHERE (ticket_id, epoch) IN (
                SELECT ticket_id, epoch FROM snapshot WHERE due_at <= :now
                ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED)
            RETURNING ticket_id, epoch, event, attempts
            """
        ),
        {"now": now, "lease": now + _LEASE, "limit": LIMIT},
    )
    return [Wanted(row.ticket_id, row.epoch, row.event, row.attempts) for row in rows]


async def keep(
    session: Session, folder: Path, wanted: Wanted, jpeg: bytes, *, now: datetime
) -> None:
    """Keep the picture, and show it on the cards of a ticket that still lives."""
    digest = await media.store(session, folder, jpeg, now=now)
    await session.execute(
        sql(
            """
            UPDATE snapshot SET sha256 = :digest, due_at = NULL
            WHERE ticket_id = :ticket AND epoch = :epoch
            """
        ),
        {"digest": digest, "ticket": wanted.ticket, "epoch": wanted.epoch},
    )
    live = await session.execute(
        sql(
            """
            UPDATE ticket SET version = version + 1
            WHERE id = :ticket AND epoch = :epoch AND status <> 'closed' RETURNING id
            """
        ),
        {"ticket": wanted.ticket, "epoch": wanted.epoch},
    )
    await rings.refresh(session, list(live.scalars()), now=now)


async def failed(session: Session, wanted: Wanted, *, now: datetime) -> None:
    """Set the next try; after five there will be no picture."""
    again = now + timedelta(seconds=_AGAIN_S**wanted.attempts)
    await session.execute(
        sql(
            """
            UPDATE snapshot SET due_at = CAST(:at AS timestamptz)
            WHERE ticket_id = :ticket AND epoch = :epoch
            """
        ),
        {
            "at": again if wanted.attempts < GIVE_UP_AFTER else None,
            "ticket": wanted.ticket, "epoch": wanted.epoch,
        },
    )  # fmt: skip


async def picture(session: Session, person: UUID, ticket: UUID) -> str | None:
    """Find the digest of a live ticket's picture, for those who have its card to work with it."""
    found = await session.execute(
        sql(
            """
            SELECT s.sha256 FROM snapshot s
            JOIN ticket t ON t.id = s.ticket_id AND t.epoch = s.epoch AND t.status <> 'closed'
            WHERE s.ticket_id = :ticket AND EXISTS (
                SELECT 1 FROM ticket_card c WHERE c.ticket_id = t.id AND c.person_id = :person
                   AND c.part IN ('worker', 'backup', 'operator'))
            """
        ),
        {"ticket": ticket, "person": person},
    )
    digest: str | None = found.scalar_one_or_none()
    return digest
