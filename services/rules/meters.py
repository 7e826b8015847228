"""What meters counted, by the half hour, read from the log."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from core.db import Session, sql
from services.rules.kinds import SLOT


async def slots(
    session: Session, wanted: Collection[tuple[UUID, str]], *, since: datetime
) -> dict[tuple[UUID, str], list[tuple[datetime, float]]]:
    """Map each (device, metric) to its last value in each half hour, the oldest first."""
    ordered = sorted(wanted)
    rows = await session.execute(
        sql(
            """
            SELECT r.device_id, r.metric, date_bin(:slot, r.ts, :since) + :slot AS at,
                   (array_agg(r.value ORDER BY r.ts DESC))[1] AS value
            FROM unnest(CAST(:devices AS uuid[]), CAST(:metrics AS text[])) AS w(device, metric)
            JOIN reading r ON r.device_id = w.device AND r.metric = w.metric AND r.ts >= :since
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """
        ),
        {
            "slot": SLOT,
            "since": since,
            "devices": [device for device, _ in ordered],
            "metrics": [metric for _, metric in ordered],
        },
    )
    found: dict[tuple[UUID, str], list[tuple[datetime, float]]] = defaultdict(list)
    for row in rows:
        found[row.device_id, row.metric].append((row.at, row.value))
    return found
