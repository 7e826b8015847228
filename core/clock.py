"""Time: aware UTC inside; local time only where a person reads it."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def utcnow() -> datetime:
    """Return the present as aware UTC; the only place that reads the wall clock."""
    return datetime.now(UTC)


class _Zone:
    """The community's time zone, set once per process from LINLING_TIMEZONE."""

    current = ZoneInfo("Asia/Shanghai")


def use_timezone(name: str) -> None:
    """Set the community's time zone; raises ValueError for a name that is none."""
    try:
        _Zone.current = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"LINLING_TIMEZONE {name!r} is no time zone such as Asia/Shanghai"
        ) from None


def local(moment: datetime) -> datetime:
    """Convert an aware moment to the community's local time, for words and rotas only."""
    return moment.astimezone(_Zone.current)


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins in the community."""
    return datetime.combine(day, time(), tzinfo=_Zone.current)
