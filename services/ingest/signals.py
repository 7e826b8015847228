"""Readings judged: which of them say something about a ticket."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.db import Session, sql
from services.ingest import late, zones
from services.ingest.registry import LIFE_KINDS
from services.ingest.rows import Row
from services.rules import kinds, memory
from services.rules.kinds import RuleInForce
from services.rules.memory import Slot
from services.tickets.judge import Signal


async def of(
    session: Session, rows: Sequence[Row], *, disordered: bool, now: datetime
) -> list[Signal]:
    """Judge each reading by the rules of its device and metric.

    Whatever could be read from a life device also clears its "unreadable" alarm. A clearing
    reading matters to a live ticket alone, and of most devices there is none. An alarm that comes
    after a newer reading (where some are `disordered`) is judged, and the newer one after it.
    """
    if disordered:
        rows = [*rows, *await late.said_since(session, rows)]
    rows = await _freed(session, list(rows), now=now)
    signals = [_judged(row, rule) for row in rows for rule in row.rules if not rule.remembers]
    signals += await _remembering(session, rows)
    alarming = {one.device for one in signals if one.active}
    quiet = {row.known.id for row in rows} - alarming
    watched = alarming | await _with_live_ticket(session, quiet)
    readable = {
        row.known.id: _readable(row)
        for row in rows
        if row.known.kind in LIFE_KINDS and row.known.id in watched
    }
    return [*readable.values(), *(one for one in signals if one.device in watched)]


async def _remembering(session: Session, rows: Sequence[Row]) -> list[Signal]:
    """Judge by the rules that remember; what the broker remembers does not count for them."""
    wanted = [
        (row, rule)
        for row in rows
        for rule in row.rules
        if rule.remembers and not row.message.retained
    ]
    if not wanted:
        return []
    known = await memory.load(session, {(row.known.id, rule.key) for row, rule in wanted})
    changed: dict[Slot, kinds.Memory] = {}
    found: list[Signal] = []
    for row, rule in wanted:
        slot = (row.known.id, rule.key)
        verdict = kinds.read(rule, known[slot], float(row.reading.value), row.reading.ts)
        if verdict.memory != known[slot]:
            known[slot] = changed[slot] = verdict.memory
        if verdict.active is not None:
            found.append(_signal(row, rule, verdict.active, row.reading.ts))
    await memory.keep(session, changed, {row.known.id: row.known.community for row, _ in wanted})
    return found


async def _with_live_ticket(session: Session, devices: set[UUID]) -> set[UUID]:
    if not devices:
        return set()
    found = await session.execute(
        sql(
            """
            SELECT DISTINCT device_id FROM ticket
            WHERE device_id = ANY(CAST(:devices AS uuid[])) AND status <> 'closed'
            """
        ),
        {"devices": list(devices)},
    )
    return set(found.scalars())


async def _freed(session: Session, rows: list[Row], *, now: datetime) -> list[Row]:
    """Leave out that an object left a zone in which another still stands."""
    left = {
        (row.known.id, row.reading.zone)
        for row in rows
        if row.reading.zone is not None and not row.reading.value
    }
    if not left:
        return rows
    taken = await zones.occupied(session, left, now=now)
    return [
        row for row in rows if row.reading.value or (row.known.id, row.reading.zone) not in taken
    ]


def _readable(row: Row) -> Signal:
    return Signal(
        key=f"{row.known.id}:unreadable",
        what="unreadable",
        severity="life",
        community=row.known.community,
        grid=row.known.grid,
        device=row.known.id,
        active=False,
        ts=row.message.received,
    )


def _judged(row: Row, rule: RuleInForce) -> Signal:
    return _signal(row, rule, rule.holds(float(row.reading.value)), row.reading.ts)


def _signal(row: Row, rule: RuleInForce, active: bool, ts: datetime) -> Signal:  # noqa: FBT001  its verdict
    return Signal(
        key=f"{row.known.id}:{rule.key}",
        what=rule.key,
        severity=rule.severity,
        community=row.known.community,
        grid=row.known.grid,
        device=row.known.id,
        active=active,
        ts=ts,
        retained=row.message.retained,
    )
