"""Live tests of devices just installed: what they say proves that they work, and rings nobody.

Their readings are stored like all others. When the time is over, what the device says by then is
judged: an alarm that began in the test is not lost.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.db import Session, sql
from services.ingest.registry import FRESH, LIFE_KINDS
from services.ingest.rows import Row
from services.rules.kinds import RuleInForce
from services.tickets import alarms
from services.tickets.judge import Signal

LASTS: Final = timedelta(minutes=10)
_AFTERWARDS: Final = timedelta(minutes=1)  # a test key is often held, or pressed again
# Every listener's memory of the test is older than this by then, and its last batch committed.
_GRACE: Final = 6 * FRESH
_HEARD = sql(
    """
    UPDATE installation i SET heard_at = :now, heard = w.metric,
                              until = least(i.until, CAST(:until AS timestamptz))
    FROM unnest(CAST(:devices AS uuid[]), CAST(:metrics AS text[])) AS w(device, metric)
    WHERE i.device_id = w.device AND i.ended_at IS NULL AND i.heard_at IS NULL
    """
)
_STATES = sql(
    """
    SELECT d.id, d.community_id, d.grid_id, s.metric, s.value, s.ts,
           r.key, r.comparison, r."limit" AS at, r.severity
    FROM device d JOIN device_state s ON s.device_id = d.id
    JOIN (SELECT DISTINCT ON (community_id, key) * FROM rule
          WHERE scope = 'community' ORDER BY community_id, key, version DESC) r
      ON r.community_id = d.community_id AND r.metric = s.metric AND r.enabled
         AND r.looks_for = 'threshold' AND (r.kind IS NULL OR r.kind = d.kind)
    WHERE d.id = ANY(CAST(:devices AS uuid[])) AND d.removed_at IS NULL
    """
)


async def hear(session: Session, rows: Sequence[Row], *, now: datetime) -> set[UUID]:
    """Note what devices in a test said; return these devices, whose readings are not judged."""
    testing = [row for row in rows if row.known.testing_until and now < row.known.testing_until]
    heard: dict[UUID, str] = {}
    for row in testing:
        if _proves(row):
            heard.setdefault(row.known.id, row.reading.metric)
    if heard:
        await session.execute(
            _HEARD,
            {
                "now": now, "until": now + _AFTERWARDS,
                "devices": list(heard), "metrics": list(heard.values()),
            },
        )  # fmt: skip
    return {row.known.id for row in testing}


async def end(session: Session, *, now: datetime) -> None:
    """End the tests whose time is over, and judge what their devices say by now."""
    rows = await session.execute(
        sql(
            """
            UPDATE installation SET ended_at = :now WHERE id IN (
                SELECT id FROM installation WHERE ended_at IS NULL AND until < :before
                FOR UPDATE SKIP LOCKED)
            RETURNING device_id
            """
        ),
        {"now": now, "before": now - _GRACE},
    )
    devices = list(rows.scalars())
    if not devices:
        return
    found = await session.execute(_STATES, {"devices": devices})
    signals = [
        Signal(
            key=f"{row.id}:{row.key}", what=row.key, severity=row.severity,
            community=row.community_id, grid=row.grid_id, device=row.id, active=True, ts=row.ts,
        )
        for row in found
        if RuleInForce(row.key, row.metric, row.comparison, row.at, row.severity).holds(row.value)
    ]  # fmt: skip
    if signals:
        await alarms.apply(session, signals, now=now)


def _proves(row: Row) -> bool:
    """Tell whether this is what the test waits for: of a life device its alarm, else any word."""
    if row.message.retained or row.reading.metric == "online":
        return False
    alarming = any(rule.holds(float(row.reading.value)) for rule in row.rules)
    return alarming or row.known.kind not in LIFE_KINDS
