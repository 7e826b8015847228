"""Readings judged: which of them say something about a ticket."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.db import Session, sql
from services.ingest import late, zones
from services.ingest.registry import LIFE_KINDS, RuleInForce
from services.ingest.rows import Row
from services.tickets.judge import Signal


async def of(session: Session, rows: Sequence[Row], *, now: datetime) -> list[Signal]:
    """Judge each reading by the rules of its community and metric.

    Whatever could be read from a life device also clears its "unreadable" alarm. A clearing
    reading matters to a live ticket alone, and of most devices there is none.
    """
    rows = [*rows, *await late.said_since(session, rows)]
    alarming = {row.known.id for row in rows if any(_holds(row, rule) for rule in row.rules)}
    quiet = {row.known.id for row in rows} - alarming
    watched = alarming | await _with_live_ticket(session, quiet)
    rows = await _freed(session, [row for row in rows if row.known.id in watched], now=now)
    readable = {row.known.id: _readable(row) for row in rows if row.known.kind in LIFE_KINDS}
    return [*readable.values(), *(_judged(row, rule) for row in rows for rule in row.rules)]


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


def _holds(row: Row, rule: RuleInForce) -> bool:
    return rule.holds(float(row.reading.value))


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
    return Signal(
        key=f"{row.known.id}:{rule.key}",
        what=rule.key,
        severity=rule.severity,
        community=row.known.community,
        grid=row.known.grid,
        device=row.known.id,
        active=_holds(row, rule),
        ts=row.reading.ts,
        retained=row.message.retained,
    )
