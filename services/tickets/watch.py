"""Whoever took a ticket is watched: no arrival brings the backup once, silence brings it back."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.db import Session, sql
from core.errors import UserError
from models import Happened, Part, Severity, Status
from services.tickets import audience, rings
from services.tickets.acts import changed, locked, logged, too_late
from services.tickets.answer import reopen
from services.tickets.events import Entry, record

BATCH = 100
PROMISES = (5, 15)  # minutes
_RUNG = frozenset({Severity.LIFE.value, Severity.CARE.value})


async def promise(
    session: Session, by: Actor, *, ticket: UUID, minutes: int, now: datetime
) -> None:
    """Say how soon the acknowledger will be there; once, so that nobody puts it off for ever."""
    row = await locked(session, by, ticket)
    if row.status != Status.ACKED or row.acked_by != by.person or row.arrived_at is not None:
        raise too_late(row, by)
    if minutes not in PROMISES or row.promised_at is not None:
        raise UserError("ticket-promised-already", status=409)
    await changed(
        session, row,
        "promised_at = CAST(:now AS timestamptz) + CAST(:wait AS interval), "
        "watch_at = CAST(:now AS timestamptz) + CAST(:wait AS interval)",
        now=now, wait=timedelta(minutes=minutes),
    )  # fmt: skip
    await logged(session, row, Happened.PROMISED, by, now, data={"minutes": minutes})


async def sweep(session: Session, *, now: datetime) -> int:
    """Look at up to 100 taken tickets whose time is over; returns how many there were."""
    rows = (
        await session.execute(
            sql(
                """
                SELECT id, community_id, grid_id, severity, epoch, acked_by, arrived_at, watch,
                       watch_step
                FROM ticket WHERE status = 'acked' AND watch_at <= :now
                ORDER BY watch_at LIMIT :batch FOR UPDATE SKIP LOCKED
                """
            ),
            {"now": now, "batch": BATCH},
        )
    ).all()
    for row in rows:
        if row.watch_step == 0:
            await _overdue(session, row, now=now)
        else:
            await _returned(session, row, now=now)
    return len(rows)


async def _overdue(session: Session, row: Any, *, now: datetime) -> None:
    """Ring whoever took it, and as long as nobody is there, backup and lead too."""
    stage = "work" if row.arrived_at is not None else "arrival"
    await record(session, [_entry(row, Happened.OVERDUE, now, data={"stage": stage})])
    await changed(
        session, row,
        "watch_step = 1, watch_at = CAST(:now AS timestamptz) + CAST(:wait AS interval)",
        now=now, wait=timedelta(seconds=row.watch["again_s"]),
    )  # fmt: skip
    listeners = [rings.Listener(row.id, row.acked_by, Part.WORKER)]
    if stage == "arrival" and row.grid_id is not None:
        waking = row.severity in _RUNG
        others = await audience.of_grid(
            session, row.id, row.grid_id, ("backup", "lead"), now=now, waking=waking
        )
        listeners += [one for one in others if one.person != row.acked_by]
    await rings.ring(session, listeners, now=now)


async def _returned(session: Session, row: Any, *, now: datetime) -> None:
    """Give it back to everybody, in a new epoch with the full chain."""
    await record(session, [_entry(row, Happened.RETURNED, now)])
    await reopen(session, row.id, now=now, unasked="forgotten")


def _entry(row: Any, kind: Happened, now: datetime, data: dict[str, Any] | None = None) -> Entry:
    return Entry(
        row.community_id, row.id, row.epoch, kind, now, person=row.acked_by, data=data or {}
    )
