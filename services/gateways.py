"""Outages of gateways: noticed within minutes, as one ticket that lists who is unprotected.

A gateway is a device of the registry, and what hangs on it refers to it. Where none is known, the
devices of one source in a house stand together. A gateway is out when it says so, when most of
its devices are silent each by itself, or when all are silent for twice as long as ever within a
week; the last is written down with each of them (`device_presence.unreached_at`).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from core.crypto import open_json
from core.db import Session, sql
from services.rules.kinds import CHECK_IN
from services.tickets import alarms, protects
from services.tickets.judge import Signal

OFFLINE: Final = "gateway_offline"
# Fewer devices, or of a single flat, are judged each by itself and as a flat.
_FEWEST, _PLACES = 3, 2
_SOONEST = timedelta(minutes=15)
_KNOWN_FOR, _LEARNT_FROM = timedelta(days=2), timedelta(days=7)
_AT_ONCE, _SAMPLE = 20, 20
_NEW = timedelta(hours=1)  # what came by a list has so long to say its first word
_ALL = "SELECT * FROM device WHERE removed_at IS NULL AND kind <> 'gateway'"
_THEIRS = """
    SELECT m.* FROM device d JOIN device m ON m.gateway_id = d.gateway_id
    WHERE d.id = ANY(CAST(:devices AS uuid[])) AND m.removed_at IS NULL
    UNION
    SELECT m.* FROM device d JOIN device m ON m.building_id = d.building_id
         AND m.source = d.source AND m.gateway_id IS NULL
    WHERE d.id = ANY(CAST(:devices AS uuid[])) AND d.gateway_id IS NULL
      AND m.removed_at IS NULL AND m.kind <> 'gateway'
"""
_HUBS = """
    WITH member AS (
        SELECT d.id, d.home_index, coalesce(g.gateway_id, d.gateway_id) AS gateway_id,
               'gateway:' || coalesce(CAST(coalesce(g.gateway_id, d.gateway_id) AS text),
                                      d.building_id || ':' || d.source) AS key,
               coalesce(p.online, true) AS online, p.last_seen, p.unreached_at,
               coalesce(p.last_seen < :day, false)
                   OR (p.online IS FALSE AND (p.last_seen IS NOT NULL OR d.installed_at <= :new))
                   AS silent
        FROM ({of}) d LEFT JOIN device g ON g.id = d.gateway_id
        LEFT JOIN device_presence p ON p.device_id = d.id
        WHERE CASE WHEN d.gateway_id IS NULL THEN d.building_id IS NOT NULL
                   ELSE g.kind = 'gateway' OR g.gateway_id IS NOT NULL END)
    SELECT hub.*, h.online IS FALSE AND s.value IS NOT NULL AS said,
           greatest(heard, CASE s.value WHEN 1 THEN s.ts END) AS proven
    FROM (
        SELECT key, gateway_id, array_agg(id) AS devices,
               array_agg(id) FILTER (WHERE silent) AS silent,
               count(DISTINCT coalesce(home_index, uuid_send(id))) AS places,
               max(last_seen) FILTER (WHERE online) AS heard, max(unreached_at) AS since
        FROM member GROUP BY key, gateway_id) hub
    LEFT JOIN device_presence h ON h.device_id = hub.gateway_id
    LEFT JOIN device_state s ON s.device_id = hub.gateway_id AND s.metric = 'online'
    WHERE h.online IS FALSE OR since IS NOT NULL OR heard < :before
       OR 2 * cardinality(silent) > cardinality(devices)
    ORDER BY heard DESC NULLS LAST
"""
_OF_ALL, _OF_THESE = sql(_HUBS.format(of=_ALL)), sql(_HUBS.format(of=_THEIRS))
# A device that is heard proves that its gateway lives, whatever was said before.
_PROVEN = sql(
    """
    UPDATE device_presence h SET online = true
    FROM device g LEFT JOIN device_state s ON s.device_id = g.id AND s.metric = 'online'
    WHERE h.device_id = g.id AND h.online IS FALSE AND g.kind = 'gateway'
      AND EXISTS (SELECT 1 FROM device d JOIN device_presence p ON p.device_id = d.id
                  WHERE d.gateway_id = g.id AND p.online
                    AND p.last_seen > coalesce(s.ts, '-infinity'))
    """
)
_MARK = sql(
    """
    UPDATE device_presence SET unreached_at = :at
    WHERE device_id = ANY(CAST(:devices AS uuid[]))
    """
)
_LONGEST = sql(
    """
    SELECT max(gap) AS longest, min(ts) AS since FROM (
        SELECT ts, ts - lag(ts) OVER (ORDER BY ts) AS gap FROM reading
        WHERE device_id = ANY(CAST(:devices AS uuid[])) AND ts > :since AND ts <= :heard) AS said
    """
)
_TOLD = sql(
    """
    SELECT key, community_id FROM ticket
    WHERE what = :what AND status <> 'closed' AND recovered_at IS NULL
    """
)
_DEVICES = sql(
    """
    SELECT d.id, d.community_id, d.grid_id, d.kind, d.source, d.place, b.name AS building
    FROM device d LEFT JOIN building b ON b.id = d.building_id
    WHERE d.id = ANY(CAST(:devices AS uuid[])) ORDER BY d.id
    """
)
Later = dict[str, datetime]  # which groups need not be looked at before then


async def watch(session: Session, later: Later, *, now: datetime) -> int:
    """Notice all gateways that are out and those that are back; returns how many fell silent."""
    await session.execute(_PROVEN)
    hubs = await _hubs(session, _OF_ALL, now=now)
    back = {row.key for row in hubs if row.since and row.proven and row.proven > row.since}
    lost = await _lost(session, hubs, later, now=now)
    await _mark(session, [row for row in hubs if row.key in back], at=None)
    await _mark(session, [row for row in hubs if row.key in lost], at=now)
    out = [row for row in hubs if row.key in lost or _out(row, back)]
    told = {row.key: row.community_id for row in await session.execute(_TOLD, {"what": OFFLINE})}
    await _tell(session, [row for row in out if row.key not in told], now=now)
    over = told.keys() - {row.key for row in out}
    ended = [_signal(key, told[key], active=False, now=now) for key in sorted(over)]
    if ended:
        await alarms.apply(session, ended, now=now)
    return len(lost)


async def covered(session: Session, devices: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Find which devices' silence is told by the outage that they are part of; tell of it now."""
    if not devices:
        return set()
    hubs = await _hubs(session, _OF_THESE, now=now, devices=list(devices))
    out = [row for row in hubs if _out(row, set())]
    told = set((await session.execute(_TOLD, {"what": OFFLINE})).scalars()) if out else set()
    await _tell(session, [row for row in out if row.key not in told], now=now)
    return {
        one for row in out for one in (row.devices if row.said or row.since else row.silent)
    }  # fmt: skip


