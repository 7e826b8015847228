"""Button tokens: what a click means is kept here, never in the click itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.card import Card
from core.crypto import new_token, open_json, seal_json, token_hash
from core.db import Session, sql
from core.errors import UserError

_ARGS = "button.args"
LIFETIME = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a token stands for."""

    action: str
    object_id: UUID | None
    version: int
    args: dict[str, Any]


async def mint(session: Session, card: Card, *, person: UUID, channel: str, now: datetime) -> Card:
    """Put a fresh token on every action without a url and store what it stands for."""
    tokens = [None if action.url is not None else new_token() for action in card.actions]
    minted = [(one, token) for one, token in zip(card.actions, tokens, strict=True) if token]
    if minted:
        await session.execute(
            sql(
                """
                INSERT INTO button (token_hash, person_id, channel, action, object_id, version,
                                    args, expires_at)
                SELECT hash, :person, :channel, action, CAST(:object AS uuid), :version, args,
                       :expires
                FROM unnest(CAST(:hashes AS bytea[]), CAST(:actions AS text[]),
                            CAST(:args AS bytea[])) AS b(hash, action, args)
                """
            ),
            {
                "person": person, "channel": channel, "object": card.ticket,
                "version": card.version, "expires": now + LIFETIME,
                "hashes": [token_hash(token) for _, token in minted],
                "actions": [one.id for one, _ in minted],
                "args": [seal_json(one.args, _ARGS) for one, _ in minted],
            },
        )  # fmt: skip
    return card.with_tokens(tokens)


async def press(session: Session, token: str, *, person: UUID, now: datetime) -> Pressed:
    """Look a token up and mark it used.

    Raises UserError `button-unknown` for a forged token and for somebody else's alike (an answer
    that told them apart would confirm guesses), `button-expired` for an old one.
    """
    row = (
        await session.execute(
            sql(
                """
                UPDATE button SET used_at = coalesce(used_at, :now)
                WHERE token_hash = :hash AND person_id = :person
                RETURNING action, object_id, version, args, expires_at
                """
            ),
            {"now": now, "hash": token_hash(token), "person": person},
        )
    ).one_or_none()
    if row is None:
        raise UserError("button-unknown", status=403)
    if row.expires_at < now:
        raise UserError("button-expired", status=410)
    return Pressed(row.action, row.object_id, row.version, open_json(row.args, _ARGS))
