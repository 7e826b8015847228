"""Messages that cannot be read or applied: kept sealed with the reason, and never in silence."""

from datetime import datetime

from core.crypto import seal_json
from core.db import Session, sql
from services.ingest.registry import LIFE_KINDS, Address, Registry
from services.tickets import alarms
from services.tickets.judge import Signal

_KEPT_BYTES = 4096


async def bury(
    session: Session, *, source: str, topic: str, payload: bytes, reason: str, now: datetime
) -> None:
    """Store an unreadable or inapplicable message; of a long one its first 4 KiB."""
    await session.execute(
        sql(
            """
            INSERT INTO dead_letter (source, topic, payload, reason, received_at)
            VALUES (:source, :topic, :payload, :reason, :now)
            """
        ),
        {
            "source": source,
            "topic": seal_json(topic, "dead_letter.topic"),
            "payload": seal_json(payload[:_KEPT_BYTES].hex(), "dead_letter.payload"),
            "reason": reason,
            "now": now,
        },
    )


async def alarm_unreadable(
    session: Session, registry: Registry, address: Address | None, *, now: datetime
) -> None:
    """Ring the operator when the unreadable message came from a device that guards a life."""
    if address is None:
        return
    await registry.refresh(session, [address], now=now)
    known = registry.devices.get(address)
    if known is None or known.kind not in LIFE_KINDS:
        return
    signal = Signal(
        key=f"{known.id}:unreadable",
        what="unreadable",
        severity="life",
        community=known.community,
        grid=known.grid,
        device=known.id,
        active=True,
        ts=now,
    )
    await alarms.apply(session, [signal], now=now)
