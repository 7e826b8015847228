"""The web chat's mailbox: items with ids from a counter that is locked to the commit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.card import Card
from core.crypto import open_json, seal_json
from core.db import Session, sql, wake
from core.ports import Delivery

_CARD = "mailbox_item.card"
PAGE = 500


@dataclass(frozen=True, slots=True)
class SessionMailbox:
    """The Mailbox port on one open transaction."""

    session: Session
    now: datetime

    async def put(self, delivery: Delivery) -> int:
        """Append an item, return its id: greater than all that the recipient has."""
        row = await self.session.execute(
            sql(
                """
                WITH next AS (
                    INSERT INTO mailbox (person_id, last_id) VALUES (:person, 1)
                    ON CONFLICT (person_id) DO UPDATE SET last_id = mailbox.last_id + 1
                    RETURNING last_id)
                INSERT INTO mailbox_item (person_id, id, op, card, turn, at)
                SELECT :person, last_id, :op, :card, :turn, :now FROM next
                RETURNING id
                """
            ),
            {
                "person": delivery.person, "op": delivery.op, "turn": delivery.turn,
                "card": seal_json(delivery.card.public(), _CARD), "now": self.now,
            },
        )  # fmt: skip
        number = int(row.scalar_one())
        wake(self.session, "mailbox", person=str(delivery.person), id=number)
        return number


def _item(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "op": row.op,
        "card": open_json(row.card, _CARD),
        "at": row.at.isoformat(),
    }


async def items_after(session: Session, person: UUID, *, after: int) -> list[dict[str, Any]]:
    """List items with id > after, oldest first, at most 500."""
    rows = await session.execute(
        sql(
            """
            SELECT id, op, card, at FROM mailbox_item
            WHERE person_id = :person AND id > :after ORDER BY id LIMIT :page
            """
        ),
        {"person": person, "after": after, "page": PAGE},
    )
    return [_item(row) for row in rows]


async def items_of_turn(session: Session, person: UUID, turn: int) -> list[dict[str, Any]]:
    """List a turn's own items, oldest first."""
    rows = await session.execute(
        sql(
            """
            SELECT id, op, card, at FROM mailbox_item
            WHERE person_id = :person AND turn = :turn ORDER BY id
            """
        ),
        {"person": person, "turn": turn},
    )
    return [_item(row) for row in rows]


async def newest_with_buttons(session: Session, person: UUID) -> Card | None:
    """Find the card that a bare number answers: the newest with a button that is no mere link."""
    rows = await session.execute(
        sql("SELECT card FROM mailbox_item WHERE person_id = :person ORDER BY id DESC LIMIT 20"),
        {"person": person},
    )
    seen: set[str] = set()
    for row in rows:
        data = open_json(row.card, _CARD)
        if data["key"] not in seen and any(action["token"] for action in data["actions"]):
            for action in data["actions"]:
                action["args"] = {}
            return Card.load(data)
        seen.add(data["key"])
    return None
