"""Doors as people write them: 3, 3幢, 3号楼, 3-2-501 or 3幢2单元501室, in one column or in three."""

import re
import unicodedata
from dataclasses import dataclass

from services.imports import Faulty

_NUMERALS = {char: number for number, char in enumerate("一二三四五六七八九", 1)}
_COUNTED = re.compile(r"([一二三四五六七八九十]+)(?=幢|栋|号|座|单元|楼|层|室|网格)")
_HOUSE = r"(?P<before>.*?)(?P<house>[A-Z]?\d+[A-Z]?)(?:幢|栋|号楼|座|#楼|#|号|楼)"
_STAIR = r"(?P<stair>\d+)(?:单元|楼道|梯|门)"
_ROOM = r"(?P<room>[A-Z]?\d{2,4}[A-Z]?)(?:室|号室|号|房|户)?"
_WHOLE = re.compile(rf"(?:{_HOUSE})?(?:{_STAIR})?(?:{_ROOM})?")
_DASHES = re.compile(
    r"(?:(?P<before>\D*?)(?P<house>[A-Z]?\d+[A-Z]?)-)?(?P<stair>\d{1,2})-(?P<room>[A-Z]?\d{3,4}[A-Z]?)室?"
)


@dataclass(frozen=True, slots=True)
class House:
    """A building as it is written: what stands before its number, and the number; 东方花园 3."""

    before: str
    number: str


@dataclass(frozen=True, slots=True)
class Door:
    """A flat as it is written; what was not said is None."""

    house: House | None
    stair: int | None
    room: str | None


def spelled(text: str) -> str:
    """Fold width and case, take blanks out, write numerals as digits."""
    folded = "".join(unicodedata.normalize("NFKC", text).split()).upper().lstrip("'’‘`")
    folded = re.sub(r"[—–―－]", "-", folded).removesuffix(".0")
    return _COUNTED.sub(lambda found: str(_counted(found[1])), folded)


def _counted(text: str) -> int:
    """Read a numeral up to 99."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _NUMERALS.get(text, 0)
    return (_NUMERALS.get(tens, 1) if tens else 1) * 10 + _NUMERALS.get(ones, 0)


def house(text: str) -> House:
    """Read a building's name; a name without a number stands for itself."""
    bare = spelled(text)
    found = re.fullmatch(rf"{_HOUSE}|(?P<alone>[A-Z]?\d+[A-Z]?)", bare)
    if not found:
        return House(bare, "")
    return House(found["before"] or "", (found["house"] or found["alone"]).lstrip("0") or "0")


def door(building: str, stair: str, room: str) -> Door:
    """Read a flat out of three cells, each of which may hold more than its own part.

    Raises Faulty where a cell can't be read or two of them disagree.
    """
    found = [_in_building(building), _in_room(room)]
    if stair:
        found.append(_in_stair(stair))
    houses = {one.house for one in found if one.house}
    stairs = {one.stair for one in found if one.stair is not None}
    rooms = {one.room for one in found if one.room}
    if len({one.number for one in houses}) > 1 or len(stairs) > 1 or len(rooms) > 1:
        raise Faulty("fault-place-differs")
    longest = max(houses, key=lambda one: len(one.before), default=None)
    return Door(longest, next(iter(stairs), None), next(iter(rooms), None))


def _in_building(text: str) -> Door:
    bare = spelled(text)
    if not bare:
        return Door(None, None, None)
    if (found := _DASHES.fullmatch(bare)) and found["house"]:
        return _door(found)
    if found := re.fullmatch(rf"([A-Z]?\d+[A-Z]?)-{_ROOM}", bare):
        return Door(House("", found[1]), None, _room(found["room"]))
    if (found := _WHOLE.fullmatch(bare)) and found["house"]:
        return _door(found)
    return Door(house(bare), None, None)


def _in_room(text: str) -> Door:
    bare = spelled(text)
    if not bare:
        return Door(None, None, None)
    if (found := _DASHES.fullmatch(bare)) or (found := _WHOLE.fullmatch(bare)):
        return _door(found)
    raise Faulty("fault-room")


def _in_stair(text: str) -> Door:
    bare = spelled(spelled(text).removesuffix("单元") + "单元").removesuffix("单元")
    if found := re.fullmatch(rf"(?:{_HOUSE})?(?P<stair>\d+)(?:单元|楼道|梯|门)?", bare):
        return _door(found)
    if found := re.fullmatch(r"(?P<stair>[甲乙丙丁])(?:单元)?", bare):
        return Door(None, "甲乙丙丁".index(found["stair"]) + 1, None)
    raise Faulty("fault-stair-unread")


def _door(found: re.Match[str]) -> Door:
    parts = found.groupdict()
    number = parts.get("house")
    return Door(
        House(parts.get("before") or "", number.lstrip("0") or "0") if number else None,
        int(parts["stair"]) if parts.get("stair") else None,
        _room(parts["room"]) if parts.get("room") else None,
    )


def _room(text: str) -> str:
    return text.lstrip("0") or "0"


def floor(room: str) -> int:
    """Tell the floor by the door: 501 is on the fifth, 1203 on the twelfth."""
    digits = re.sub(r"\D", "", room)
    return int(digits[:-2]) if len(digits) > 2 else 1


def grid_number(text: str) -> int | None:
    """Read the number of a grid: 3, 第三网格, 东方社区第三网格, 网格3."""
    bare = spelled(text)
    found = re.fullmatch(r"(?:.*?第)?(\d+)(?:号?网格)?|网格(\d+)", bare)
    return int(found[1] or found[2]) if found else None
