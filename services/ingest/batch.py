"""A batch of decoded messages becomes readings, states and, where a rule says so, alarms.

Everything happens in the caller's one transaction; the messages are acknowledged after it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause

from core.db import Session, sql, wake
from core.reading import Reading
from services import snapshots
from services.ingest import oddities, origins, signals, trials, zones
from services.ingest.registry import LIFE_KINDS, Address, Registry
from services.ingest.rows import Key, Message, Row, row_of
from services.ingest.strangers import meet
from services.tickets import alarms

__all__ = ["Message", "apply"]

ONLINE = "online"
# Meters, which only count up.
METERED = frozenset({"water_total"})
# Made once: SQLAlchemy reads the text of a statement anew for each object.
_LAST_DIGESTS = sql(
    """
    SELECT device_id, digest, retained_digest FROM device_presence
    WHERE device_id = ANY(CAST(:ids AS uuid[]))
    """
)
_HEARD = sql(
    """
    WITH w AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:seen AS timestamptz[]),
                             CAST(:online AS bool[]), CAST(:digests AS bytea[]),
                             CAST(:retained AS bytea[]))
            AS w(id, seen, online, digest, retained)),
    done AS (
        INSERT INTO device_presence AS p
            (device_id, last_seen, online, digest, retained_digest)
        SELECT w.id, w.seen, coalesce(w.online, was.online, true), w.digest, w.retained
        FROM w LEFT JOIN device_presence was ON was.device_id = w.id
        ON CONFLICT (device_id) DO UPDATE SET
            last_seen = coalesce(excluded.last_seen, p.last_seen),
            online = excluded.online,
            digest = coalesce(excluded.digest, p.digest),
            retained_digest = coalesce(excluded.retained_digest, p.retained_digest)
        RETURNING p.device_id, p.online)
    SELECT done.device_id, done.online FROM done
    LEFT JOIN device_presence was ON was.device_id = done.device_id
    WHERE done.online IS DISTINCT FROM was.online
    """
)
_NEWEST = sql(
    """
    INSERT INTO device_state AS s (device_id, metric, value, ts, bound, changed_at)
    SELECT d, m, v, t, b, l
    FROM unnest(CAST(:devices AS uuid[]), CAST(:metrics AS text[]),
                CAST(:amounts AS float8[]), CAST(:times AS timestamptz[]),
                CAST(:bounds AS float8[]), CAST(:lives AS timestamptz[]))
        AS w(d, m, v, t, b, l)
    ON CONFLICT (device_id, metric) DO UPDATE
    SET value = excluded.value, ts = excluded.ts,
        bound = CASE WHEN excluded.value BETWEEN s.value AND s.bound
                     THEN s.bound ELSE excluded.bound END,
        changed_at = CASE WHEN CASE WHEN excluded.bound IS NULL THEN excluded.value <> s.value
                                    ELSE excluded.value > coalesce(s.bound, s.value) END
                          THEN coalesce(excluded.changed_at, s.changed_at)
                          ELSE s.changed_at END
    WHERE s.ts <= excluded.ts
    """
)
# A device that came or went is looked at by the next sweep, and what spoke through one that went.
# What speaks through one that came has time to do so: it was put off for half an hour at most.
_LOOK_NOW = sql(
    """
    UPDATE rule_state SET due_at = least(due_at, :now)
    WHERE due_at IS NOT NULL AND device_id IN (
        SELECT unnest(CAST(:devices AS uuid[]))
        UNION SELECT id FROM device WHERE gateway_id = ANY(CAST(:gone AS uuid[])))
    """
)
_APPEND = """
    INSERT INTO reading (device_id, metric, ts, event_id, value, received_at)
    SELECT d, m, t, e, v, r
    FROM unnest(CAST(:devices AS uuid[]), CAST(:metrics AS text[]),
                CAST(:times AS timestamptz[]), CAST(:events AS text[]),
                CAST(:amounts AS float8[]), CAST(:received AS timestamptz[]))
        AS w(d, m, t, e, v, r)
    ON CONFLICT DO NOTHING
    """
_APPENDED = sql(_APPEND)
_TOLD_APART = sql(_APPEND + "RETURNING device_id, metric, ts, event_id")


async def apply(
    session: Session, registry: Registry, messages: Sequence[Message], *, now: datetime
) -> None:
    """Store a batch and judge it; safe to repeat with the same messages."""
    spoken: list[tuple[Address, Reading, Message]] = [
        ((reading.source, reading.device, message.community), reading, message)
        for message in messages
        for reading in message.readings + message.gateways
    ]
    heard = origins.told(messages)
    wanted = [*(address for address, _, _ in spoken), *(one.address for one in heard)]
    await registry.refresh(session, wanted, now=now)
    adopted = await origins.adopt(session, registry, messages, now=now)
    unknown = Counter((one.source, key) for one in messages for key in one.unknown)
    await oddities.note_keys(session, unknown, now=now)
    rows: list[Row] = []
    strangers: list[tuple[str, Reading]] = []
    for address, reading, message in spoken:
        known = registry.devices.get(address) or adopted.get(address)
        if reading.zone is not None:
            known = registry.devices.get(origins.zone_of(address, reading.zone), known)
        if known is None:
            strangers.append((message.community, reading))
        else:
            rows.append(row_of(registry, known, reading, message))
    rows = await _without_replays(session, rows)
    fresh = await _store(session, rows)
    await _presence(session, rows)
    disordered = await _states(session, registry, rows)
    await oddities.note_clocks(session, rows, now=now)
    tested = await trials.hear(session, rows, now=now)
    fresh = [row for row in fresh if row.known.id not in tested]
    judged = await signals.of(session, fresh, disordered=disordered, now=now)
    judged += await meet(session, registry, strangers, heard, now=now)
    await origins.fill(session, registry, heard, now=now)
    if judged:
        await alarms.apply(session, judged, now=now)
    if registry.pictures and (seen := zones.seen(fresh)):
        await snapshots.want(session, seen, now=now)


async def _without_replays(session: Session, rows: list[Row]) -> list[Row]:
    """Drop the broker's memory: a retained message that was seen last time too."""
    doubtful = {row.known.id for row in rows if row.message.retained}
    if not doubtful:
        return rows
    found = await session.execute(
        _LAST_DIGESTS,
        {"ids": sorted(doubtful)},
    )
    seen = {row.device_id: {bytes(d) for d in row[1:] if d is not None} for row in found}
    return [
        row
        for row in rows
        if not row.message.retained or row.message.digest not in seen.get(row.known.id, set())
    ]


