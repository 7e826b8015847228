"""Judging again after a rule has changed: what is known of every device, by the new version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.db import Session, sql
from services.rules import kinds, memory
from services.rules.book import Book
from services.rules.kinds import ON_READING, Memory, RuleInForce
from services.rules.memory import Slot
from services.tickets import alarms
from services.tickets.judge import Signal

_STATES = sql(
    """
    SELECT d.id, d.community_id AS community, d.grid_id AS grid, d.kind, d.source, d.home_index,
           s.people, st.metric, st.value, st.ts, t.severity AS live
    FROM device d
    LEFT JOIN device_scope s ON s.device_id = d.id
    LEFT JOIN ticket t ON t.key = d.id || ':' || :key AND t.status <> 'closed'
    JOIN device_state st ON st.device_id = d.id
    WHERE d.community_id = :community AND d.removed_at IS NULL
      AND st.metric IN (SELECT metric FROM rule WHERE community_id = :community AND key = :key)
    ORDER BY d.id
    """
)


@dataclass(frozen=True, slots=True)
class _Device:
    id: UUID
    community: UUID
    kind: str
    source: str
    home_index: bytes | None
    people: tuple[bytes, ...]


async def of(session: Session, *, community: UUID, key: str, now: datetime) -> None:
    """Judge each device's newest value by the rule as it stands now; timers fall due at once."""
    book = Book()
    await book.refresh(session, now=now)
    await session.execute(
        sql("UPDATE rule_state SET due_at = :now WHERE community_id = :community AND key = :key"),
        {"now": now, "community": community, "key": key},
    )
    rows = (await session.execute(_STATES, {"community": community, "key": key})).all()
    pairs = [(row, _rule(book, row, key)) for row in rows]
    judged = [(row, rule) for row, rule in pairs if rule is None or rule.kind in ON_READING]
    changed: dict[Slot, Memory] = {}
    signals: list[Signal] = []
    for row, rule in judged:
        active = False
        if rule is not None and rule.metric == row.metric:
            verdict = kinds.read(rule, kinds.NOTHING, row.value, row.ts)
            active = bool(verdict.active)
            if rule.remembers:
                changed[row.id, key] = verdict.memory
        if active or row.live is not None:
            signals.append(_signal(row, rule, key, active=active, now=now))
    await memory.keep(session, changed, {row.id: row.community for row in rows})
    await _apply(session, signals, now=now)


async def _apply(session: Session, signals: Sequence[Signal], *, now: datetime) -> None:
    if signals:
        await alarms.apply(session, signals, now=now)


def _rule(book: Book, row: Any, key: str) -> RuleInForce | None:
    device = _Device(
        row.id, row.community, row.kind, row.source, row.home_index, tuple(row.people or ())
    )
    return next((rule for rule in book.rules_of(device) if rule.key == key), None)


def _signal(row: Any, rule: RuleInForce | None, key: str, *, active: bool, now: datetime) -> Signal:
    return Signal(
        key=f"{row.id}:{key}",
        what=key,
        severity=rule.severity if rule else row.live,
        community=row.community,
        grid=row.grid,
        device=row.id,
        active=active,
        ts=now,
    )
