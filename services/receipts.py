"""Messages that a vendor took: their receipts are what an edit must show again."""

from datetime import datetime, timedelta
from uuid import UUID

from core.crypto import open_json, seal_json
from core.db import Session, sql
from core.ports import Receipt

_RECEIPT = "vendor_message.receipt"
# Telegram edits for 48 hours, WeChat Work for 72.
USABLE = timedelta(hours=72)


async def keep(
    session: Session, receipt: Receipt, *, ticket: UUID, person: UUID, channel: str, now: datetime
) -> None:
    """Remember the newest receipt of a person's card."""
    await session.execute(
        sql(
            """
            INSERT INTO vendor_message (object_id, person_id, channel, receipt, sent_at)
            VALUES (:ticket, :person, :channel, :receipt, :now)
            """
        ),
        {
            "ticket": ticket, "person": person, "channel": channel, "now": now,
            "receipt": seal_json(receipt, _RECEIPT),
        },
    )  # fmt: skip


async def usable(
    session: Session, *, ticket: UUID, person: UUID, channel: str, now: datetime
) -> list[tuple[int, Receipt]]:
    """List the receipts that may still serve an edit, newest first."""
    rows = await session.execute(
        sql(
            """
            SELECT id, receipt FROM vendor_message
            WHERE object_id = :ticket AND person_id = :person AND channel = :channel
              AND spent_at IS NULL AND sent_at > :since
            ORDER BY id DESC LIMIT 10
            """
        ),
        {"ticket": ticket, "person": person, "channel": channel, "since": now - USABLE},
    )
    return [(row.id, open_json(row.receipt, _RECEIPT)) for row in rows]


async def spend(session: Session, receipts: list[int], *, now: datetime) -> None:
    """Mark receipts that serve no more."""
    await session.execute(
        sql("UPDATE vendor_message SET spent_at = :now WHERE id = ANY(CAST(:ids AS bigint[]))"),
        {"ids": receipts, "now": now},
    )
