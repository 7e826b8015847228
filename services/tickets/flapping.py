"""Devices that flap: an alarm that clears and returns rings three times an hour, then stays quiet.

What is for a life, or goes the same way, rings each time. Each return keeps its ticket, and what
flaps goes on the daily list once, so that somebody looks at the device.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.crypto import open_json
from core.db import Session, sql
from models import DeviceKind, Severity
from services.tickets.chain import AT_ONCE
from services.tickets.judge import Signal

WITHIN = timedelta(hours=1)
RINGS = 3
FLAPPING = "device_flapping"
# Cars and people come and go before a camera; that is no fault of it.
_SEEN = frozenset(
    {
        DeviceKind.CAMERA, DeviceKind.LANE, DeviceKind.RUBBISH, DeviceKind.PARKING,
        DeviceKind.STREET,
    }
)  # fmt: skip
_TIMES = """
    SELECT t.id, t.what, t.severity, t.device_id, t.community_id, t.grid_id, d.kind, d.place,
           1 + count(e.id) AS times
    FROM ticket t JOIN device d ON d.id = t.device_id
    JOIN ticket n ON n.key = t.key
    LEFT JOIN ticket_event e ON e.ticket_id = n.id AND e.kind = 'recovered' AND e.at > :since
    WHERE t.id = ANY(CAST(:tickets AS uuid[])) GROUP BY t.id, d.id
"""
_FLAPPING = sql(_TIMES + "HAVING count(e.id) >= :rings ORDER BY t.id")
_ONE = sql(_TIMES)


@dataclass(frozen=True, slots=True)
class Flaps:
    """Of tickets that alarm again: which ring nobody, and what goes on the daily list."""

    quiet: frozenset[UUID]
    listed: tuple[Signal, ...]


NONE = Flaps(frozenset(), ())


async def of(session: Session, tickets: Collection[UUID], *, now: datetime) -> Flaps:
    """Find those whose alarm has returned more often within the hour than it may ring."""
    if not tickets:
        return NONE
    rows = (
        await session.execute(
            _FLAPPING, {"tickets": list(tickets), "since": now - WITHIN, "rings": RINGS}
        )
    ).all()
    return Flaps(
        frozenset(row.id for row in rows if may_be_quiet(row.what, row.severity)),
        tuple(_listed(row, now) for row in rows if row.kind not in _SEEN),
    )


async def times(session: Session, ticket: UUID, *, now: datetime) -> int:
    """Count how often the alarm of a ticket came within the hour, this time included."""
    rows = await session.execute(_ONE, {"tickets": [ticket], "since": now - WITHIN})
    row = rows.one_or_none()
    return int(row.times) if row is not None else 0


def may_be_quiet(what: str, severity: str) -> bool:
    """Tell whether an alarm may return without ringing: never one that somebody's life hangs on."""
    return severity != Severity.LIFE and what not in AT_ONCE and what != "lane_blocked"


def _listed(row: Any, now: datetime) -> Signal:
    return Signal(
        key=f"{FLAPPING}:{row.device_id}", what=FLAPPING, severity="maintenance",
        community=row.community_id, grid=row.grid_id, device=None, active=True, ts=now,
        place=open_json(row.place, "device.place")["name"],
    )  # fmt: skip
