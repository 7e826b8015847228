"""When a rule is awake: windows of local time, by day of the week."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Self

from core.clock import local

_LOOK_AHEAD_DAYS = 8


@dataclass(frozen=True, slots=True)
class Window:
    """From one time of day to another, on days counted from Monday as 1; it may pass midnight."""

    days: frozenset[int]
    begins: time
    ends: time

    @classmethod
    def load(cls, stored: dict[str, Any]) -> Self:
        """Read {"days": [1, …], "from": "22:00", "to": "06:00"}; raises ValueError, KeyError."""
        days = frozenset(int(day) for day in stored.get("days") or range(1, 8))
        if not days <= frozenset(range(1, 8)):
            raise ValueError("days are 1 (Monday) to 7")
        return cls(days, time.fromisoformat(stored["from"]), time.fromisoformat(stored["to"]))

    def stored(self) -> dict[str, Any]:
        """Return what `load` reads."""
        return {
            "days": sorted(self.days), "from": self.begins.isoformat("minutes"),
            "to": self.ends.isoformat("minutes"),
        }  # fmt: skip

    def span(self, day: datetime) -> tuple[datetime, datetime]:
        """Return the window that begins on this local day."""
        begins = day.replace(hour=self.begins.hour, minute=self.begins.minute, second=0,
                             microsecond=0)  # fmt: skip
        ends = begins.replace(hour=self.ends.hour, minute=self.ends.minute)
        return begins, ends if ends > begins else ends + timedelta(days=1)


def opening(schedule: tuple[Window, ...], at: datetime) -> datetime:
    """Return the first moment from `at` on at which the rule is awake; without windows `at`."""
    if not schedule:
        return at
    here = local(at)
    found = [
        max(here, begins)
        for window in schedule
        for ahead in range(-1, _LOOK_AHEAD_DAYS)
        for day in [here + timedelta(days=ahead)]
        if day.isoweekday() in window.days
        for begins, ends in [window.span(day)]
        if ends > here
    ]
    return min(found).astimezone(at.tzinfo)
