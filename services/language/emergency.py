"""Words of danger, looked for before any flow or model; the patterns stand in data/emergency.yaml.

A miss costs a life and a false one costs a worker's walk, so whatever sounds like danger here and
now counts, and only what is clearly talk about danger (a drill, a film, "if", "how to prevent")
does not. A general question ("着火了怎么办") is answered with advice and offers to call.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_DATA = Path(__file__).resolve().parent.parent.parent / "data" / "emergency.yaml"
_CLAUSE = re.compile(r"[，。；;、\n]|(?<=[!！?？])|,(?!\d)")
_HAN = re.compile(r"[㐀-鿿]")
_ONLY_ASKS = re.compile(
    r"^(我|我们)?(该|应该|要|可)?(怎么办|咋办|怎办|怎么弄|哪能办|怎么做)[啊呀呢]?[?？!！]*$"
)


@dataclass(frozen=True, slots=True)
class Emergency:
    """What a text calls for.

    `now` opens a ticket at once; without it the person gets advice and is asked. `elder` says
    that the text is about the writer's parent or grandparent, `supposed` that it speaks of danger
    that nobody is in ("if", "in case of").
    """

    kind: str
    now: bool
    elder: bool
    supposed: bool = False


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns of one language."""

    masks: re.Pattern[str]
    talk: re.Pattern[str]
    past: re.Pattern[str]
    now: re.Pattern[str]
    kinds: dict[str, re.Pattern[str]]


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(_DATA.read_text("utf-8"))
    return table


def kinds() -> tuple[str, ...]:
    """Name the kinds of emergencies."""
    return tuple(_table()["dial"])


def numbers_to_dial(kind: str) -> tuple[str, ...]:
    """Return the numbers to offer for a kind, the first one first."""
    return tuple(_table()["dial"][kind])


def emergency_of(text: str) -> Emergency | None:
    """Tell whether a text calls for help, and of which kind; None for anything else."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").strip()
    chinese = _HAN.search(folded) is not None
    kind, now = _chinese("".join(folded.split())) if chinese else _english(folded)
    if kind is None and chinese:
        kind, now = _english(folded)
    if kind is None:
        return None
    elder = re.search(_table()["elder"], folded) is not None
    return Emergency(kind, now, elder, supposed=not now and _talks(folded))


def taken_back(text: str) -> bool:
    """Tell whether somebody says that their call was a mistake, and nothing beside."""
    bare = "".join(one for one in unicodedata.normalize("NFKC", text).casefold() if one.isalnum())
    return re.fullmatch(_table()["taken_back"], bare) is not None


def _talks(text: str) -> bool:
    return any(rules.talk.search(text) for rules in (_rules(), _english_rules()))


def _chinese(text: str) -> tuple[str | None, bool]:
    rules, table = _rules(), _table()
    plain = rules.masks.sub("＿", text)
    kind = next((k for clause in _clauses(plain) if (k := _kind(rules, clause))), None)
    if kind is None:
        return _unsure(plain), False
    if rules.talk.search(plain):
        return _advice(kind, plain), False
    if rules.past.search(plain) and not rules.now.search(plain):
        return None, False
    for clause in _clauses(plain):
        if (found := _kind(rules, clause)) and _is_now(clause, table):
            return _worst(rules, plain, found), True
    return kind, False


def _is_now(clause: str, table: dict[str, Any]) -> bool:
    """Tell a statement, or a question about what happens to oneself, from a general question."""
    if not re.search(table["question"], clause) or _rules().now.search(clause):
        return True
    if clause.startswith("是不是"):
        return True
    if clause.endswith(("!", "！")) and not clause.endswith(("吗!", "吗！")):
        return True
    return bool(re.search(table["asking"], clause) and re.search(table["own"], clause))


def _advice(kind: str, text: str) -> str | None:
    """Answer talk about danger with advice only where somebody asks what to do."""
    asks = re.search("怎么办|咋办|怎么做|该怎么|如何(处理|应对|是好|做)|要怎么|应该怎", text)
    return kind if asks else None


def _unsure(text: str) -> str | None:
    for kind, patterns in _table()["unsure"].items():
        if any(re.search(pattern, text) for pattern in patterns):
            return str(kind)
    return None


def _clauses(text: str) -> list[str]:
    """Part a text into clauses; a bare "怎么办" belongs to the one before."""
    found: list[str] = []
    for clause in _CLAUSE.split(text):
        if found and clause and _ONLY_ASKS.match(clause):
            found[-1] += clause
        elif clause:
            found.append(clause)
    return found


def _kind(rules: _Rules, clause: str) -> str | None:
    return next((kind for kind, pattern in rules.kinds.items() if pattern.search(clause)), None)


def _worst(rules: _Rules, text: str, found: str) -> str:
    """Prefer what happened ("我妈摔倒了，救命") to the mere call."""
    return found if found != "help" else _kind(rules, text) or found


def _english(text: str) -> tuple[str | None, bool]:
    rules = _english_rules()
    plain = rules.masks.sub("_", text)
    kind = _kind(rules, plain)
    if kind is None:
        return ("help", False) if _pleads(plain) else (None, False)
    clauses = [part for part in re.split(r"[,.;!?\n]+\s*", plain) if part]
    urgent = rules.now.search(plain) is not None
    if rules.past.search(plain) and not urgent:
        return None, False
    calm = [part for part in clauses if rules.talk.search(part)]
    rest = [part for part in clauses if not rules.talk.search(part)]
    if not calm or any(_kind(rules, part) for part in rest):
        return kind, not plain.endswith("?") or urgent or bool(calm) or " my " in plain
    asks = re.search(r"\bwhat (should|do|to|can)\b|\bhow (do|should)\b", plain)
    return (kind, False) if asks else (None, False)


def _pleads(text: str) -> bool:
    """Tell "please help" from the bare "help", which asks for the menu."""
    return text != "help" and re.search(_table()["english"]["unsure"], text) is not None


@cache
def _rules() -> _Rules:
    table = _table()
    return _Rules(
        _any(table["masks"]), _any(table["talk"]), _any(table["past"]), _any(table["now"]),
        {kind: _any(patterns) for kind, patterns in table["kinds"].items()},
    )  # fmt: skip


@cache
def _english_rules() -> _Rules:
    table = _table()["english"]
    return _Rules(
        _any(table["masks"]), re.compile(table["talk"]), re.compile(table["past"]),
        re.compile(table["now"]),
        {kind: re.compile(pattern) for kind, pattern in table["kinds"].items()},
    )  # fmt: skip


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
