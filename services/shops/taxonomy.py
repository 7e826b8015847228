"""The categories of data/taxonomy.yaml: official names and what people call them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz, process

_DATA = Path(__file__).resolve().parents[2] / "data" / "taxonomy.yaml"
_LIKE = 55  # of 100: below this a guess would only confuse


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of shop; `words` are what people say, its own name first."""

    code: str
    zh: str
    en: str
    official: str
    words: tuple[str, ...]
    alone: tuple[str, ...]  # mean it only when nothing else is said

    def name(self, lang: str) -> str:
        """Call it in a language."""
        return self.zh if lang.startswith("zh") else self.en


@cache
def _table() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(_DATA.read_text("utf-8"))
    return found


def around() -> tuple[str, ...]:
    """List what is said around the thing that is asked for."""
    return tuple(_table()["around"].split())


def light() -> tuple[str, ...]:
    """List the light words that stand inside a phrase: 修*一下*鞋."""
    return tuple(_table()["light"].split())


def leading() -> str:
    """List the characters that stay at the head of what was asked for: 有 in 哪里有."""
    return str(_table()["leading"])


@cache
def categories() -> Mapping[str, Category]:
    """Read the table, by code."""
    table: dict[str, dict[str, Any]] = _table()["categories"]
    return {
        code: Category(
            code, row["zh"], row["en"], row["official"],
            tuple(dict.fromkeys([row["zh"], *row["words"].split()])),
            tuple(row.get("alone", "").split()),
        )
        for code, row in table.items()
    }  # fmt: skip


def plain(text: str) -> str:
    """Fold width and case, keep letters and digits alone."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


@cache
def _names() -> Mapping[str, str]:
    """Map every name and word to a code; the nearer name wins: own, word, official, English."""
    found: dict[str, str] = {}
    known = list(categories().values())
    layers = (
        [(one.code, name) for one in known for name in (one.code, one.zh)],
        [(one.code, word) for one in known for word in (*one.words, *one.alone)],
        [(one.code, name) for one in known for name in (one.official, one.en)],
    )
    for code, name in (pair for layer in layers for pair in layer):
        found.setdefault(plain(name), code)
    return found


def resolve(name: str) -> str | None:
    """Find the code for a category's name as somebody wrote it into a table."""
    word = plain(name)
    if (code := _names().get(word)) is not None:
        return code
    for ending in ("服务点", "服务站", "服务", "店铺", "店", "铺", "点"):
        if word.endswith(ending) and (code := _names().get(word.removesuffix(ending))) is not None:
            return code
    inside = [known for known in _names() if len(known) > 1 and known in word]
    return _names()[max(inside, key=len)] if inside else None


def nearest_names(name: str, *, limit: int = 3) -> list[str]:
    """Name the categories that are written most alike, for a fault's advice."""
    known = [one.zh for one in categories().values()]
    found = process.extract(
        plain(name), known, scorer=fuzz.ratio, limit=limit, score_cutoff=_LIKE - 20
    )
    return [word for word, _, _ in found]
