"""What a worker says to silence a device, to try one out, or to see what is silenced."""

import re
from dataclasses import dataclass
from typing import Literal

from services.language.features import plain

_QUESTION = re.compile(r"怎么|如何|为什么|干嘛|\bhow\b|\bwhy\b")
_LIST = re.compile(
    r"(哪些|哪几|什么|有没有|看看|查一下).{0,8}(静音|消音)|(静音|消音)(的设备|名单|清单|列表|了哪些|了没有)"
    r"|(结束|取消|解除|停止|恢复|提前结束).{0,12}(静音|消音|测试模式)"
    r"|\bwhat is silenced\b|\bsilenced devices\b|\b(end|stop) (the )?(silence|test mode)\b"
)
_SILENCE = re.compile(r"静音|消音|别再?(响|叫)|\bsilence\b|\bmute\b")
_TEST = re.compile(r"测试模式|试报警|^(我们?)?(要|在|正在|来)?(测试|试)(一下)?.{0,20}(烟|燃气|煤气|报警器|手环|设备)"
                   r"|\btest mode\b")  # fmt: skip
_BEFORE = re.compile(
    r"^(麻烦|请|帮我|帮忙|我要|我想|我在|我们在|正在|要|在|把|给|让|将|测试模式|测试|静音|消音|please|silence|mute|test mode|the |\s)+",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"(?P<half>半)\s*个?\s*(?:小时|钟头)"
    r"|(?P<count>\d{1,3}|[一二两三四五六七八九十]{1,3})\s*(?:个\s*)?(?P<more>半)?\s*"
    r"(?P<unit>小时|钟头|分钟|分|hours?|h\b|minutes?|min\b)"
)
_DIGITS = {char: n for n, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_PARTS = re.compile(r"[，,。;；]")


@dataclass(frozen=True, slots=True)
class Wish:
    """What was said: where, how long and why may be missing."""

    wants: Literal["silence", "test", "list"]
    place: str = ""
    minutes: int | None = None
    reason: str = ""


def read(text: str) -> Wish | None:
    """Read a wish; None for words that are about something else, and for questions."""
    line = plain(text)
    if _LIST.search(line):
        return Wish("list")
    wants: Literal["silence", "test"] | None = (
        "silence" if _SILENCE.search(line) else "test" if _TEST.search(line) else None
    )
    if wants is None or _QUESTION.search(line):
        return None
    first, *others = [part.strip() for part in _PARTS.split(text) if part.strip()]
    span = _SPAN.search(line)
    return Wish(
        wants,
        place=_BEFORE.sub("", first),
        minutes=_minutes(span) if span else None,
        reason=next((one for one in reversed(others) if not _SPAN.fullmatch(plain(one))), ""),
    )


def minutes_of(text: str) -> int | None:
    """Read a span such as 半小时, 90 分钟 or two figures of minutes; None for none."""
    line = plain(text)
    if line.isdecimal() and line.isascii() and len(line) <= 3:
        return int(line)
    span = _SPAN.search(line)
    return _minutes(span) if span else None


def _minutes(span: re.Match[str]) -> int:
    if span["half"]:
        return 30
    whole = span["unit"][0] in "小钟h"
    return (
        (_number(span["count"]) * 60 + (30 if span["more"] else 0))
        if whole
        else _number(span["count"])
    )


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
