"""Time: aware UTC inside; local time only where a person reads it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def utcnow() -> datetime:
    """Return the present as aware UTC; the only place that reads the wall clock."""
    return datetime.now(UTC)


def local(moment: datetime, zone: str = "Asia/Shanghai") -> datetime:
    """Convert an aware moment to the community's local time, for words and rotas only."""
    return moment.astimezone(ZoneInfo(zone))


def minutes_between(start: datetime, end: datetime) -> int:
    """Count whole minutes from start to end, never below zero."""
    return max(0, int((end - start).total_seconds() // 60))
