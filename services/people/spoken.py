"""What people say of flats, people and their relations; only read here, nothing is looked up."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_DATA = Path(__file__).resolve().parents[2] / "data" / "people.yaml"
_FIGURES = {char: str(n) for n, chars in enumerate(
    ["零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九"]) for char in chars}  # fmt: skip
_NUMBER = r"(?:\d{1,4}|[零〇一二两三四五六七八九十百]{1,6})"
# 懂 and 冻 are what dictation makes of 栋.
_FLAT = re.compile(
    rf"(?P<building>{_NUMBER})\s*(?:号楼|幢|栋|懂|冻|座)\s*"
    rf"(?:(?P<stair>{_NUMBER})\s*(?:单元|门洞)\s*)?(?:(?P<door>{_NUMBER})\s*(?:室|号|房|户)?)?"
)
_DASHED = re.compile(
    r"(?<![\d-])(?P<building>\d{1,3})\s*[-#/]\s*(?:(?P<stair>\d{1,2})\s*[-#/]\s*)?"
    r"(?P<door>\d{2,4})(?![\d-])"
)
_ENGLISH = re.compile(
    r"\bbuilding\s*(?P<building>\d+)(?:\D{0,12}?(?:stair|unit|entrance)\s*(?P<stair>\d+))?"
    r"(?:\D{0,12}?(?:flat|room|apartment|no\.?)\s*(?P<door>\d+))?"
)
_STAIR = re.compile(rf"(?P<stair>{_NUMBER})\s*单元\s*(?:(?P<door>{_NUMBER})\s*(?:室|号|房|户)?)?")
_DOOR = re.compile(
    r"(?P<door>[零〇一二两三四五六七八九]{3,4})\s*(?:室|号房|户)"
    r"|(?<!\d)(?P<figures>\d{3,4})(?!\d)(?=\s*(?:室|号房|户|家)|\D*$)"
    r"|\b(?:flat|room|apartment)\s*(?P<flat>\d{3,4})"
)
_LONG = re.compile(r"(?<!\d)(\d{17}[\dxX]|1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?![\dxX])")
_TAIL = re.compile(r"(?<![\d-])(\d{3}[\dxX])(?![\dxX-])(?!\s*(?:室|号|房|户|幢|栋|单元|家))")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_SIGNS = re.compile(r"[\s,，。.;；:：、!！?？“”\"'（）()]+")
_FORMS = {
    "proxy": re.compile(r"^(?:代办|帮办|act for|on behalf of)[\s:：]*(?P<who>.+)$", re.IGNORECASE),
    "invite": re.compile(
        r"^(?:邀请|invite)[\s:：]*(?P<family>家属|family of)?[\s:：]*(?P<who>.+)$", re.IGNORECASE
    ),
    "contact": re.compile(
        r"^(?:给|add (?:a )?contact (?:for|to))\s*(?P<who>.+?)\s*"
        r"(?:(?:加|添加|登记|记)(?:一?个)?(?:紧急)?联系人|:)[\s:：,，]*(?P<rest>.*)$",
        re.IGNORECASE,
    ),
    "needs_off": re.compile(
        r"^(?:给|clear needs of)\s*(?P<who>.+?)\s*(?:去掉|删掉|划掉|:)[\s:：,，]*(?P<rest>.+)$",
        re.IGNORECASE,
    ),
    "needs": re.compile(
        r"^(?:给|note for)\s*(?P<who>.+?)\s*(?:记上|记录|记下|备注|记|:)[\s:：,，]*(?P<rest>.+)$",
        re.IGNORECASE,
    ),
}
_LEAVING = re.compile(
    r"搬走|搬出|不住了|不住这|解绑|解除|取消绑定|取消关联|moved out|unbind|unlink", re.IGNORECASE
)
_IS = re.compile(r"我是(?:他|她|老人|[\u4e00-\u9fff]{2,3})的?")


@dataclass(frozen=True, slots=True)
class Flat:
    """A flat as somebody says it; what was left out is None. A building's name is its figure."""

    building: str | None
    stair: str | None
    door: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """A worker's command of several parts: what for, about whom, and the rest of it."""

    kind: str
    who: str
    rest: str


@dataclass(frozen=True, slots=True)
class Told:
    """A contact as told in one line."""

    name: str
    phone: str
    relation: str
    key_holder: bool


@cache
def words() -> dict[str, Any]:
    """Read data/people.yaml."""
    table: dict[str, Any] = yaml.safe_load(_DATA.read_text("utf-8"))
    return table


def figure(text: str) -> str:
    """Write a number in figures: 五零一, 五百零一 and 501 are the same, 十二 is 12."""
    if text.isdigit():
        return str(int(text))
    if "十" not in text and "百" not in text:
        return "".join(_FIGURES[char] for char in text).lstrip("0") or "0"
    hundreds, mark, rest = text.rpartition("百")
    total = 100 * int(_FIGURES.get(hundreds, "1")) if mark else 0
    tens, mark, ones = rest.rpartition("十")
    total += 10 * int(_FIGURES.get(tens.strip("零〇"), "1")) if mark else 0
    ones = ones.strip("零〇")
    return str(total + (int(_FIGURES[ones[-1]]) if ones else 0))


