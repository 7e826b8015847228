"""Making cards arrive: claimed rows are rendered at the newest version, shown, and marked.

The request that waits delivers its own turn right after the commit; the worker does the rest. The
web chat's cards are shown within a transaction, a vendor's go out between two (`sending`).
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from core.db import Database, Session, sql
from core.log import logger
from core.metrics import OUTBOX_LAG
from core.ports import Delivery, Local, Vendor
from handlers import rendering, sending
from services import links, mailbox, outbox
from services.outbox import Due

AT_ONCE = 8
_BUG_RETRY_S = 2.0

Channels = Mapping[str, Local | Vendor]


async def deliver_turn(
    db: Database, turn: int, *, channels: Channels, now: datetime, base_url: str = ""
) -> None:
    """Show a turn's own cards; a repeated request waits for the first one here."""
    async with db.transaction() as session:
        await session.execute(
            sql("SELECT 1 FROM inbound WHERE id = :turn FOR UPDATE"), {"turn": turn}
        )
        rows = await outbox.claim(session, channels=channels, now=now, turn=turn)
        for row in rows:
            if isinstance(channel := channels[row.channel], Local):
                await _show(session, row, channel, now=now)
    for row in rows:
        if not isinstance(channel := channels[row.channel], Local):
            await sending.send(db, row, channel, now=now, base_url=base_url)


async def deliver_due(
    db: Database, *, channels: Channels, now: datetime, limit: int = 50, base_url: str = ""
) -> int:
    """Claim due rows and make each arrive by itself; returns how many were claimed.

    People are served side by side, one person's cards in their order.
    """
    async with db.transaction() as session:
        rows = await outbox.claim(session, channels=channels, now=now, limit=limit)
    OUTBOX_LAG.set(max(((now - row.created_at).total_seconds() for row in rows), default=0))
    by_person: dict[UUID, list[Due]] = defaultdict(list)
    for row in rows:
        by_person[row.person].append(row)
    limit_at_once = asyncio.Semaphore(AT_ONCE)
    began = monotonic()

    async def deliver_to_one(queue: list[Due]) -> None:
        async with limit_at_once:
            for row in queue:
                # Vendors count by the moment of the send: a batch may take seconds.
                then = now + timedelta(seconds=monotonic() - began)
                await _deliver_one(db, row, channels[row.channel], now=then, base_url=base_url)

    await asyncio.gather(*(deliver_to_one(queue) for queue in by_person.values()))
    return len(rows)


async def _deliver_one(
    db: Database, row: Due, channel: Local | Vendor, *, now: datetime, base_url: str
) -> None:
    try:
        if isinstance(channel, Local):
            await db.run(lambda session: _show(session, row, channel, now=now))
        else:
            await sending.send(db, row, channel, now=now, base_url=base_url)
    except Exception as error:  # noqa: BLE001  one card's bug must not stop the others
        logger().error("outbox.failed", exc=error, row=row.id, kind=row.kind)
        await _give_back(db, row, type(error).__name__, now=now)


async def _give_back(db: Database, row: Due, reason: str, *, now: datetime) -> None:
    """Set the next try; after eight leave a dead letter to be seen."""
    last = row.attempts >= sending.GIVE_UP_AFTER
    retry_at = None if last else now + timedelta(seconds=_BUG_RETRY_S**row.attempts)
    await db.run(lambda session: outbox.failed(session, row, reason=reason, retry_at=retry_at))


async def _show(session: Session, row: Due, channel: Local, *, now: datetime) -> None:
    shown = await rendering.render(session, row, now=now)
    if shown is None:
        return
    card = links.signed(shown.card, row.person, now=now)
    delivery = Delivery(row.person, shown.op, card, row.turn)
    await channel.show(delivery, mailbox.SessionMailbox(session, now))
    await rendering.note(session, row, shown, now=now)
