"""What is usual in a household: by when, on such a day, water has been used or the door opened.

From at least fourteen days of the last ninety, which is this season: days of the week and the
weekend apart, median and MAD. It is said in words; it never silences or puts off anything, the
fixed rule is the floor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from uuid import UUID

from core.clock import local
from core.db import Session, sql

SEASON = timedelta(days=90)
ENOUGH_DAYS = 14
_SPREAD = 3  # so many MADs, and a few minutes where every day is alike
_LEAST_SPREAD_MIN = 15
_SATURDAY = 6


@dataclass(frozen=True, slots=True)
class Unusual:
    """By `usual` it has always been used on such a day; today not yet."""

    metric: str
    usual: time
    now: time


def usual_by(minutes: Sequence[int]) -> time | None:
    """Return the full hour by which it was always used; None without enough days."""
    if len(minutes) < ENOUGH_DAYS:
        return None
    middle = median(minutes)
    spread = median(abs(one - middle) for one in minutes)
    latest = middle + max(_SPREAD * spread, _LEAST_SPREAD_MIN)
    hour = -int(-latest // 60)
    return time(hour) if hour < 24 else None


async def unusual(session: Session, device: UUID, metric: str, *, now: datetime) -> Unusual | None:
    """Say what is unusual about today; None where it has been used or too little is known."""
    here = local(now)
    weekend = here.isoweekday() >= _SATURDAY
    firsts = await _first_uses(session, device, metric, now=now)
    if here.date() in firsts:
        return None
    alike = [minute for day, minute in firsts.items() if (day.isoweekday() >= _SATURDAY) is weekend]
    usual = usual_by(alike if len(alike) >= ENOUGH_DAYS else list(firsts.values()))
    if usual is None or here.time() <= usual:
        return None
    return Unusual(metric, usual, here.time().replace(second=0, microsecond=0))


async def _first_uses(
    session: Session, device: UUID, metric: str, *, now: datetime
) -> dict[date, int]:
    """Map each local day to the minute of its first use: the first reading that moved."""
    rows = await session.execute(
        sql(
            """
            SELECT ts, value, lag(value) OVER (ORDER BY ts) AS before FROM reading
            WHERE device_id = :device AND metric = :metric AND ts > :since AND ts <= :now
            ORDER BY ts
            """
        ),
        {"device": device, "metric": metric, "since": now - SEASON, "now": now},
    )
    found: dict[date, int] = {}
    for row in rows:
        if row.before is not None and row.value > row.before:
            here = local(row.ts)
            found.setdefault(here.date(), here.hour * 60 + here.minute)
    return found
