"""Opening hours as people write them, in Chinese free text or OpenStreetMap's form."""

import re
import unicodedata
from collections.abc import Iterator

from services.shops.hours import DAY, Hours, Span

_ALL = frozenset(range(7))
_DAYS = {char: day for day, chars in enumerate(["一1", "二2", "三3", "四4", "五5", "六6", "日天7末"])
         for char in chars}  # fmt: skip
_OSM = {name: day for day, name in enumerate(["mo", "tu", "we", "th", "fr", "sa", "su"])}
_GROUPS = (
    (r"每天|每日|天天|全周|全年(?:无休)?|周一至周日", _ALL),
    (r"工作日|平日|平时", frozenset(range(5))),
    (r"双休日|周末|周六日|周六周日|周六、?周日|星期六、?日|节假日及周末", frozenset({5, 6})),
)
_DASH = r"(?:-+|~+|至|到|直到|开到)"
_NAMED = r"(?:周|星期|礼拜)"
_DAY = rf"(?:{_NAMED}[一二三四五六日天1-7]|[一二三四五六日天](?![点时]))"
_DAY_LIST = re.compile(
    rf"{_NAMED}[一二三四五六日天1-7](?:(?:{_DASH}|[、,和及]){_DAY}|{_NAMED}[一二三四五六日天])*"
)
_OSM_DAYS = re.compile(r"\b((?:mo|tu|we|th|fr|sa|su)(?:\s*[-,]\s*(?:mo|tu|we|th|fr|sa|su))*)\b")
_PART = r"(凌晨|清晨|清早|早上|早晨|早|上午|中午|下午|傍晚|晚上|晚间|晚|夜里|夜间|深夜|半夜|次日凌晨|次日|第二天|翌日)?"
_TIME = rf"{_PART}(\d{{1,2}})(?:[:.](\d{{2}})|[点时](半|一刻|三刻|(\d{{1,2}})分?|整|钟)?)?"
_RANGE = re.compile(rf"{_TIME}{_DASH}{_TIME}")
_WHOLE = re.compile(r"24/7|24小时|二十四小时|全天(?:候|开放|营业)?|昼夜|00?:00-24:00|0点-24点")
_CLOSED = re.compile(r"休息|不营业|关门|店休|闭馆|\boff\b|\bclosed\b|停业")
_HOLIDAYS = re.compile(r"(?:国家)?(?:法定)?节?假日(?:除外|休息|不营业)?|ph off|春节[^;]*|全年无休")
_NUMERALS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7,
             "八": 8, "九": 9}  # fmt: skip
_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "晚间", "晚", "夜里", "夜间", "深夜", "半夜"})
_NEXT = frozenset({"次日", "次日凌晨", "第二天", "翌日"})


def parse(text: str) -> Hours | None:
    """Normalise a text into weekly ranges; None for an empty one.

    Raises ValueError where a part cannot be understood: half-understood hours send people to
    closed doors.
    """
    plain = _plain(text)
    if not plain:
        return None
    closed: set[int] = set()
    spans: list[Span] = []
    days: frozenset[int] | None = None
    for clause in filter(None, re.split(r"[;\n。]", plain)):
        for named, said in _by_days(clause):
            rest = said
            days = named if named is not None else days or _ALL
            if (shut := _CLOSED.match(rest)) is not None:
                closed |= days  # "周日休息，其他时间 8:00-18:00"
                days, rest = _ALL, rest[shut.end() :]
            found = list(_ranges(rest, days))
            if not found and _CLOSED.search(rest):
                closed |= days
            elif re.search(r"\d", _left_over(rest)) or not (found or shut or _empty(rest)):
                raise ValueError(text)
            # A later clause about a day replaces an earlier general one.
            if found and named is not None and shut is None and named != _ALL:
                spans = [span for span in spans if span.day not in named]
            spans += found
    kept = [span for span in spans if span.day not in closed]
    if not kept:
        raise ValueError(text)
    return Hours.of(kept)


