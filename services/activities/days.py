"""Which days somebody means who asks for activities: 明天, 周末, 下周三, 12月3日, next week."""

import re
from collections.abc import Callable
from datetime import date, timedelta

Span = tuple[date, date]

_NEXT = re.compile(r"^下|^next ")
_WEEKDAYS = {mark: day for day, marks in enumerate(["一", "二", "三", "四", "五", "六", "日天"])
             for mark in marks}  # fmt: skip
_ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_AHEAD = (
    ("大后天", 3),
    ("后天", 2),
    ("明", 1),
    ("tomorrow", 1),
    ("今", 0),
    ("today", 0),
    ("tonight", 0),
)
_DATE = re.compile(r"^(?:(\d{1,2})月)?(\d{1,2})[日号]$")
_WEEK, _SATURDAY, _SUNDAY = 7, 5, 6


def named(words: str, *, today: date) -> Span | None:
    """Name the first and the last day that are meant, none before today; None for no such day.

    `words` are times as services/language/slots.py finds them, the first that is a day counts.
    """
    for word in re.split(r" (?!week|month)", words):
        for reader in _READERS:
            if (span := reader(word, today)) is not None:
                first, last = span
                return (max(first, today), last) if last >= today else None
    return None


def _ahead(word: str, today: date) -> Span | None:
    days = next((days for mark, days in _AHEAD if word.startswith(mark)), None)
    return _one(today + timedelta(days)) if days is not None else None


def _weekend(word: str, today: date) -> Span | None:
    if not word.endswith(("末", "weekend")):
        return None
    monday = _monday(word, today)
    return monday + timedelta(_SATURDAY), monday + timedelta(_SUNDAY)


def _weekday(word: str, today: date) -> Span | None:
    """Read 周三 as the next one from today on, 下周三 as the one of next week."""
    day = _ENGLISH.index(word) if word in _ENGLISH else None
    if day is None and re.search(r"周|星期|礼拜", word):
        day = _WEEKDAYS.get(word[-1])
    if day is None:
        return None
    found = _monday(word, today) + timedelta(day)
    return _one(found if found >= today else found + timedelta(_WEEK))


def _week(word: str, today: date) -> Span | None:
    if not word.endswith(("周", "星期", "礼拜", "week")) or word.startswith("上"):
        return None
    monday = _monday(word, today)
    return monday, monday + timedelta(_SUNDAY)


def _month(word: str, today: date) -> Span | None:
    if not word.endswith(("个月", "本月", "month")) or word.startswith("上"):
        return None
    first = today.replace(day=1)
    if _NEXT.search(word):
        first = _following(first)
    return first, _following(first) - timedelta(1)


def _date(word: str, today: date) -> Span | None:
    """Read a date without its year as the next one."""
    if not (mark := _DATE.match(word)):
        return None
    month = today.replace(day=1)
    for _ in range(12):
        if mark[1] is None or month.month == int(mark[1]):
            try:
                found = month.replace(day=int(mark[2]))
            except ValueError:  # no 31st in this one
                found = today - timedelta(1)
            if found >= today:
                return _one(found)
        month = _following(month)
    return None


def _one(day: date) -> Span:
    return day, day


def _monday(word: str, today: date) -> date:
    """Return the Monday of this week, or of the next when the word says so."""
    weeks = 1 if _NEXT.search(word) else 0
    return today - timedelta(today.weekday()) + timedelta(weeks * _WEEK)


def _following(first: date) -> date:
    return (first + timedelta(31)).replace(day=1)


_READERS: tuple[Callable[[str, date], Span | None], ...] = (
    _ahead, _weekend, _weekday, _week, _month, _date,
)  # fmt: skip
