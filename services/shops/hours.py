"""Opening hours: weekly ranges, and whether a shop is open at a local moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

DAY = 24 * 60
WEEK = 7 * DAY


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open on one weekday (Monday is 0) from and to a minute of it; past midnight is above 1440."""

    day: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hours:
    """A week of spans, in order."""

    spans: tuple[Span, ...]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Self:
        """Put spans in order, overlapping and touching ones of a day become one."""
        merged: list[Span] = []
        for span in sorted(spans):
            last = merged[-1] if merged else None
            if last is not None and last.day == span.day and span.start <= last.end:
                merged[-1] = Span(last.day, last.start, max(last.end, span.end))
            else:
                merged.append(span)
        return cls(tuple(merged))

    @property
    def always(self) -> bool:
        """Tell whether it never closes."""
        whole = {span.day for span in self.spans if span.start == 0 and span.end >= DAY}
        return len(whole) == 7

    def closes(self, at: datetime) -> int | None:
        """Give the minute of the week at which it will close; None when it is closed now."""
        minute = _minute(at)
        for span in self.spans:
            start, end = span.day * DAY + span.start, span.day * DAY + span.end
            if start <= minute < end or start <= minute + WEEK < end:
                return end % WEEK
        return None

    def is_open(self, at: datetime) -> bool:
        """Tell whether it is open at a local moment."""
        return self.closes(at) is not None

    def opens(self, at: datetime) -> tuple[int, int] | None:
        """Give how many days from now and at which minute of that day it opens next."""
        minute = _minute(at)
        waits = [((span.day * DAY + span.start - minute) % WEEK, span.start) for span in self.spans]
        if not waits:
            return None
        wait, start = min(waits)
        return (minute % DAY + wait) // DAY, start

    def stored(self) -> list[list[int]]:
        """Return the JSON for the column."""
        return [[span.day, span.start, span.end] for span in self.spans]

    @classmethod
    def load(cls, data: Any) -> Self | None:
        """Read back what `stored` wrote; None stays None."""
        return None if data is None else cls(tuple(Span(*item) for item in data))


def _minute(at: datetime) -> int:
    return at.weekday() * DAY + at.hour * 60 + at.minute


def clock(minute: int) -> str:
    """Write a minute of a day as 18:30; midnight at the end of a day is 24:00."""
    shown = minute - DAY if minute > DAY else minute
    return f"{shown // 60}:{shown % 60:02d}"