def _plain(text: str) -> str:
    """Fold width, dashes and numerals; leave out what says nothing."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub(r"[—–―－~〜～∼]+", "-", plain)
    plain = re.sub(r"开门[,到至 ]*(?=[^;]*\d[^;]*关门)", "-", plain)
    plain = re.sub(r"(?<=[\d点半时分])关门", " ", plain)
    plain = re.sub(r"营业时间|营业|开门|开放|时间|左右|大约|大概|[()【】]", " ", plain)
    plain = re.sub(r"[二两]十四小时", "24小时", plain)
    plain = re.sub(r"([零一二两三四五六七八九十]{1,3})(?=[点时])", _number, plain)
    plain = re.sub(r"(?<=[点时])([一二三四五]?十[一二三四五六七八九]?)(?=分)", _number, plain)
    plain = _HOLIDAYS.sub(" ", plain) if not re.search(r"节假日及周末", plain) else plain
    plain = re.sub(r"\s*[-]\s*", "-", plain)
    return re.sub(r"\s+", " ", plain).strip(" ,、;")


def _number(match: re.Match[str]) -> str:
    word = match.group(1)
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return "".join(str(_NUMERALS[char]) for char in word)
    return str((_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0))


def _by_days(clause: str) -> Iterator[tuple[frozenset[int] | None, str]]:
    """Cut a clause at the days it names: (days or None, what is said of them)."""
    marks = sorted(_day_marks(clause))
    if not marks:
        yield None, clause
        return
    if (before := clause[: marks[0][0]].strip(" ,、:")) and _RANGE.search(before):
        # "8:00-20:00 周日休息" says the hours first; "8:00-20:00 周一至周六" names their days after.
        after = clause[marks[0][1] :]
        if _CLOSED.search(after) or _RANGE.search(after):
            yield None, before
        else:
            yield marks[0][2], before + re.sub(r"^[、,和及 ]+", "", after)
            return
    days: frozenset[int] = frozenset()
    for index, (_, end, named) in enumerate(marks):
        days |= named
        until = marks[index + 1][0] if index + 1 < len(marks) else len(clause)
        rest = clause[end:until].strip(" ,、:")
        if rest and not re.fullmatch(r"[和及与、,]+", rest):
            yield days, rest
            days = frozenset()
    if days:
        yield days, ""


def _day_marks(clause: str) -> list[tuple[int, int, frozenset[int]]]:
    marks: list[tuple[int, int, frozenset[int]]] = []

    def free(match: re.Match[str]) -> bool:
        return all(match.end() <= start or match.start() >= end for start, end, _ in marks)

    for pattern, days in _GROUPS:
        marks += [(m.start(), m.end(), days) for m in re.finditer(pattern, clause) if free(m)]
    for match in _DAY_LIST.finditer(clause):
        if free(match):
            marks.append((match.start(), match.end(), _listed(match.group(0))))
    for match in _OSM_DAYS.finditer(clause):
        marks.append((match.start(), match.end(), _listed_osm(match.group(1))))
    return marks


def _listed(text: str) -> frozenset[int]:
    """Read 周一至周五, 周一、三、五, 周六周日."""
    days: set[int] = set()
    last, ranging = None, False
    for char in re.sub(_NAMED, "", text).replace("直到", "到"):
        if char in _DAYS:
            day = _DAYS[char]
            if ranging and last is not None:
                days |= {(last + step) % 7 for step in range((day - last) % 7 + 1)}
            days.add(day)
            last, ranging = day, False
        elif char in "-至到":
            ranging = True
    return frozenset(days)


def _listed_osm(text: str) -> frozenset[int]:
    days: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        start = _OSM[first]
        days |= {(start + step) % 7 for step in range((_OSM[last or first] - start) % 7 + 1)}
    return frozenset(days)


def _ranges(text: str, days: frozenset[int]) -> Iterator[Span]:
    """Find every range of hours in a text; raises ValueError for hours that cannot be."""
    if _WHOLE.search(text):
        yield from (Span(day, 0, DAY) for day in sorted(days))
        return
    for match in _RANGE.finditer(text):
        start, end = _span(match.groups())
        yield from (Span(day, start, end) for day in sorted(days))


def _left_over(text: str) -> str:
    return _RANGE.sub("", _WHOLE.sub("", text))


def _empty(text: str) -> bool:
    return not text.strip(",、 ")


def _span(groups: tuple[str | None, ...]) -> tuple[int, int]:
    start_part, end_part = groups[0], groups[5]
    start, end = _time(groups[:5]), _time(groups[5:])
    if end_part in _NEXT:
        return start, end + DAY
    if end_part is None and start_part in _AFTERNOON and end <= 12 * 60 and end + 12 * 60 > start:
        end += 12 * 60  # 下午1点到5点
    if end <= start:
        # "8点到6点" means six in the evening; "18:00-2:00" means past midnight.
        evening = end_part is None and start < 12 * 60 and end < 12 * 60 and groups[7] is None
        end += 12 * 60 if evening and end + 12 * 60 > start else DAY
    if start > DAY or end - start > DAY:
        raise ValueError("no such time")
    return start, end


def _time(groups: tuple[str | None, ...]) -> int:
    part, hour_text, minute_text, word, minutes = groups
    hour = int(hour_text or 0)
    minute = int(minute_text or minutes or {"半": 30, "一刻": 15, "三刻": 45}.get(word or "", 0))
    if hour > 24 or minute > 59:
        raise ValueError("no such time")
    if part in _AFTERNOON and hour < 12 and not (part in {"夜里", "半夜", "深夜"} and hour < 6):
        hour += 12
    if part == "中午" and hour < 6:
        hour += 12
    if part in {"晚上", "晚", "夜里", "半夜"} and hour == 12:
        hour = 24
    return hour * 60 + minute
