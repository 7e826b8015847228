"""Devices that fell silent: after their own alarm, or several of a flat at once.

What a whole gateway took with it is told by its outage (services/gateways.py).
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from core.db import Session, sql
from services import gateways
from services.map_points import UNREACHED
from services.rules.kinds import CHECK_IN
from services.tickets.judge import Signal

AFTER_ALARM = timedelta(minutes=60)
_OF_A_FLAT = 2
AFTER, FLAT = "silent_after_alarm", "flat_silent"
_FLATS = sql(
    f"""
    WITH wanted AS (
        SELECT CAST(one AS uuid) AS id FROM unnest(CAST(:devices AS uuid[])) AS one
        UNION SELECT o.id FROM device d JOIN device o ON o.home_index = d.home_index
        WHERE d.id = ANY(CAST(:devices AS uuid[])))
    SELECT d.id, d.community_id AS community, d.grid_id AS grid, d.home_index, p.last_seen,
           coalesce(p.online, true) AND NOT {UNREACHED} AS online
    FROM wanted JOIN device d ON d.id = wanted.id
    LEFT JOIN device_presence p ON p.device_id = d.id
    WHERE d.removed_at IS NULL
    """  # noqa: S608  (a literal of ours)
)
_ALARMED = sql(
    """
    SELECT device_id, max(alarm_at) AS at FROM ticket
    WHERE device_id = ANY(CAST(:devices AS uuid[])) AND severity IN ('life', 'care')
      AND what <> :after AND what <> :flat AND what NOT LIKE '%\\_silent'
    GROUP BY device_id
    """
)


class Watched(Protocol):
    """A device whose silence is due to be judged."""

    @property
    def id(self) -> UUID: ...  # noqa: D102  what it is called says it


@dataclass(slots=True)
class Found:
    """Devices whose own silence is told by another ticket, and what else is to be said."""

    covered: set[UUID] = field(default_factory=set)
    signals: list[Signal] = field(default_factory=list)


async def look(session: Session, due: Sequence[Watched], *, now: datetime) -> Found:
    """Judge the silence of these devices together with their flats and gateways."""
    if not due:
        return Found()
    rows = (await session.execute(_FLATS, {"devices": [one.id for one in due]})).all()
    silent = [row.id for row in rows if _silent(row, now)]
    found = Found(await gateways.covered(session, silent, now=now))
    _flats(rows, found, now=now)
    looked = {one.id for one in due}
    alarmed = await _alarmed(session, [row for row in rows if not row.online], found.covered)
    for row in rows:
        if row.id in looked:
            active = _after_alarm(row, alarmed.get(row.id))
            found.signals.append(_signal(f"{row.id}:{AFTER}", AFTER, "care", row, active, now))
    return Found(found.covered, await _that_matter(session, found.signals))


async def _alarmed(
    session: Session, rows: Sequence[Any], covered: Collection[UUID]
) -> dict[UUID, datetime]:
    """Tell when these devices alarmed last, those left out whose outage is told."""
    devices = [row.id for row in rows if row.id not in covered]
    if not devices:
        return {}
    given = {"devices": devices, "after": AFTER, "flat": FLAT}
    return {row.device_id: row.at for row in await session.execute(_ALARMED, given)}


def _flats(rows: Sequence[Any], found: Found, *, now: datetime) -> None:
    """Find flats of which several devices, and no gateway, are silent."""
    flats: dict[bytes, list[Any]] = defaultdict(list)
    for row in rows:
        if row.home_index is not None:
            flats[row.home_index].append(row)
    for home, members in flats.items():
        silent = [row for row in members if _silent(row, now) and row.id not in found.covered]
        first = min(members, key=lambda row: row.id)
        active = len(silent) >= _OF_A_FLAT
        found.signals.append(
            _signal(f"flat:{bytes(home).hex()}:{FLAT}", FLAT, "care", first, active, now)
        )


def _silent(row: Any, now: datetime) -> bool:
    unheard = row.last_seen is not None and now - row.last_seen >= CHECK_IN
    return bool(not row.online or unheard)


def _after_alarm(row: Any, alarmed_at: datetime | None) -> bool:
    """Tell whether a device went offline within an hour of its own alarm."""
    if alarmed_at is None or row.last_seen is None:
        return False
    since: timedelta = row.last_seen - alarmed_at
    return -timedelta(minutes=1) <= since <= AFTER_ALARM


def _signal(  # noqa: PLR0917  its own words, in the order of a signal
    key: str, what: str, severity: str, row: Any, active: bool, now: datetime  # noqa: FBT001
) -> Signal:  # fmt: skip
    return Signal(
        key=key, what=what, severity=severity, community=row.community, grid=row.grid,
        device=row.id, active=active, ts=now,
    )  # fmt: skip


async def _that_matter(session: Session, signals: Sequence[Signal]) -> list[Signal]:
    """Keep alarms of keys that do not ring yet, and ends of those that do."""
    rows = await session.execute(
        sql(
            """
            SELECT key, recovered_at FROM ticket
            WHERE key = ANY(CAST(:keys AS text[])) AND status <> 'closed'
            """
        ),
        {"keys": [one.key for one in signals]},
    )
    alarming = {row.key: row.recovered_at is None for row in rows}
    return [one for one in signals if one.active is not alarming.get(one.key, False)]
