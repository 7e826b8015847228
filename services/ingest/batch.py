"""A batch of decoded messages becomes readings, states and, where a rule says so, alarms.

Everything happens in the caller's one transaction; the messages are acknowledged after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.db import Session, sql, wake
from core.reading import Reading
from services.ingest.registry import LIFE_KINDS, Known, Registry
from services.ingest.strangers import meet
from services.tickets import alarms
from services.tickets.judge import Signal

ONLINE = "online"


@dataclass(frozen=True, slots=True)
class Message:
    """A decoded message; `digest` is of topic and payload, `community` a slug."""

    community: str
    readings: tuple[Reading, ...]
    digest: bytes
    retained: bool
    redelivered: bool
    received: datetime


@dataclass(frozen=True, slots=True)
class _Row:
    known: Known
    reading: Reading
    message: Message

    @property
    def key(self) -> tuple[UUID, str, datetime, str]:
        """Identify the reading; a message without an id is known by its content.

        Clocks of a second's resolution say "smoke" and "no smoke" at the same moment.
        """
        event = self.reading.event_id or f"~{self.message.digest[:6].hex()}"
        return (self.known.id, self.reading.metric, self.reading.ts, event)


async def apply(
    session: Session, registry: Registry, messages: Sequence[Message], *, now: datetime
) -> None:
    """Store a batch and judge it; safe to repeat with the same messages."""
    addresses = [(r.source, r.device, m.community) for m in messages for r in m.readings]
    await registry.refresh(session, addresses, now=now)
    rows: list[_Row] = []
    strangers: list[tuple[str, Reading]] = []
    for message in messages:
        for reading in message.readings:
            known = registry.devices.get((reading.source, reading.device, message.community))
            if known is None:
                strangers.append((message.community, reading))
            else:
                rows.append(_Row(known, reading, message))
    rows = await _without_replays(session, rows)
    fresh = await _store(session, rows)
    await _presence(session, rows)
    await _states(session, rows)
    signals = _signals(registry, [row for row in rows if row.key in fresh])
    signals += await meet(session, registry, strangers, now=now)
    if signals:
        await alarms.apply(session, signals, now=now)


async def _without_replays(session: Session, rows: list[_Row]) -> list[_Row]:
    """Drop what a broker sends again: a retained or redelivered message seen last time too.

    Only id-less messages need this; those with an id are caught by the readings' key.
    """
    doubtful = {row.known.id for row in rows if row.message.retained or row.message.redelivered}
    if not doubtful:
        return rows
    found = await session.execute(
        sql(
            """
            SELECT device_id, digest, retained_digest FROM device_presence
            WHERE device_id = ANY(CAST(:ids AS uuid[]))
            """
        ),
        {"ids": sorted(doubtful)},
    )
    seen = {row.device_id: {bytes(d) for d in row[1:] if d is not None} for row in found}
    return [
        row
        for row in rows
        if not (row.message.retained or row.message.redelivered)
        or row.message.digest not in seen.get(row.known.id, set())
    ]


async def _store(session: Session, rows: list[_Row]) -> set[tuple[UUID, str, datetime, str]]:
    """Append readings; return the keys of those that were new."""
    unique = {row.key: row for row in rows}
    if not unique:
        return set()
    ordered = sorted(unique)
    made = await session.execute(
        sql(
            """
            INSERT INTO reading (device_id, metric, ts, event_id, value, received_at)
            SELECT d, m, t, e, v, r
            FROM unnest(CAST(:devices AS uuid[]), CAST(:metrics AS text[]),
                        CAST(:times AS timestamptz[]), CAST(:events AS text[]),
                        CAST(:amounts AS float8[]), CAST(:received AS timestamptz[]))
                AS w(d, m, t, e, v, r)
            ON CONFLICT DO NOTHING RETURNING device_id, metric, ts, event_id
            """
        ),
        {
            "devices": [key[0] for key in ordered],
            "metrics": [key[1] for key in ordered],
            "times": [key[2] for key in ordered],
            "events": [key[3] for key in ordered],
            "amounts": [float(unique[key].reading.value) for key in ordered],
            "received": [unique[key].message.received for key in ordered],
        },
    )
    return {(row.device_id, row.metric, row.ts, row.event_id) for row in made}


async def _presence(session: Session, rows: list[_Row]) -> None:
    """Note who was heard. A retained message is no sign of life, an `online` reading decides."""
    last: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        note = last.setdefault(
            row.known.id, {"seen": None, "online": None, "digest": None, "retained": None}
        )
        if row.reading.metric == ONLINE:
            note["online"] = bool(row.reading.value)
        if row.message.retained:
            note["retained"] = row.message.digest
        else:
            note["seen"] = row.message.received
            note["digest"] = row.message.digest
            if row.reading.metric != ONLINE:
                note["online"] = True
    if not last:
        return
    ids = sorted(last)
    changed = await session.execute(
        sql(
            """
            WITH w AS (
                SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:seen AS timestamptz[]),
                                     CAST(:online AS bool[]), CAST(:digests AS bytea[]),
                                     CAST(:retained AS bytea[]))
                    AS w(id, seen, online, digest, retained)),
            before AS (SELECT device_id, p.online FROM device_presence p JOIN w ON w.id = device_id)
            INSERT INTO device_presence (device_id, last_seen, online, digest, retained_digest)
            SELECT id, seen, coalesce(online, true), digest, retained FROM w
            ON CONFLICT (device_id) DO UPDATE SET
                last_seen = coalesce(excluded.last_seen, device_presence.last_seen),
                online = CASE WHEN device_presence.device_id = ANY(CAST(:decided AS uuid[]))
                              THEN excluded.online ELSE device_presence.online END,
                digest = coalesce(excluded.digest, device_presence.digest),
                retained_digest = coalesce(excluded.retained_digest,
                                           device_presence.retained_digest)
            RETURNING device_id, online,
                (SELECT b.online FROM before b WHERE b.device_id = device_presence.device_id)
                AS was_online
            """
        ),
        {
            "ids": ids,
            "seen": [last[i]["seen"] for i in ids],
            "online": [last[i]["online"] for i in ids],
            "digests": [last[i]["digest"] for i in ids],
            "retained": [last[i]["retained"] for i in ids],
            "decided": [i for i in ids if last[i]["online"] is not None],
        },
    )
    turned = {row.device_id for row in changed if row.online is not row.was_online}
    for community in {str(row.known.community) for row in rows if row.known.id in turned}:
        wake(session, "console", community=community)


async def _states(session: Session, rows: list[_Row]) -> None:
    """Keep the newest value of each metric; a late reading does not turn it back."""
    newest: dict[tuple[UUID, str], Reading] = {}
    for row in rows:
        slot = (row.known.id, row.reading.metric)
        if slot not in newest or newest[slot].ts <= row.reading.ts:
            newest[slot] = row.reading
    if not newest:
        return
    ordered = sorted(newest)
    await session.execute(
        sql(
            """
            INSERT INTO device_state (device_id, metric, value, ts)
            SELECT d, m, v, t
            FROM unnest(CAST(:devices AS uuid[]), CAST(:metrics AS text[]),
                        CAST(:amounts AS float8[]), CAST(:times AS timestamptz[]))
                AS w(d, m, v, t)
            ON CONFLICT (device_id, metric) DO UPDATE
            SET value = excluded.value, ts = excluded.ts WHERE device_state.ts <= excluded.ts
            """
        ),
        {
            "devices": [device for device, _ in ordered],
            "metrics": [metric for _, metric in ordered],
            "amounts": [float(newest[slot].value) for slot in ordered],
            "times": [newest[slot].ts for slot in ordered],
        },
    )


def _signals(registry: Registry, rows: list[_Row]) -> list[Signal]:
    """Judge each reading by the rules of its community and metric.

    Whatever could be read from a life device also clears its "unreadable" alarm.
    """
    readable = {
        row.known.id: Signal(
            key=f"{row.known.id}:unreadable",
            what="unreadable",
            severity="life",
            community=row.known.community,
            grid=row.known.grid,
            device=row.known.id,
            active=False,
            ts=row.message.received,
        )
        for row in rows
        if row.known.kind in LIFE_KINDS
    }
    return [
        *readable.values(),
        *_judged(registry, rows),
    ]


def _judged(registry: Registry, rows: list[_Row]) -> list[Signal]:
    return [
        Signal(
            key=f"{row.known.id}:{rule.key}",
            what=rule.key,
            severity=rule.severity,
            community=row.known.community,
            grid=row.known.grid,
            device=row.known.id,
            active=rule.holds(float(row.reading.value)),
            ts=row.reading.ts,
            retained=row.message.retained,
        )
        for row in rows
        for rule in registry.rules.get((row.known.community, row.reading.metric), ())
    ]
