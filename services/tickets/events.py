"""The append-only log of a ticket."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from core.crypto import seal_json
from core.db import Session, sql
from models import Happened

NOTE = "ticket_event.note"


@dataclass(frozen=True, slots=True)
class Entry:
    """One step; `data` holds plain codes, `note` a person's own words, which are sealed."""

    community: UUID
    ticket: UUID
    epoch: int
    kind: Happened
    at: datetime
    person: UUID | None = None
    data: dict[str, Any] = field(default_factory=dict)
    note: str | None = None


async def record(session: Session, entries: Sequence[Entry]) -> None:
    """Append entries in one statement, in their order."""
    if not entries:
        return
    await session.execute(
        sql(
            """
            INSERT INTO ticket_event (community_id, ticket_id, epoch, at, kind, person_id, data,
                                      note)
            SELECT community, ticket, epoch, at, kind, person, data, note
            FROM unnest(CAST(:communities AS uuid[]), CAST(:tickets AS uuid[]),
                        CAST(:epochs AS int[]), CAST(:ats AS timestamptz[]),
                        CAST(:kinds AS text[]), CAST(:people AS uuid[]), CAST(:datas AS jsonb[]),
                        CAST(:notes AS bytea[])) WITH ORDINALITY
                AS e(community, ticket, epoch, at, kind, person, data, note, place)
            ORDER BY place
            """
        ),
        {
            "communities": [e.community for e in entries],
            "tickets": [e.ticket for e in entries],
            "epochs": [e.epoch for e in entries],
            "ats": [e.at for e in entries],
            "kinds": [e.kind.value for e in entries],
            "people": [e.person for e in entries],
            "datas": [orjson.dumps(e.data).decode() for e in entries],
            "notes": [seal_json(e.note, NOTE) if e.note else None for e in entries],
        },
    )


async def undelivered(
    session: Session, *, ticket: UUID, person: UUID, channel: str, now: datetime
) -> None:
    """Note that nothing could bring the ticket's card to somebody; seen in its log and figures."""
    await session.execute(
        sql(
            """
            INSERT INTO ticket_event (community_id, ticket_id, epoch, at, kind, person_id, data)
            SELECT community_id, id, epoch, :now, :kind, :person,
                   jsonb_build_object('channel', CAST(:channel AS text))
            FROM ticket WHERE id = :ticket
            """
        ),
        {
            "ticket": ticket, "person": person, "channel": channel, "now": now,
            "kind": Happened.UNDELIVERED.value,
        },
    )  # fmt: skip
