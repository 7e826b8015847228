"""What a text says beside its intent: which one, how many, when, what kind of shop, which code."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from services.language import corpus
from services.language.commands import number_of
from services.language.features import plain
from services.language.kinds import kinds_of
from services.language.names import activity_in, reward_in
from services.language.written import is_english

_FIGURES = {c: n for n, chars in enumerate(["一", "二两", "三", "四", "五", "六", "七", "八", "九"], 1)
            for c in chars}  # fmt: skip
_NUMBER = r"(\d+|[一二两三四五六七八九十]{1,3})"
_ORDINAL = re.compile(rf"第{_NUMBER}个?|(?<!\d){_NUMBER}号(?!楼|线|码)")
_ENGLISH_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_QUANTITY = re.compile(
    rf"{_NUMBER}\s*(袋|桶|瓶|个|只|斤|包|提|份|张|卷|盒|块|双|次|位|人|把|副|套|顶|条)"
)
_SPAN = re.compile(rf"(半|{_NUMBER})(个)?(天|晚|周|星期|礼拜|月)")
_WHEN = re.compile(
    r"大后天|后天|明天|明儿|明早|明晚|今天|今早|今晚|今儿|昨天|前天|"
    r"(?:这|本|下下|下|上)?个?(?:周|星期|礼拜)[一二三四五六日天末]|周末|"
    r"(?:这|本|下|上)个?(?:周|星期|礼拜|月)(?![一二三四五六日天末])|"
    r"早上|上午|中午|下午|傍晚|晚上|夜里|半夜|"
    r"\d{1,2}月\d{1,2}[日号]|\d{1,2}[日号](?!楼)|\d{1,2}[点:：]\d{0,2}|"
    r"\b(?:today|tomorrow|tonight|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"weekend|(?:this|next) (?:weekend|week|month))\b"
)
_OPEN = re.compile(
    r"开着|开门的|还开|现在.{0,4}开|营业|开没开|开门了吗|没关门|open now|still open|is .* open"
)
_CODE = re.compile(r"(?<!\d)(\d{3})[ -]?(\d{3})(?!\d)")
_ASKING = re.compile(
    r"请问|附近|周边|周围|旁边|最近的?|哪里|哪儿|哪家|哪个|在哪|在什么地方|什么地方|怎么走|怎么去|有没有|有吗|有哪些|"
    r"的?电话(号码)?(是)?多少|几点(开门|关门|营业)|开门了?吗?|关门了?吗?|营业吗?|我要|我想|想要|帮我|给我|找一?下?|查一?下?|"
    r"看一?下?|带我去?|去|到|一家|一个|有|吗|呢|啊|呀|的|了|现在|还|开着|要走多久|要走多远|多远"
)
_ASKING_ENGLISH = re.compile(
    r"where(?:'s)?|which|what|who|when|how|do|does|is|are|there|can|could|i|me|my|we|a|an|the|any|some|to|for|"
    r"of|at|in|on|get|go|find|need|want|would|like|buy|look|looking|please|near|nearby|nearest|closest|next|"
    r"around|here|now|still|open|opened|today|shops?|stores?|places?|somewhere|anywhere|anything"
)
_TAKING = re.compile(
    r"redeem|exchange|my points|points|for|with|i|want|to|would|like|get|please|the|a|use"
)
_JOINING = re.compile(r"sign|me|up|for|join|the|register|i|want|to|please|cancel|leave|my|activity")
_PRICE = re.compile(r"[\d一二两三四五六七八九十百]+个?(?:积分|分)")
_WEAK = frozenset({"东西", "礼品", "奖品", "礼物", "什么", "啥", "点", "些", ""})


def slots_of(intent: str, text: str) -> dict[str, Any]:
    """Collect what the text says for this intent; nothing is guessed."""
    line = plain(text)
    found = _READERS[intent](line, text) if intent in _READERS else {}
    if when := _WHEN.findall(line):
        found["when"] = " ".join(when)
    return {name: value for name, value in found.items() if value not in (None, "")}


def _number(text: str) -> int | None:
    """Read a figure up to 99 in either writing."""
    if text.isdigit():
        return int(text)
    tens, mark, ones = text.partition("十")
    if not mark:
        return _FIGURES.get(text)
    return (_FIGURES.get(tens, 1) if tens or not ones else 1) * 10 + _FIGURES.get(ones, 0)


def ordinal(line: str) -> int | None:
    """Read 第二个, 2号, the second one, or a bare number."""
    if (bare := number_of(line)) is not None:
        return bare
    if mark := _ORDINAL.search(line):
        return _number(mark[1] or mark[2])
    words = line.split()
    return next((n for n, word in enumerate(_ENGLISH_ORDINALS, 1) if word in words), None)


def quantity(line: str) -> int | None:
    """Read 两袋, 3 个, or None."""
    mark = _QUANTITY.search(line)
    return (
        _number(mark[1]) if mark and line[max(0, mark.start() - 1) : mark.start()] != "第" else None
    )


def _left(pattern: re.Pattern[str], line: str) -> str:
    """Return what remains of a sentence without its asking words."""
    words = r"\b(?:%s)\b" if line.isascii() else "%s"
    bare = re.sub(words % f"(?:{pattern.pattern})", " ", _WHEN.sub(" ", line))
    return " ".join(bare.split()) if line.isascii() else "".join(bare.split())


def _close(line: str) -> str:
    """Leave out times and blanks."""
    return "".join(_WHEN.sub(" ", line).split())


@cache
def _categories() -> list[tuple[str, str]]:
    said = [(word, key) for key, words in corpus.categories().items() for word in words]
    return sorted(said, key=lambda pair: -len(pair[0]))


def category(line: str) -> str | None:
    """Name the kind of shop whose longest word the text holds."""
    return next((key for word, key in _categories() if word in line), None)


def _open(line: str, _text: str) -> dict[str, Any]:
    return {"open_now": True if _OPEN.search(line) else None}


def _shop(line: str, _text: str) -> dict[str, Any]:
    english = is_english(line)
    rest = _left(_ASKING_ENGLISH if english else _ASKING, line)
    kind = next(iter(kinds_of(line)), None) if english else category(line)
    known = kinds_of(rest) if english else rest in {word for word, _ in _categories()}
    named = rest if 2 <= len(rest) <= 20 and not known else None
    return {"category": kind, "name": named} | _open(line, _text)


def _activity(line: str, _text: str) -> dict[str, Any]:
    number = ordinal(line)
    rest = _ORDINAL.sub(" ", line)
    name = _left(_JOINING, rest) if line.isascii() else activity_in(_close(rest))
    return {"ordinal": number, "name": name if len(name) > 1 and number is None else None}


def _reward(line: str, _text: str) -> dict[str, Any]:
    number = ordinal(line)
    rest = _ORDINAL.sub(" ", _QUANTITY.sub(" ", line))
    name = _left(_TAKING, rest) if line.isascii() else reward_in(_close(_PRICE.sub(" ", rest)))
    reward = name if name not in _WEAK and number is None else None
    return {"ordinal": number, "quantity": quantity(line), "reward": reward}


def _whole(_line: str, text: str) -> dict[str, Any]:
    return {"text": text.strip()}


def _away(line: str, text: str) -> dict[str, Any]:
    span = _SPAN.search(line)
    days: int | None = None
    if span:
        count = 0.5 if span[1] == "半" else float(_number(span[2]) or 0)
        days = round(count * {"天": 1, "晚": 1, "月": 30}.get(span[4], 7)) or 1
    return {"text": text.strip(), "days": days}


def _code(line: str, _text: str) -> dict[str, Any]:
    mark = _CODE.search(line)
    return {"code": mark[1] + mark[2] if mark else None}


_READERS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "find_shop": _shop,
    "browse_circle": _open,
    "join_activity": _activity,
    "leave_activity": _activity,
    "check_in": _activity,
    "redeem": _reward,
    "report_problem": _whole,
    "resident_lookup": _whole,
    "elder_record": _whole,
    "device_status": _whole,
    "record_visit": _whole,
    "set_away": _away,
    "confirm_redemption": _code,
}
