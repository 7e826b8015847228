"""How words sound, with the differences that the local accent and dictation blur folded away."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

# Its phrases take 55 MB; those that matter here stand in data/readings.yaml.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
from pypinyin import Style, lazy_pinyin

_DATA = Path(__file__).resolve().parents[1] / "data" / "readings.yaml"
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))


@cache
def syllable(char: str) -> str:
    """Fold one character's reading: zh/z, ch/c, sh/s, n/l, ng/n are the same; no tone.

    A character always has its most frequent reading, in a shop's name as in a question, so that
    the two meet even where the reading is not the right one.
    """
    if not "\u3400" <= char <= "\u9fff":
        return char
    return _folded(latin(char))


@cache
def latin(char: str) -> str:
    """Write one character in Latin letters, by its most frequent reading, without its tone."""
    return str(lazy_pinyin(char, style=Style.NORMAL)[0])


def _folded(sound: str) -> str:
    for long, short in _INITIALS:
        if sound.startswith(long):
            sound = short + sound.removeprefix(long)
            break
    return sound.removesuffix("g") if sound.endswith("ng") else sound


def syllables(text: str) -> tuple[str, ...]:
    """Fold every character of a text."""
    return tuple(map(syllable, text))


def read_as_word(word: str) -> tuple[str, ...]:
    """Fold a whole word's reading: 行 in 银行 is hang, alone it would be xing."""
    found = list(syllables(word))
    for part, sounds in _readings().items():
        if (start := word.find(part)) >= 0:
            found[start : start + len(part)] = sounds
    return tuple(found)


@cache
def _readings() -> Mapping[str, tuple[str, ...]]:
    table: dict[str, str] = yaml.safe_load(_DATA.read_text("utf-8"))
    return {word: tuple(map(_folded, sounds.split())) for word, sounds in table.items()}


def spelled(text: str) -> str:
    """Write a text as it sounds, for comparing whole names."""
    return " ".join(syllables(text))
