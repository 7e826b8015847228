"""Making cards arrive: claimed rows are rendered at the newest version, shown, and marked.

The request that waits delivers its own turn right after the commit; the worker does the rest.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from cards.calls import card_of
from core.card import Card
from core.db import Database, Session, sql, wake
from core.errors import Ambiguous, Permanent, Retryable
from core.i18n import Translator
from core.log import logger
from core.metrics import ALARM_TO_CARD, OUTBOX_LAG
from core.ports import Channel, Delivery
from services import actors, buttons, mailbox, outbox
from services.outbox import Due
from services.tickets import queries

GIVE_UP_AFTER = 8
AT_ONCE = 4

Channels = Mapping[str, Channel]


async def deliver_turn(db: Database, turn: int, *, channels: Channels, now: datetime) -> None:
    """Show a turn's own cards; a repeated request waits for the first one here."""
    async with db.transaction() as session:
        await session.execute(
            sql("SELECT 1 FROM inbound WHERE id = :turn FOR UPDATE"), {"turn": turn}
        )
        for row in await outbox.claim(session, now=now, turn=turn):
            await _show(session, row, channels, now=now)


async def deliver_due(db: Database, *, channels: Channels, now: datetime, limit: int = 50) -> int:
    """Claim due rows and show each in a transaction of its own; returns how many were claimed.

    People are served side by side, one person's cards in their order.
    """
    async with db.transaction() as session:
        rows = await outbox.claim(session, now=now, limit=limit)
    OUTBOX_LAG.set(max(((now - row.created_at).total_seconds() for row in rows), default=0))
    by_person: dict[UUID, list[Due]] = defaultdict(list)
    for row in rows:
        by_person[row.person].append(row)
    limit_at_once = asyncio.Semaphore(AT_ONCE)

    async def deliver_to_one(queue: list[Due]) -> None:
        async with limit_at_once:
            for row in queue:
                await _deliver_one(db, row, channels, now=now)

    await asyncio.gather(*(deliver_to_one(queue) for queue in by_person.values()))
    return len(rows)


async def _deliver_one(db: Database, row: Due, channels: Channels, *, now: datetime) -> None:
    try:
        await db.run(lambda session: _show(session, row, channels, now=now))
    except (Retryable, Permanent, Ambiguous) as error:
        after = error.after if isinstance(error, Retryable) else None
        await _give_back(db, row, str(error), after, now=now)
    except Exception as error:  # noqa: BLE001  one card's bug must not stop the others
        logger().error("outbox.failed", exc=error, row=row.id, kind=row.kind)
        await _give_back(db, row, type(error).__name__, 2.0**row.attempts, now=now)


async def _give_back(
    db: Database, row: Due, reason: str, after: float | None, *, now: datetime
) -> None:
    """Set the next try; after eight, or when it is of no use, leave a dead letter to be seen."""
    last = after is None or row.attempts >= GIVE_UP_AFTER
    retry_at = None if last or after is None else now + timedelta(seconds=after)

    async def work(session: Session) -> None:
        await outbox.failed(session, row, reason=reason, retry_at=retry_at)

    await db.run(work)


async def _show(session: Session, row: Due, channels: Channels, *, now: datetime) -> None:
    channel = channels.get(row.channel)
    if channel is None:
        raise Permanent(f"no channel {row.channel} in this process")
    if row.kind == "ticket":
        await _show_ticket(session, row, channel, now=now)
        return
    card = await buttons.mint(
        session, Card.load(row.payload), person=row.person, channel=row.channel, now=now
    )
    box = mailbox.SessionMailbox(session, now)
    await channel.show(Delivery(row.person, "message", card, row.turn), box)
    await outbox.sent(session, row)


async def _show_ticket(session: Session, row: Due, channel: Channel, *, now: datetime) -> None:
    """Render the ticket as it is now; skip when this person has seen as much already."""
    keys: dict[str, UUID] = {"ticket": row.object_id, "person": row.person}
    shown = await queries.lock_card(session, **keys, channel=row.channel)
    view = await queries.view(session, row.object_id)
    rendered = replace(row, version=view.version)
    if shown is None or (shown.shown_ring >= shown.ring and shown.shown_version >= view.version):
        await outbox.sent(session, rendered)
        return
    profile = await actors.profile(session, row.person, channel=row.channel)
    card = card_of(view, shown.part, row.person, Translator(profile.lang), now=now)
    card = await buttons.mint(session, card, person=row.person, channel=row.channel, now=now)
    op: Literal["message", "update"] = "message" if shown.ring > shown.shown_ring else "update"
    box = mailbox.SessionMailbox(session, now)
    await channel.show(Delivery(row.person, op, card, row.turn), box)
    if op == "message":
        ALARM_TO_CARD.observe((now - row.created_at).total_seconds())
    await queries.card_shown(
        session, **keys, channel=row.channel, ring=shown.ring, version=view.version, now=now
    )
    await outbox.sent(session, rendered)
    wake(session, "card", ticket=str(row.object_id))
