"""The days that somebody names when asking for activities."""

from datetime import date

import pytest

from services.activities.days import named

FRIDAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("今天", 27, 27),
        ("tonight", 27, 27),
        ("明天 下午", 28, 28),
        ("大后天", 30, 30),
        ("周末", 28, 29),
        ("这个周末", 28, 29),
        ("weekend", 28, 29),
        ("周日", 29, 29),
        ("周五", 27, 27),
        ("sunday", 29, 29),
        ("本周", 27, 29),
        ("这个月", 27, 30),
        ("28日", 28, 28),
        ("11月30号", 30, 30),
    ],
)
def test_days_of_this_month(words: str, first: int, last: int) -> None:
    """A span begins today at the earliest."""
    assert named(words, today=FRIDAY) == (date(2026, 11, first), date(2026, 11, last))


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("下周", date(2026, 11, 30), date(2026, 12, 6)),
        ("next week", date(2026, 11, 30), date(2026, 12, 6)),
        ("下周三", date(2026, 12, 2), date(2026, 12, 2)),
        ("周二", date(2026, 12, 1), date(2026, 12, 1)),
        ("下周末", date(2026, 12, 5), date(2026, 12, 6)),
        ("下个月", date(2026, 12, 1), date(2026, 12, 31)),
        ("1月2日", date(2027, 1, 2), date(2027, 1, 2)),
        ("3号", date(2026, 12, 3), date(2026, 12, 3)),
    ],
)
def test_days_that_are_further_off(words: str, first: date, last: date) -> None:
    """A date without a year is the next one."""
    assert named(words, today=FRIDAY) == (first, last)


@pytest.mark.parametrize("words", ["", "下午", "昨天", "2月31日", "9:30"])
def test_what_names_no_day_to_come(words: str) -> None:
    """Then everything is listed."""
    assert named(words, today=FRIDAY) is None


def test_on_a_sunday_the_weekend_is_today() -> None:
    """And next week begins tomorrow."""
    sunday = date(2026, 11, 29)
    assert named("周末", today=sunday) == (sunday, sunday)
    assert named("下周一", today=sunday) == (date(2026, 11, 30), date(2026, 11, 30))
