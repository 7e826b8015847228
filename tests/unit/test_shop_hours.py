"""Opening hours as people write them, and whether a shop is open."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.shops.hours import Hours, Span, clock
from services.shops.hours_text import parse

MONDAY = datetime(2026, 11, 23)  # noqa: DTZ001  (local by meaning)


def week(text: str) -> dict[str, str]:
    """Write parsed hours as {"8:00-20:00": "1234567"}."""
    read = parse(text)
    assert read is not None
    found: dict[str, str] = {}
    for span in read.spans:
        key = f"{clock(span.start)}-{clock(span.end)}"
        found[key] = found.get(key, "") + str(span.day + 1)
    return found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("6点半到晚上8点", {"6:30-20:00": "1234567"}),
        ("周一至周五 8:30-17:00；周六 8:30-12:00", {"8:30-17:00": "12345", "8:30-12:00": "6"}),
        ("24小时", {"0:00-24:00": "1234567"}),
        ("24/7", {"0:00-24:00": "1234567"}),
        ("早上六点一刻至晚上九点半", {"6:15-21:30": "1234567"}),
        ("工作日9:00-17:30，周末10:00-16:00", {"9:00-17:30": "12345", "10:00-16:00": "67"}),
        ("上午8点-11点半，下午1点-5点", {"8:00-11:30": "1234567", "13:00-17:00": "1234567"}),
        ("周日休息，其他时间8:00-18:00", {"8:00-18:00": "123456"}),
        ("8:00-20:00 周日休息", {"8:00-20:00": "123456"}),
        ("法定节假日休息，周一至周五9:00-17:00", {"9:00-17:00": "12345"}),
        ("17:00-次日2:00", {"17:00-2:00": "1234567"}),
        ("18:00-2:00", {"18:00-2:00": "1234567"}),
        ("8点到6点", {"8:00-18:00": "1234567"}),
        ("星期一到星期六 8：00～18：00", {"8:00-18:00": "123456"}),
        ("周一、三、五 9:00-11:00", {"9:00-11:00": "135"}),
        ("Mo-Fr 08:30-17:00; Sa 08:30-12:00; Su off", {"8:30-17:00": "12345", "8:30-12:00": "6"}),
        ("周二至周日 9:00-17:00（周一闭馆）", {"9:00-17:00": "234567"}),
        ("早上6点开门，晚上9点关门", {"6:00-21:00": "1234567"}),
        ("7：00—21：00", {"7:00-21:00": "1234567"}),
        ("8.30-17.30 每天", {"8:30-17:30": "1234567"}),
    ],
)
def test_free_text_becomes_weekly_ranges(text: str, said: dict[str, str]) -> None:
    """Chinese as it is written on doors, and OpenStreetMap's form."""
    assert week(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "看心情",
        "25:00-26:00",
        "9:00-21:00（周五、周六至22:00）",
        "周一到周五8点到5点，周六上午",
        "休息",
        "8:00",
    ],
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    """Half-understood hours would send people to closed doors."""
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_nothing_is_unknown() -> None:
    """An empty cell is no fault and no opening either."""
    assert parse("  ") is None


@pytest.mark.parametrize(
    ("text", "day", "hour", "is_open"),
    [
        ("8:00-20:00", 0, 8, True),
        ("8:00-20:00", 0, 20, False),
        ("18:00-2:00", 0, 1, True),  # Sunday's evening goes on into Monday
        ("周六 18:00-次日2:00", 6, 1, True),
        ("周六 18:00-次日2:00", 6, 3, False),
        ("周日 20:00-次日3:00", 0, 2, True),  # over the end of the week
    ],
)
def test_open_at_a_local_moment(text: str, day: int, hour: int, *, is_open: bool) -> None:
    """Openings begin at their minute, end before it, and may cross midnight."""
    read = parse(text)
    assert read is not None
    assert read.is_open(MONDAY.replace(day=MONDAY.day + day, hour=hour)) is is_open


def test_when_it_opens_next() -> None:
    """Today, tomorrow, or after the weekend."""
    read = parse("周一至周五 8:30-17:00")
    assert read is not None
    assert read.opens(MONDAY.replace(hour=7)) == (0, 510)
    assert read.opens(MONDAY.replace(hour=18)) == (1, 510)
    assert read.opens(MONDAY.replace(day=28, hour=9)) == (2, 510)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440))))
def test_stored_hours_come_back(spans: list[tuple[int, int, int]]) -> None:
    """What the column holds is what was written, in order and without overlaps in a day."""
    made = Hours.of(Span(day, start, start + length) for day, start, length in spans)
    assert Hours.load(made.stored()) == made
    for one, other in zip(made.spans, made.spans[1:], strict=False):
        assert one.day < other.day or one.end < other.start


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing a table may hold breaks the reader."""
    try:
        read = parse(text)
    except ValueError:
        return
    assert read is None or read.spans
