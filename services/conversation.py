"""Conversations: dedupe of what comes in, the lock of a turn, and where a flow stands."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.crypto import open_json, seal_json
from core.db import Session, sql
from core.errors import UserError
from core.event import Event
from core.ids import uuid7

_FLOW = "conversation.flow"


@dataclass(frozen=True, slots=True)
class Standing:
    """A locked conversation: the flow's name and data, or None."""

    id: UUID
    flow: dict[str, Any] | None


async def receive(session: Session, event: Event) -> tuple[int, bool]:
    """Record an inbound message; return its id and whether it is new.

    Raises UserError `message-key-reused` (409) when the same key came with another body.
    """
    keys = {"channel": event.channel, "person": event.person, "message": event.message_id}
    made = await session.execute(
        sql(
            """
            INSERT INTO inbound (channel, person_id, message_id, digest, at)
            VALUES (:channel, :person, :message, :digest, :at)
            ON CONFLICT (channel, person_id, message_id) DO NOTHING RETURNING id
            """
        ),
        keys | {"digest": event.digest, "at": event.at},
    )
    if (number := made.scalar_one_or_none()) is not None:
        return int(number), True
    old = (
        await session.execute(
            sql(
                """
                SELECT id, digest FROM inbound
                WHERE channel = :channel AND person_id = :person AND message_id = :message
                """
            ),
            keys,
        )
    ).one()
    if bytes(old.digest) != event.digest:
        raise UserError("message-key-reused", status=409)
    return int(old.id), False


async def lock(session: Session, *, person: UUID, channel: str) -> Standing:
    """Lock the conversation to the end of the transaction; make it at the first turn."""
    row = (
        await session.execute(
            sql(
                """
                INSERT INTO conversation (id, person_id, channel) VALUES (:id, :person, :channel)
                ON CONFLICT (person_id, channel) DO UPDATE SET channel = excluded.channel
                RETURNING id, flow
                """
            ),
            {"id": uuid7(), "person": person, "channel": channel},
        )
    ).one()
    return Standing(row.id, open_json(row.flow, _FLOW) if row.flow is not None else None)


async def stand(session: Session, conversation: UUID, flow: dict[str, Any] | None) -> None:
    """Remember where the flow stands; None ends it."""
    await session.execute(
        sql("UPDATE conversation SET flow = :flow WHERE id = :id"),
        {"id": conversation, "flow": seal_json(flow, _FLOW) if flow is not None else None},
    )


async def speak(session: Session, conversation: UUID, lang: str | None) -> None:
    """Remember the language of the last words; None for the person's own."""
    await session.execute(
        sql("UPDATE conversation SET lang = :lang WHERE id = :id"),
        {"id": conversation, "lang": lang},
    )