async def _hubs(
    session: Session, statement: Any, *, now: datetime, **given: object
) -> Sequence[Any]:
    """Read gateways, and houses of a source, that may be out."""
    values = {"day": now - CHECK_IN, "new": now - _NEW, "before": now - _SOONEST, **given}
    return (await session.execute(statement, values)).all()


def _out(row: Any, back: Collection[str]) -> bool:
    """Tell whether it is out and of more than one flat, for else the flat itself is silent."""
    silent = len(row.devices) >= _FEWEST and 2 * len(row.silent or ()) > len(row.devices)
    fallen = row.since is not None and row.key not in back
    return row.places >= _PLACES and bool(row.said or silent or fallen)


async def _lost(session: Session, hubs: Sequence[Any], later: Later, *, now: datetime) -> set[str]:
    """Find those that are silent altogether for too long, those first that were heard last."""
    before = now - _SOONEST
    due = [
        row for row in hubs
        if row.places >= _PLACES and not row.said and row.since is None and row.heard is not None
        and row.heard < before and len(row.devices) - len(row.silent or ()) >= _FEWEST
        and later.get(row.key, now) <= now
    ]  # fmt: skip
    lost: set[str] = set()
    for row in due[:_AT_ONCE]:
        bound = await _bound(session, row)
        later[row.key] = row.heard + bound
        if now - row.heard >= bound:
            lost.add(row.key)
    return lost


async def _bound(session: Session, row: Any) -> timedelta:
    """Return how long these devices may be silent together; too young ones wait a whole day."""
    found = (
        await session.execute(
            _LONGEST,
            {
                "devices": row.devices[:_SAMPLE], "since": row.heard - _LEARNT_FROM,
                "heard": row.heard,
            },
        )
    ).one()  # fmt: skip
    if found.since is None or row.heard - found.since < _KNOWN_FOR:
        return timedelta(days=1)
    return max(_SOONEST, 2 * (found.longest or _SOONEST))


async def _mark(session: Session, hubs: Sequence[Any], *, at: datetime | None) -> None:
    if hubs:
        devices = [one for row in hubs for one in row.devices]
        await session.execute(_MARK, {"devices": devices, "at": at})


async def _tell(session: Session, hubs: Sequence[Any], *, now: datetime) -> None:
    """Open a ticket for each."""
    if not hubs:
        return
    named = [row.gateway_id for row in hubs if row.gateway_id is not None]
    ids = [one for row in hubs for one in row.devices]
    found = await session.execute(_DEVICES, {"devices": ids + named})
    devices = {row.id: row for row in found}
    people = await protects.of(session, [devices[one] for one in ids])
    await alarms.apply(session, [_outage(row, devices, people, now=now) for row in hubs], now=now)


def _outage(
    row: Any, devices: Mapping[UUID, Any], people: Mapping[UUID, list[UUID]], *, now: datetime
) -> Signal:
    """Say which gateway is out and whom that leaves unprotected."""
    first = devices[min(row.devices)]
    gateway = devices.get(row.gateway_id)
    name = open_json(gateway.place, "device.place")["name"] if gateway else first.source
    houses = {devices[one].building for one in row.devices}
    house = houses.pop() if len(houses) == 1 else None
    return _signal(
        row.key, first.community_id, first.grid_id, active=True, now=now,
        place=f"{house} · {name}" if house else name,
        people=tuple(sorted({str(who) for one in row.devices for who in people[one]})),
    )  # fmt: skip


def _signal(
    key: str, community: UUID, grid: UUID | None = None, *, now: datetime, **more: Any
) -> Signal:
    return Signal(
        key=key, what=OFFLINE, severity="maintenance", community=community, grid=grid, device=None,
        ts=now, **more,
    )  # fmt: skip
