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


async def begin(session: Session, event: Event) -> tuple[int, Standing | None]:
    """Record an inbound message and lock its conversation to the end of the transaction.

    Returns the message's id and where the conversation stands, None for one that was received
    before. Raises UserError `message-key-reused` (409) when the same key came with another body.
    """
    keys = {"channel": event.channel, "person": event.person, "message": event.message_id}
    row = (
        await session.execute(
            sql(
                """
                WITH arrived AS (
                    INSERT INTO inbound (channel, person_id, message_id, digest, at)
                    VALUES (:channel, :person, :message, :digest, :at)
                    ON CONFLICT (channel, person_id, message_id) DO NOTHING RETURNING id),
                talk AS (
                    INSERT INTO conversation (id, person_id, channel)
                    SELECT CAST(:id AS uuid), :person, :channel FROM arrived
                    ON CONFLICT (person_id, channel) DO UPDATE SET channel = excluded.channel
                    RETURNING id, flow)
                SELECT arrived.id AS number, talk.id, talk.flow FROM arrived, talk
                """
            ),
            keys | {"digest": event.digest, "at": event.at, "id": uuid7()},
        )
    ).one_or_none()
    if row is None:
        return await _repeated(session, keys, event.digest), None
    flow = open_json(row.flow, _FLOW) if row.flow is not None else None
    return int(row.number), Standing(row.id, flow)


async def _repeated(session: Session, keys: dict[str, Any], digest: bytes) -> int:
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
    if bytes(old.digest) != digest:
        raise UserError("message-key-reused", status=409)
    return int(old.id)


async def lock(session: Session, *, person: UUID, channel: str) -> Standing:
    """Lock the conversation to the end of the transaction; make it where there is none."""
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


async def standing(session: Session, conversation: UUID) -> dict[str, Any] | None:
    """Read where the flow of a conversation stands by now."""
    found = await session.execute(
        sql("SELECT flow FROM conversation WHERE id = :id"), {"id": conversation}
    )
    flow = found.scalar_one_or_none()
    return open_json(flow, _FLOW) if flow is not None else None


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
