"""What a bare number or “更多” answers in a channel without buttons: the card shown there last."""

from datetime import datetime
from uuid import UUID

from core.card import Card
from core.crypto import open_json, seal_json
from core.db import Session, sql


async def remember(
    session: Session, card: Card, rest: str, *, person: UUID, channel: str, now: datetime
) -> None:
    """Keep a card that can be answered; one without buttons only takes its own older version away."""
    if not rest and not any(action.token for action in card.actions):
        if card.once:
            return
        kept = await last(session, person, channel)
        if kept is None or kept.key != card.key:
            return
    await session.execute(
        sql(
            """
            INSERT INTO last_card (person_id, channel, card, rest, at)
            VALUES (:person, :channel, :card, :rest, :now)
            ON CONFLICT (person_id, channel)
            DO UPDATE SET card = excluded.card, rest = excluded.rest, at = excluded.at
            """
        ),
        {
            "person": person, "channel": channel, "now": now,
            "card": seal_json(card.stored(), "last_card.card"),
            "rest": seal_json(rest, "last_card.rest") if rest else None,
        },
    )  # fmt: skip


async def last(session: Session, person: UUID, channel: str) -> Card | None:
    """Load the card that a number answers."""
    row = (
        await session.execute(
            sql("SELECT card FROM last_card WHERE person_id = :p AND channel = :c"),
            {"p": person, "c": channel},
        )
    ).one_or_none()
    return opened(row.card) if row is not None else None


def opened(card: bytes) -> Card:
    """Open a card as it was kept."""
    return Card.load(open_json(card, "last_card.card"))


async def read_on(session: Session, person: UUID, channel: str) -> str:
    """Take the text that did not fit; empty when all was shown."""
    row = (
        await session.execute(
            sql(
                """
                WITH old AS (SELECT person_id, channel, rest FROM last_card
                             WHERE person_id = :p AND channel = :c FOR UPDATE)
                UPDATE last_card l SET rest = NULL FROM old
                WHERE l.person_id = old.person_id AND l.channel = old.channel
                RETURNING old.rest
                """
            ),
            {"p": person, "c": channel},
        )
    ).one_or_none()
    return open_json(row.rest, "last_card.rest") if row is not None and row.rest else ""
