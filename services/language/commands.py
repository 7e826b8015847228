"""Fixed phrases: what a person says with the very words of a button or a menu."""

import unicodedata
from functools import cache
from pathlib import Path

import yaml

_DATA = Path(__file__).resolve().parent.parent.parent / "data" / "commands.yaml"
_DIGITS = {c: n for n, chars in enumerate(["一", "二两", "三", "四", "五", "六"], 1) for c in chars}


def normalised(text: str) -> str:
    """Fold width and case, drop blanks and closing punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(folded.split()).strip("。.!！?？,，~")


@cache
def _phrases() -> dict[str, str]:
    table: dict[str, list[str]] = yaml.safe_load(_DATA.read_text("utf-8"))
    return {normalised(phrase): intent for intent, phrases in table.items() for phrase in phrases}


def intent_of(text: str) -> str | None:
    """Name the intent of a fixed phrase, None for anything else."""
    return _phrases().get(normalised(text))


def rest_after(text: str, intent: str) -> str | None:
    """Return what follows a phrase of this intent that the text begins with; None without one."""
    plain = normalised(text)
    for phrase, meant in sorted(_phrases().items(), key=lambda pair: -len(pair[0])):
        if meant == intent and plain.startswith(phrase):
            return plain.removeprefix(phrase)
    return None


def number_of(text: str) -> int | None:
    """Read 1, １, 一, 第一个, "1." as a choice; None for anything else."""
    plain = normalised(text).removeprefix("第").removesuffix("个").removesuffix("、")
    if plain in _DIGITS:
        return _DIGITS[plain]
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 2 else None
