"""Who is away, from when until when: 妈妈, 三天, 明天到周日, 十号回来, until Friday."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from services.language.features import plain

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2}
_N = r"(\d+|[零一二两俩三四五六七八九十]{1,3})"
_SPAN = re.compile(rf"(半|{_N})\s*个?\s*(天|晚|周|星期|礼拜|月)")
_ENGLISH_SPAN = re.compile(
    r"\b(a|an|one|two|three|four|five|six|seven|ten|\d+)\s+(day|night|week|month)s?\b"
)
_ENGLISH_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
                    "six": 6, "seven": 7, "ten": 10}  # fmt: skip
_DAYS = {"天": 1, "晚": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "day": 1, "night": 1, "week": 7,
         "month": 30}  # fmt: skip
_NEAR = {"大后天": 3, "后天": 2, "明天": 1, "明儿": 1, "明早": 1, "明晚": 1, "今天": 0, "今儿": 0,
         "今晚": 0, "day after tomorrow": 2, "tomorrow": 1, "today": 0, "tonight": 0}  # fmt: skip
_WEEKDAYS = {c: n for n, chars in enumerate(("一", "二", "三", "四", "五", "六", "日天"))
             for c in chars}  # fmt: skip
_ENGLISH_WEEKDAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
           "october", "november", "december")  # fmt: skip
_DATE = re.compile(
    rf"(?P<near>{'|'.join(sorted(_NEAR, key=len, reverse=True))})"
    r"|(?P<week>下下|下|这|本)?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])"
    r"|(?P<weekend>(?:下|这|本)?个?周末|\b(?:next |this |the )?weekend\b)"
    rf"|(?:(?P<month>{_N})\s*月\s*(?:份)?)?(?P<number>{_N})\s*[号日](?!楼|线|码)"
    r"|\b(?P<next>next )?(?P<english>mon|tues|wednes|thurs|fri|satur|sun)day\b"
    rf"|\b(?:(?P<name>{'|'.join(_MONTHS)})\s+)?(?:the\s+)?(?P<nth>\d{{1,2}})(?:st|nd|rd|th)\b"
)
_UNTIL = re.compile(
    r"(到|至|回来|回家|才回|再回|回常州|接回|出院|结束|为止|之前|\buntil\b|\btill\b|\bback\b|\bto\b)"
)
_FROM = re.compile(r"(从|开始|起|去|走|出发|出门|\bfrom\b|\bstarting\b|\bleav)")
_PARENT = re.compile(
    r"妈|爸|爹|娘|爷|奶|外公|外婆|老人|老太太"
    r"|\b(?:mum|mom|mother|dad|father|grand\w+|parents?|she|he)\b",
    re.IGNORECASE,
)
_BEFORE, _AFTER = 9, 4  # letters around a date in which it is said what the date is


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last day; `ends` is None when only the beginning was said."""

    begins: date | None = None
    ends: date | None = None


def span_of(text: str, today: date) -> Span:
    """Read the days that a sentence names; what it does not say stays None."""
    line = plain(text)
    begins: date | None = None
    ends: date | None = None
    found = list(_DATE.finditer(line))
    for place, mark in enumerate(found):
        first, last = _days(mark, today)
        closing = _closes(line, found, place)
        if closing or (begins is not None and ends is None):
            ends = last if begins is None or last >= begins else _days(mark, begins)[1]
        elif begins is None:
            begins = first
            if first != last:
                ends = last
    days = _length(line)
    if days is not None and ends is None:
        ends = (begins or today) + timedelta(days=days)
    if begins is not None and ends is None and not _FROM.search(line):
        ends = begins  # 我明天不在家
    return Span(begins, ends)


def of_a_parent(text: str) -> bool:
    """Tell whether a sentence is about somebody's parent, and not about who writes it."""
    return _PARENT.search(text) is not None


def _closes(line: str, found: list[re.Match[str]], place: int) -> bool:
    """Tell whether a date is the end: 到周日, 十号回来, until Friday."""
    mark = found[place]
    start = found[place - 1].end() if place else 0
    stop = found[place + 1].start() if place + 1 < len(found) else len(line)
    before = line[max(start, mark.start() - _BEFORE) : mark.start()]
    after = line[mark.end() : min(stop, mark.end() + _AFTER)]
    if re.search(r"^\s*(到|至|\bto\b|-|—)", after):
        return False
    return bool(
        _UNTIL.search(before) or re.match(r"\s*(就|才|再|晚上|下午|上午)?(回|到家|出院)", after)
    )


def _length(line: str) -> int | None:
    if mark := _SPAN.search(line):
        count = 0.5 if mark[1] == "半" else float(number(mark[2]))
        return max(1, round(count * _DAYS[mark[3]]))
    if mark := _ENGLISH_SPAN.search(line):
        count = _ENGLISH_NUMBERS.get(mark[1]) or int(mark[1])
        return max(1, round(count * _DAYS[mark[2]]))
    return None


def number(text: str) -> int:
    """Read 3, 三, 十五, 二十三."""
    if text.isdigit():
        return int(text)
    tens, mark, ones = text.partition("十")
    if not mark:
        return _DIGITS.get(text, 0)
    return (_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)


def _days(mark: re.Match[str], today: date) -> tuple[date, date]:
    """Return the first and last day that a date means."""
    given = mark.groupdict()
    if given["near"]:
        day = today + timedelta(days=_NEAR[given["near"]])
    elif given["day"]:
        day = _weekday(today, _WEEKDAYS[given["day"]], given["week"])
    elif given["english"]:
        wanted = _ENGLISH_WEEKDAYS.index(given["english"])
        day = _weekday(today, wanted, "下" if given["next"] else None)
    elif given["weekend"]:
        later = "下" if "下" in given["weekend"] or "next" in given["weekend"] else None
        saturday = _weekday(today, 5, later)
        return saturday, saturday + timedelta(days=1)
    elif given["nth"]:
        month = _MONTHS.index(given["name"]) + 1 if given["name"] else None
        day = _calendar(today, month, int(given["nth"]))
    else:
        month = number(given["month"]) if given["month"] else None
        day = _calendar(today, month, number(given["number"]))
    return day, day


def _weekday(today: date, wanted: int, which: str | None) -> date:
    """Find 周五 (the next one from today on), 下周五 (of the coming week), 下下周五."""
    monday = today - timedelta(days=today.weekday())
    if which in {"下", "下下"}:
        return monday + timedelta(days=wanted, weeks=len(which))
    day = monday + timedelta(days=wanted)
    return day if day >= today or which is not None else day + timedelta(weeks=1)


def _calendar(today: date, month: int | None, day: int) -> date:
    """Find the next such day of the month; an impossible one is the last of its month."""
    for ahead in range(14):
        year, index = divmod(today.month - 1 + ahead, 12)
        if month is not None and index + 1 != month:
            continue
        found = _clamped(today.year + year, index + 1, day)
        if found >= today:
            return found
    return today


def _clamped(year: int, month: int, day: int) -> date:
    first = date(year, month, 1)
    following = (first + timedelta(days=32)).replace(day=1)
    return first + timedelta(days=min(max(day, 1), (following - first).days) - 1)
