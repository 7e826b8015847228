"""Alarms that came late: judged like any other, and closed by what the device has said since."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from core.db import Session, sql
from services.ingest.rows import Row

LATE: Final = timedelta(minutes=2)  # less is a clock that is a little slow
_NEWER = sql(
    """
    SELECT w.place, s.value, s.ts FROM unnest(CAST(:devices AS uuid[]), CAST(:metrics AS text[]),
                                              CAST(:times AS timestamptz[])) WITH ORDINALITY
        AS w(device_id, metric, ts, place)
    JOIN device_state s ON s.device_id = w.device_id AND s.metric = w.metric AND s.ts > w.ts
    """
)


async def said_since(session: Session, rows: Sequence[Row]) -> list[Row]:
    """Give, for each late reading that alarms, the newer one of the same metric that was known.

    It follows the late one in the judging: whoever is told then hears at once that it is over.
    A zone's newest value is no answer: it may be about another object.
    """
    late = [
        row
        for row in rows
        if row.reading.zone is None
        and any(rule.holds(float(row.reading.value)) for rule in row.rules)
    ]
    if not late:
        return []
    found = await session.execute(
        _NEWER,
        {
            "devices": [row.known.id for row in late],
            "metrics": [row.reading.metric for row in late],
            "times": [row.reading.ts for row in late],
        },
    )
    return [_newer(late[row.place - 1], row.value, row.ts) for row in found]


def _newer(row: Row, value: float, ts: datetime) -> Row:
    return row._replace(reading=replace(row.reading, value=value, ts=ts))
