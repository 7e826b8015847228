"""Gateways that fall silent: noticed within minutes, as one ticket that lists who is unprotected.

A bridge says so itself, by its last will. Where nothing does, devices that were always heard
together and are silent for twice as long as ever within a week have lost their gateway.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.crypto import keyring, open_json, seal_json
from core.db import Session, sql
from core.ids import uuid7
from services.rules.outages import GATEWAY
from services.tickets import alarms, protects
from services.tickets.judge import Signal

_NAME = "gateway.name"
# Fewer devices, or of a single flat, are judged each by itself and as a flat.
_FEWEST, _HOMES = 3, 2
_SOONEST = timedelta(minutes=15)
_KNOWN_FOR, _LEARNT_FROM = timedelta(days=2), timedelta(days=7)
_AT_ONCE = 20
_DEVICES = """
    SELECT d.id, d.external, d.community_id, d.grid_id, d.building_id, d.home_index, d.place, d.kind,
           d.source, b.name AS building
    FROM device d LEFT JOIN building b ON b.id = d.building_id WHERE d.removed_at IS NULL
"""
_SAY = sql(
    """
    INSERT INTO gateway AS g (id, community_id, source, name, name_index, online, since)
    SELECT :id, c.id, :source, :name, :index, :online, :now FROM community c WHERE c.slug = :slug
    ON CONFLICT (community_id, source, name_index) DO UPDATE
    SET online = excluded.online, since = excluded.since WHERE g.online <> excluded.online
    RETURNING id, community_id
    """
)
_MARK = sql(
    """
    WITH marked AS (
        UPDATE device_presence SET online = :online,
               down_with = CASE WHEN :online THEN NULL ELSE CAST(:gateway AS uuid) END
        WHERE device_id = ANY(CAST(:devices AS uuid[])) AND online <> :online
        RETURNING device_id)
    UPDATE rule_state SET due_at = least(due_at, :now)
    WHERE device_id IN (SELECT device_id FROM marked) AND due_at IS NOT NULL
    """
)
_TOGETHER = sql(
    """
    SELECT coalesce(d.gateway_id, d.building_id) AS hub, d.source, d.community_id, c.slug,
           max(p.last_seen) AS heard, array_agg(d.id) AS devices
    FROM device d JOIN device_presence p ON p.device_id = d.id
    JOIN community c ON c.id = d.community_id
    WHERE d.removed_at IS NULL AND p.online AND coalesce(d.gateway_id, d.building_id) IS NOT NULL
    GROUP BY 1, 2, 3, 4
    HAVING count(*) >= :fewest AND count(DISTINCT d.home_index) >= :homes
       AND max(p.last_seen) < :before
    ORDER BY heard DESC
    """
)
_LONGEST = sql(
    """
    SELECT max(gap) AS longest, min(ts) AS since FROM (
        SELECT ts, ts - lag(ts) OVER (ORDER BY ts) AS gap FROM reading
        WHERE device_id = ANY(CAST(:devices AS uuid[])) AND ts > :since AND ts <= :heard) AS said
    """
)
_HEARD_AGAIN = sql(
    """
    UPDATE gateway g SET online = true, since = :now
    WHERE NOT g.online AND EXISTS (
        SELECT 1 FROM device_presence p
        WHERE p.down_with = g.id AND p.online AND p.last_seen > g.since)
    RETURNING id, community_id
    """
)
Later = dict[tuple[UUID, str], datetime]  # which groups need not be looked at before then


async def heard(
    session: Session, slug: str, said: Mapping[tuple[str, str], bool], *, now: datetime
) -> None:
    """Take what bridges say of themselves, by (source, name); the same again changes nothing."""
    for (source, name), online in sorted(said.items()):
        row = await _say(session, slug, source, name, online=online, now=now)
        if row is None:
            continue
        if online:
            await _up(session, row.id, row.community_id, now=now)
        else:
            devices = await _behind(session, row.community_id, source, name)
            await _down(session, row.id, devices, name or source, now=now)


async def watch(session: Session, later: Later, *, now: datetime) -> int:
    """Find gateways that nobody speaks of, and those that are back; returns how many are out."""
    for row in (await session.execute(_HEARD_AGAIN, {"now": now})).all():
        await _up(session, row.id, row.community_id, now=now)
    groups = await session.execute(
        _TOGETHER, {"fewest": _FEWEST, "homes": _HOMES, "before": now - _SOONEST}
    )
    due = [row for row in groups if later.get((row.hub, row.source), now) <= now]
    out = 0
    for row in due[:_AT_ONCE]:
        bound = await _bound(session, row)
        later[row.hub, row.source] = row.heard + bound
        if now - row.heard < bound:
            continue
        await _lose(session, row, now=now)
        out += 1
    return out


async def _bound(session: Session, row: Any) -> timedelta:
    """Return how long these devices may be silent together; too young ones wait a whole day."""
    found = (
        await session.execute(
            _LONGEST,
            {"devices": row.devices, "since": row.heard - _LEARNT_FROM, "heard": row.heard},
        )
    ).one()
    if found.since is None or row.heard - found.since < _KNOWN_FOR:
        return timedelta(days=1)
    return max(_SOONEST, 2 * (found.longest or _SOONEST))


async def _lose(session: Session, row: Any, *, now: datetime) -> None:
    said = await _say(session, row.slug, row.source, str(row.hub), online=False, now=now)
    if said is not None:
        rows = await session.execute(
            sql(_DEVICES + "AND d.id = ANY(CAST(:ids AS uuid[])) ORDER BY d.id"),
            {"ids": row.devices},
        )
        await _down(session, said.id, rows.all(), row.source, now=now)


async def _say(
    session: Session, slug: str, source: str, name: str, *, online: bool, now: datetime
) -> Any:
    """Write how a gateway stands; None where it stood so before."""
    rows = await session.execute(
        _SAY,
        {
            "id": uuid7(), "slug": slug, "source": source, "online": online, "now": now,
            "name": seal_json(name, _NAME), "index": keyring().index(name, "gateway.name_index"),
        },
    )  # fmt: skip
    return rows.one_or_none()


async def _behind(session: Session, community: UUID, source: str, name: str) -> Sequence[Any]:
    """List the devices that speak through a bridge: their names begin with its own.

    Where bridges lie within each other's names, the longest one has the device.
    """
    known = await session.execute(
        sql("SELECT name FROM gateway WHERE community_id = :community AND source = :source"),
        {"community": community, "source": source},
    )
    bridges = {str(open_json(row.name, _NAME)) for row in known}
    rows = await session.execute(
        sql(_DEVICES + "AND d.community_id = :community AND d.source = :source ORDER BY d.id"),
        {"community": community, "source": source},
    )
    return [
        row for row in rows
        if _longest(str(open_json(row.external, "device.external")), bridges) == name
    ]  # fmt: skip


def _longest(external: str, bridges: set[str]) -> str | None:
    fitting = [one for one in bridges if not one or external.startswith(f"{one}/")]
    return max(fitting, key=len, default=None)


async def _down(
    session: Session, gateway: UUID, devices: Sequence[Any], name: str, *, now: datetime
) -> None:
    """Take its devices down with it; of several flats it is an outage and one ticket."""
    if not devices:
        return
    await session.execute(
        _MARK,
        {"online": False, "gateway": gateway, "devices": [row.id for row in devices], "now": now},
    )
    if len({row.home_index for row in devices if row.home_index is not None}) < _HOMES:
        return
    people = await protects.of(session, devices)
    buildings = {row.building for row in devices}
    place = f"{buildings.pop()} · {name}" if len(buildings) == 1 and None not in buildings else name
    first = devices[0]
    signal = Signal(
        key=f"gateway:{gateway}", what=GATEWAY, severity="maintenance", community=first.community_id,
        grid=first.grid_id, device=None, active=True, ts=now, place=place,
        people=tuple(sorted({str(one) for some in people.values() for one in some})),
    )  # fmt: skip
    await alarms.apply(session, [signal], now=now)


async def _up(session: Session, gateway: UUID, community: UUID, *, now: datetime) -> None:
    """Let its devices be judged again as they are heard, and its ticket recover."""
    rows = await session.execute(
        sql("SELECT device_id FROM device_presence WHERE down_with = :gateway"),
        {"gateway": gateway},
    )
    devices = list(rows.scalars())
    await session.execute(
        _MARK, {"online": True, "gateway": gateway, "devices": devices, "now": now}
    )
    signal = Signal(
        key=f"gateway:{gateway}", what=GATEWAY, severity="maintenance", community=community,
        grid=None, device=None, active=False, ts=now,
    )  # fmt: skip
    await alarms.apply(session, [signal], now=now)
