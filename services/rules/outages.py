"""Devices that fell silent: after their own alarm, several of a flat at once, or a whole gateway.

Most devices of a gateway silent at once is its outage: one ticket, which lists who is unprotected
now, instead of one for each device. Where no gateway is registered, the devices of one source in a
building stand for it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from core.db import Session, sql
from services.rules.kinds import CHECK_IN
from services.tickets import protects
from services.tickets.judge import Signal

AFTER_ALARM = timedelta(minutes=60)
_FEWEST = 3  # devices of a gateway; fewer are so many single ones
_OF_A_FLAT = 2
AFTER, FLAT, GATEWAY = "silent_after_alarm", "flat_silent", "gateway_offline"
_GROUPS = sql(
    """
    SELECT d.id, d.community_id AS community, d.grid_id AS grid, d.building_id, d.gateway_id, d.source,
           d.kind, d.home_index, d.place, b.name AS building, p.last_seen, coalesce(p.online, true) AND coalesce(h.online, true) AS online,
           EXISTS (SELECT 1 FROM ticket o WHERE o.key = 'gateway:' || p.down_with
                   AND o.status <> 'closed') AND NOT p.online AS told,
           (SELECT max(t.alarm_at) FROM ticket t WHERE t.device_id = d.id
              AND t.severity IN ('life', 'care') AND t.what <> :after AND t.what <> :flat
              AND t.what NOT LIKE '%\\_silent') AS alarmed_at
    FROM device d LEFT JOIN building b ON b.id = d.building_id
    LEFT JOIN device_presence p ON p.device_id = d.id
    LEFT JOIN device_presence h ON h.device_id = d.gateway_id
    WHERE d.removed_at IS NULL AND (d.id = ANY(CAST(:devices AS uuid[])) OR EXISTS (
        SELECT 1 FROM device o WHERE o.id = ANY(CAST(:devices AS uuid[]))
          AND (o.home_index = d.home_index OR o.gateway_id = d.gateway_id
               OR (o.building_id = d.building_id AND o.source = d.source))))
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
    found = Found()
    if not due:
        return found
    rows = (
        await session.execute(
            _GROUPS, {"devices": [one.id for one in due], "after": AFTER, "flat": FLAT}
        )
    ).all()
    found.covered |= {row.id for row in rows if row.told}
    _gateways(rows, await protects.of(session, rows), found, now=now)
    _flats(rows, found, now=now)
    looked = {one.id for one in due}
    for row in rows:
        if row.id in looked:
            active = _after_alarm(row) and row.id not in found.covered
            found.signals.append(_signal(f"{row.id}:{AFTER}", AFTER, "care", row, active, now))
    return Found(found.covered, await _that_matter(session, found.signals))


def _gateways(
    rows: Sequence[Any], protected: Mapping[UUID, list[UUID]], found: Found, *, now: datetime
) -> None:
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if row.told:
            continue
        if row.gateway_id is not None:
            groups[f"gateway:{row.gateway_id}"].append(row)
        elif row.building_id is not None:
            groups[f"gateway:{row.building_id}:{row.source}"].append(row)
    for key, members in groups.items():
        silent = [row for row in members if _silent(row, now)]
        homes = {row.home_index for row in silent}
        out = (
            len(members) >= _FEWEST and len(silent) * 2 > len(members) and len(homes) >= _OF_A_FLAT
        )
        if out:
            found.covered |= {row.id for row in silent}
        people = {str(person) for row in silent for person in protected.get(row.id, ())}
        first = members[0]
        found.signals.append(
            Signal(
                key=key, what=GATEWAY, severity="maintenance",
                community=first.community, grid=first.grid, device=None, active=out, ts=now,
                place=f"{first.building or first.source} · {first.source}", people=tuple(sorted(people)),
            )
        )  # fmt: skip


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


def _after_alarm(row: Any) -> bool:
    """Tell whether a device went offline within an hour of its own alarm."""
    if row.online or row.alarmed_at is None or row.last_seen is None:
        return False
    since: timedelta = row.last_seen - row.alarmed_at
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