async def _store(session: Session, rows: list[Row]) -> list[Row]:
    """Append readings; return those that are new and that somebody judges, in their order.

    What nobody judges need not be told apart from what was there: that is most readings.
    """
    unique = {row.key: row for row in rows}
    judged = {key for key, row in unique.items() if row.rules or row.known.kind in LIFE_KINDS}
    plain = [key for key in unique if key not in judged]
    if plain:
        await _insert(session, _APPENDED, unique, sorted(plain))
    if not judged:
        return []
    made = await _insert(session, _TOLD_APART, unique, sorted(judged))
    fresh = {(row.device_id, row.metric, row.ts, row.event_id) for row in made}
    return [row for row in rows if row.key in fresh]


async def _insert(
    session: Session, statement: TextClause, unique: Mapping[Key, Row], keys: list[Key]
) -> Any:
    return await session.execute(
        statement,
        {
            "devices": [key[0] for key in keys],
            "metrics": [key[1] for key in keys],
            "times": [key[2] for key in keys],
            "events": [key[3] for key in keys],
            "amounts": [float(unique[key].reading.value) for key in keys],
            "received": [unique[key].message.received for key in keys],
        },
    )


@dataclass(slots=True)
class _Sign:
    """What a batch tells of a device's presence."""

    seen: datetime | None = None
    online: bool | None = None
    digest: bytes | None = None
    retained: bytes | None = None


async def _presence(session: Session, rows: list[Row]) -> None:
    """Note who was heard. A retained message is no sign of life, an `online` reading decides."""
    last: dict[UUID, _Sign] = {}
    for row in rows:
        sign = last.get(row.known.id)
        if sign is None:
            sign = last[row.known.id] = _Sign()
        if row.reading.metric == ONLINE:
            sign.online = bool(row.reading.value)
        if row.message.retained:
            sign.retained = row.message.digest
        else:
            sign.seen, sign.digest = row.message.received, row.message.digest
            if row.reading.metric != ONLINE:
                sign.online = True
    if not last:
        return
    ids = sorted(last)
    changed = await session.execute(
        _HEARD,
        {
            "ids": ids,
            "seen": [last[i].seen for i in ids],
            "online": [last[i].online for i in ids],
            "digests": [last[i].digest for i in ids],
            "retained": [last[i].retained for i in ids],
        },
    )
    turned = {row.device_id: row.online for row in changed}
    if turned:
        gone = [device for device, online in turned.items() if not online]
        await session.execute(
            _LOOK_NOW, {"devices": list(turned), "gone": gone, "now": rows[0].message.received}
        )
    for community in {str(row.known.community) for row in rows if row.known.id in turned}:
        wake(session, "console", community=community)


async def _states(session: Session, registry: Registry, rows: list[Row]) -> bool:
    """Keep the newest value of each metric and its last change; a late reading turns nothing back.

    Tells whether any came after a newer one.

    A meter's value has a bound that it must pass to have been used; of other values every change
    counts. What the broker only remembered is no sign of life.
    """
    newest: dict[tuple[UUID, str], Row] = {}
    for row in rows:
        slot = (row.known.id, row.reading.metric)
        if slot not in newest or newest[slot].reading.ts <= row.reading.ts:
            newest[slot] = row
    if not newest:
        return False
    ordered = [newest[slot] for slot in sorted(newest)]
    kept: Any = await session.execute(
        _NEWEST,
        {
            "devices": [row.known.id for row in ordered],
            "metrics": [row.reading.metric for row in ordered],
            "amounts": [float(row.reading.value) for row in ordered],
            "times": [row.reading.ts for row in ordered],
            "bounds": [_bound(registry, row) for row in ordered],
            "lives": [
                None if row.message.retained else min(row.reading.ts, row.message.received)
                for row in ordered
            ],
        },
    )
    return kept.rowcount < len(ordered) or any(
        row.reading.ts < newest[row.known.id, row.reading.metric].reading.ts for row in rows
    )


def _bound(registry: Registry, row: Row) -> float | None:
    metric = row.reading.metric
    if metric not in METERED:
        return None
    return float(row.reading.value) + registry.book.smallest_change(row.known, metric)
