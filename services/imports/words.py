"""The words of data/cells.yaml and data/tables.yaml: what people write, to codes and back."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz, process

from services.imports import Faulty

DATA = Path(__file__).resolve().parents[2] / "data"
_LIKE = 50  # of 100: one of two characters is right
_RELATION = 20
_BRACKETS = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")
PARTS = re.compile(r"[、,;/|\s]+")


@cache
def people() -> dict[str, Any]:
    """Read what is said of people and homes."""
    found: dict[str, Any] = yaml.safe_load((DATA / "cells.yaml").read_text("utf-8"))
    return found


@cache
def tables() -> dict[str, Any]:
    """Read the columns of every table."""
    found: dict[str, Any] = yaml.safe_load((DATA / "tables.yaml").read_text("utf-8"))
    return found


def folded(text: str) -> str:
    """Fold width and case, take blanks away."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def bare(text: str) -> str:
    """Fold, and leave out what stands in brackets and every sign."""
    return "".join(char for char in _BRACKETS.sub("", folded(text)) if char.isalnum())


def like(text: str, known: list[str], *, least: int = _LIKE, most: int = 3) -> list[str]:
    """List the names that are most like what was written, best first."""
    found = process.extract(
        bare(text), known, scorer=fuzz.ratio, processor=bare, score_cutoff=least, limit=most
    )
    return [name for name, _, _ in found]


def listed(names: Iterable[str]) -> str:
    """Write several words into one cell."""
    return "、".join(names)


@dataclass(frozen=True, slots=True)
class Words:
    """A list of codes with the words for each, the one to be shown first."""

    codes: Mapping[str, str]
    names: Mapping[str, str]

    def find(self, text: str) -> str | None:
        """Find the code that a word stands for."""
        return self.codes.get(folded(text)) or self.codes.get(bare(text) or "?")

    def name(self, code: str) -> str:
        """Say a code in its own word; what is none of ours stays as it is."""
        return self.names.get(code, code)

    def one(self, text: str) -> str | None:
        """Read a cell with one word; None when it is empty. Raises Faulty for an unknown one."""
        if not text or is_nothing(text):
            return None
        if (code := self.find(text)) is None:
            known = list(self.names.values())
            near = like(text, known)
            if near:
                raise Faulty("fault-word-like", known=listed(near))
            raise Faulty("fault-word", known=listed(known))
        return code

    def several(self, text: str) -> list[str] | None:
        """Read a cell with several words; None when it is empty, a list without any for 无."""
        if not text:
            return None
        if is_nothing(text):
            return []
        parts = [part for part in PARTS.split(unicodedata.normalize("NFKC", text)) if part]
        return list(dict.fromkeys(code for part in parts if (code := self.one(part))))


@cache
def words(name: str) -> Words:
    """Read one of the lists."""
    table: dict[str, str] = people().get(name) or tables()[name]
    codes: dict[str, str] = {}
    for code, text in table.items():
        for word in (code, *text.split()):
            codes.setdefault(folded(word), code)
            if bare(word):
                codes.setdefault(bare(word), code)
    return Words(codes, {code: (text.split() or [code])[0] for code, text in table.items()})


def is_nothing(text: str) -> bool:
    """Tell whether a cell says that there is nothing: 无."""
    return folded(text) in people()["nothing"].split()


def answer(text: str) -> bool | None:
    """Read 是 or 否; None when the cell is empty."""
    if not text:
        return None
    if (found := words("answers").find(text)) is None:
        raise Faulty("fault-answer")
    return found == "y"


def relation(text: str) -> str | None:
    """Read what somebody is to the head of the household: in our word, else as it was written."""
    return _found_or_kept(_relations(), text)


def kin(text: str) -> str | None:
    """Read whose a contact is: the code of a known word, else as it was written."""
    return _found_or_kept(words("kin"), text)


def _found_or_kept(known: Words, text: str) -> str | None:
    if not text or is_nothing(text):
        return None
    if len(text) > _RELATION:
        raise Faulty("fault-too-long", limit=_RELATION)
    return known.find(text) or text


@cache
def _relations() -> Words:
    table: dict[str, str] = people()["relations"]
    codes = {folded(word): name for name, text in table.items() for word in (name, *text.split())}
    return Words(codes, {name: name for name in table})