def flat_of(text: str) -> Flat | None:
    """Find a flat in a text: 3幢2单元501, 3-2-501, 三幢二单元五零一, building 3 flat 501, 501室."""
    line = _LONG.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    for pattern in (_FLAT, _DASHED, _ENGLISH, _STAIR):
        if found := pattern.search(line):
            parts = found.groupdict()
            return Flat(*(_figure(parts.get(part)) for part in ("building", "stair", "door")))
    if found := _DOOR.search(line):
        return Flat(None, None, _figure(found["door"] or found["figures"] or found["flat"]))
    return None


def _figure(text: str | None) -> str | None:
    return None if text is None else figure(text)


def long_number(text: str) -> str | None:
    """Find a whole telephone or ID number."""
    found = _LONG.search(unicodedata.normalize("NFKC", text))
    return found[1] if found else None


def tail_of(text: str) -> str | None:
    """Find four characters that may end a telephone or ID number."""
    found = _TAIL.search(unicodedata.normalize("NFKC", text))
    return found[1].upper() if found else None


def bare(text: str) -> str:
    """Leave out flats, numbers and what stands around a name."""
    line = unicodedata.normalize("NFKC", text).casefold()
    for pattern in (_LONG, _FLAT, _DASHED, _ENGLISH, _STAIR, _DOOR, _TAIL):
        line = pattern.sub(" ", line)
    return _SIGNS.sub(" ", _around().sub(" ", line)).strip()


@cache
def _around() -> re.Pattern[str]:
    return re.compile("|".join(sorted(words()["around"].split(), key=len, reverse=True)))


@cache
def _honorific() -> re.Pattern[str]:
    return re.compile(rf"([\u4e00-\u9fff])家?(?:{'|'.join(words()['honorifics'])})")


def family_name(text: str) -> str | None:
    """Find the family name of 陈阿婆, 姓陈的, 老陈, mrs chen; one character, or Latin letters."""
    for pattern in (
        _honorific(),
        re.compile(r"姓([\u4e00-\u9fff])"),
        re.compile(r"[老小]([\u4e00-\u9fff])(?![\u4e00-\u9fff])"),
    ):
        if found := pattern.search(text):
            return found[1]
    titles = "|".join(words()["titles"])
    found = re.search(rf"\b(?:{titles})\.?\s+([a-z]+)\b", text.casefold())
    return found[1] if found else None


def form_of(text: str) -> Form | None:
    """Read a worker's command; None for all else."""
    line = unicodedata.normalize("NFKC", text).strip()
    for kind, pattern in _FORMS.items():
        if found := pattern.fullmatch(line):
            parts = found.groupdict()
            told = kind if not parts.get("family") else "invite_family"
            return Form(told, found["who"], parts.get("rest") or "")
    return None


def contact_of(text: str) -> Told:
    """Read "儿子 陈晓明 13900000002，有钥匙" in any order; what is missing is empty."""
    line = unicodedata.normalize("NFKC", text)
    phone = long_number(line) or ""
    relation = relation_of(line) or ""
    holds = any(word in line.casefold() for word in words()["key"])
    for word in [phone, *_spoken("relations"), *words()["key"]]:
        line = line.replace(word, " ") if word else line
    name = _NAME.search(line)
    latin = re.search(r"[A-Za-z][A-Za-z .'-]+", line)
    found = name[0] if name else (latin[0].strip() if latin else "")
    return Told(found, phone, relation, holds)


def relation_of(text: str) -> str | None:
    """Name the code of the relation that is said: 儿子 is son."""
    return _code("relations", text)


def relation_to_elder(text: str) -> str | None:
    """Name whose the speaker is: "我是她女儿" is daughter, "绑定我妈" is child."""
    own = _IS.search(text)
    said = relation_of(text[own.end() :]) if own else None
    return said or _code("elders", text)


def leaving(text: str) -> bool:
    """Tell whether somebody wants out of what they are joined to."""
    return bool(_LEAVING.search(text))


def needs_of(text: str) -> list[str]:
    """List the codes of all needs that are said."""
    line = text.casefold()
    return [code for code, said in words()["needs"].items() if any(one in line for one in said)]


def groups_of(text: str) -> list[str]:
    """List the codes of all groups that are asked for."""
    line = text.casefold()
    return [code for code, said in words()["groups"].items() if any(one in line for one in said)]


def use_of(text: str) -> str | None:
    """Name the use of flats that is asked for: vacant or let."""
    line = text.casefold()
    return next((use for use in ("vacant", "let") if any(w in line for w in words()[use])), None)


def _code(table: str, text: str) -> str | None:
    line = text.casefold()
    return next(
        (code for code, said in words()[table].items() if any(one in line for one in said)), None
    )


def _spoken(table: str) -> list[str]:
    said = [word for words_of in words()[table].values() for word in words_of]
    return sorted(said, key=len, reverse=True)
