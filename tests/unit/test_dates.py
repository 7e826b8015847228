"""From when until when, as people say it."""

from datetime import date

import pytest

from services.language.dates import Span, span_of

SUNDAY = date(2026, 11, 22)


def day(number: int, month: int = 11) -> date:
    """Name a day of this autumn."""
    return date(2026, month, number)


@pytest.mark.parametrize(
    ("said", "begins", "ends"),
    [
        ("妈妈去南京三天", None, day(25)),
        ("我妈去上海两天", None, day(24)),
        ("十号回来", None, day(10, 12)),
        ("妈妈25号回来", None, day(25)),
        ("until Friday", None, day(27)),
        ("mum is away until Friday", None, day(27)),
        ("she is with me for a week", None, day(29)),
        ("away from tomorrow to Sunday", day(23), day(29)),
        ("从明天到周日不在家", day(23), day(29)),
        ("十号到十五号不在家", day(10, 12), day(15, 12)),
        ("12月3号到12月8号去北京", day(3, 12), day(8, 12)),
        ("我后天去上海，周五回来", day(24), day(27)),
        ("我明天不在家", day(23), day(23)),
        ("明天开始不在家", day(23), None),
        ("周末不在家", day(28), day(29)),
        ("下周三回来", None, day(25)),
        ("回老家半个月", None, day(7, 12)),
        ("去亲戚家住两个礼拜", None, day(6, 12)),
        ("back on the 28th", None, day(28)),
        ("外出报备", None, None),
        ("老人不在家", None, None),
    ],
)
def test_what_a_sentence_says(said: str, begins: date | None, ends: date | None) -> None:
    """What it does not say is not guessed."""
    assert span_of(said, SUNDAY) == Span(begins, ends)
