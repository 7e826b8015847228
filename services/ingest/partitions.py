"""Daily partitions of the readings' log, made ahead; what falls outside lands in `reading_rest`."""

from datetime import UTC, datetime, timedelta

from core.db import Session, sql

AHEAD_DAYS = 3


async def ensure(session: Session, *, now: datetime) -> None:
    """Make the partitions from yesterday to three days ahead; those that exist are left alone."""
    today = now.astimezone(UTC).date()
    for offset in range(-1, AHEAD_DAYS + 1):
        start = today + timedelta(days=offset)
        end = start + timedelta(days=1)
        name = f"reading_{start:%Y%m%d}"
        await session.execute(
            sql(
                f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF reading "
                f"FOR VALUES FROM ('{start}T00:00:00Z') TO ('{end}T00:00:00Z')"
            )
        )
