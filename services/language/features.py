"""What the intent model sees of a text: characters, sounds, and classes of words, hashed."""

import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDTH = 1 << 16
_LONGEST = 6
_SOUND_WEIGHT = 0.6
_CLASS_WEIGHT = 0.5
_PUNCTUATION = re.compile(r"[^\w']+|_")
_FLAT = re.compile(
    r"\d+\s*(?:幢|栋|号楼|单元|室|楼|号)(?:\s*\d+\s*(?:幢|栋|号楼|单元|室|楼)?)*|\b\d{3,4}\b"
)
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[a-z']+")
_ENDINGS = ("'s", "ing", "ed", "es", "s")
_FOLDED = (("zh", "z"), ("ch", "c"), ("sh", "s"))

Sounds = Mapping[str, str]


def plain(text: str) -> str:
    """Fold width and case; punctuation becomes one blank."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _PUNCTUATION.sub(" ", folded).strip()


def folded(syllable: str) -> str:
    """Fold a pinyin syllable as the local accent does: zh/z, ch/c, sh/s, n/l, ng/n."""
    for wide, narrow in _FOLDED:
        syllable = syllable.replace(wide, narrow)
    if syllable.startswith("n"):
        syllable = "l" + syllable[1:]
    return syllable.removesuffix("g") if syllable.endswith("ng") else syllable


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by class, found as they are written and, from two syllables on, as they sound."""

    written: Mapping[str, str]
    heard: Mapping[tuple[str, ...], str]

    @classmethod
    def made(cls, words: Mapping[str, Iterable[str]], sounds: Sounds) -> "Lexicon":
        """Index the words of each class."""
        written: dict[str, str] = {}
        heard: dict[tuple[str, ...], str] = {}
        for name, members in words.items():
            for word in members:
                written.setdefault(word, name)
                if len(word) > 1 and not word.isascii():
                    heard.setdefault(tuple(sounds.get(one, one) for one in word), name)
        return cls(written, heard)


@dataclass(frozen=True, slots=True)
class Featurizer:
    """Turns a text into hashed features of length 1."""

    sounds: Sounds
    lexicon: Lexicon

    def __call__(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return places and weights; a place may come twice."""
        line = plain(text)
        found: dict[str, float] = {}
        hanzi = "".join(part for part in re.split(r"[a-z' ]+", line) if part)
        if hanzi:
            _grams(found, "c", ["^", *hanzi, "$"], 1.0)
            heard = [self.sounds.get(one, one) for one in hanzi]
            _grams(found, "p", ["^", *heard, "$"], _SOUND_WEIGHT)
            _class_grams(found, self._classes(hanzi, heard))
        words = [_stem(word) for word in _WORD.findall(line)]
        if words:
            _grams(found, "w", ["^", *words, "$"], 1.4, longest=2)
            _class_grams(found, [self._word_class(word) for word in _WORD.findall(line)])
            for word in words:
                for at in range(len(word) - 2):
                    found.setdefault(f"e{word[at : at + 3]}", 0.4)
        if _CODE.search(line):
            found["code"] = 2.0
        places = np.fromiter((zlib.crc32(k.encode()) % WIDTH for k in found), np.int64, len(found))
        weights = np.fromiter(found.values(), np.float32, len(found))
        length = float(np.sqrt((weights**2).sum())) or 1.0
        return places, weights / length

    def _word_class(self, word: str) -> str:
        stem = _stem(word)
        name = self.lexicon.written.get(word) or self.lexicon.written.get(stem)
        return f"<{name}>" if name else stem

    def _classes(self, hanzi: str, heard: list[str]) -> list[str]:
        """Replace the longest known words by their class, flats and numbers by a mark."""
        found: list[str] = []
        at = 0
        while at < len(hanzi):
            if (mark := _FLAT.match(hanzi, at)) and mark.end() > at + 1:
                found.append("<flat>")
                at = mark.end()
            elif mark := _NUMBER.match(hanzi, at):
                found.append("<number>")
                at = mark.end()
            else:
                name, width = self._known(hanzi, heard, at)
                found.append(name)
                at += width
        return found

    def _known(self, hanzi: str, heard: list[str], at: int) -> tuple[str, int]:
        for width in range(min(_LONGEST, len(hanzi) - at), 0, -1):
            name = self.lexicon.written.get(hanzi[at : at + width])
            if name is None and width > 1:
                name = self.lexicon.heard.get(tuple(heard[at : at + width]))
            if name is not None:
                return f"<{name}>", width
        return hanzi[at], 1


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word.removesuffix(ending)
    return word


def _grams(
    found: dict[str, float], kind: str, parts: list[str], weight: float, longest: int = 3
) -> None:
    for width in range(1, longest + 1):
        for at in range(len(parts) - width + 1):
            found[kind + "\x1f".join(parts[at : at + width])] = weight


def _class_grams(found: dict[str, float], parts: list[str]) -> None:
    """Add the n-grams in which a class of words stands."""
    marked = ["^", *parts, "$"]
    for width in (1, 2, 3):
        for at in range(len(marked) - width + 1):
            if any(part[0] == "<" for part in marked[at : at + width]):
                found["k" + "\x1f".join(marked[at : at + width])] = _CLASS_WEIGHT
