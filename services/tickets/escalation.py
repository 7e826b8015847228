"""Escalation: due tickets are swept, each step told, the next one set; a restart loses nothing."""

from datetime import datetime
from typing import Any

from core.db import Session, sql, wake
from models import Happened, Severity, Status
from services.tickets import audience, rings, safety
from services.tickets.answer import reopen
from services.tickets.callers import CALLS, HANDOVER
from services.tickets.chain import wait_after
from services.tickets.events import Entry, record

BATCH = 100


async def sweep(session: Session, *, now: datetime) -> int:
    """Take up to 100 due tickets one step further; returns how many were due.

    Rows that another process sweeps are skipped. An open ticket rings the next people; a resolved
    one whose device still alarms turns red again, unless the flat has given a sign of life since.
    """
    rows = (
        await session.execute(
            sql(
                """
                SELECT id, community_id, grid_id, what, severity, status, epoch, step, chain FROM ticket
                WHERE next_escalation_at <= :now
                ORDER BY next_escalation_at LIMIT :batch FOR UPDATE SKIP LOCKED
                """
            ),
            {"now": now, "batch": BATCH},
        )
    ).all()
    for row in rows:
        if row.status == Status.RESOLVED:
            if not await safety.lives(session, row.id, now=now):
                await reopen(session, row.id, now=now)
        else:
            await _step(session, row, now=now)
    return len(rows)


async def _step(session: Session, row: Any, *, now: datetime) -> None:
    stage = row.chain[min(row.step, len(row.chain) - 1)]
    await session.execute(
        sql(
            """
            UPDATE ticket SET step = step + 1, version = version + 1,
                              next_escalation_at = CAST(:now AS timestamptz) + CAST(:wait AS interval)
            WHERE id = :id
            """
        ),
        {
            "id": row.id,
            "now": now,
            "wait": wait_after(row.chain, min(row.step, len(row.chain) - 1)),
        },
    )
    kind, data = Happened.ESCALATED, {"step": row.step}
    if stage.get("asks"):
        kind, data = Happened.ASK_OVER, {"why": "nobody"}
    await record(session, [Entry(row.community_id, row.id, row.epoch, kind, now, data=data)])
    listeners = await _next(session, row, stage["to"], now=now)
    ring = rings.ring if row.severity == Severity.LIFE else audience.calmly
    await ring(session, listeners, now=now)
    await rings.refresh(session, [row.id], now=now)
    wake(session, "console", community=str(row.community_id))


async def _next(
    session: Session, row: Any, duties: list[str], *, now: datetime
) -> list[rings.Listener]:
    """List whom this step rings; a talk that waits rings nobody at home and nobody off duty."""
    talk = row.what == HANDOVER
    if row.grid_id is not None:
        people = await audience.of_grid(
            session, row.id, row.grid_id, duties, now=now, waking=not talk
        )
    elif row.what in CALLS:
        people = await audience.of_community(session, row.id, row.community_id, now=now)
    else:
        return []
    if "all" in duties and not talk:
        return await audience.household(session, row.id) + people
    return people
