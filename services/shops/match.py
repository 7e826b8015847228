"""From a question in everyday words to categories: characters first, sound as a weaker sign.

Every word of data/taxonomy.yaml is compared with the question by its single characters and pairs
of neighbours. A pair that only sounds alike counts less than the written one, so a homophone still
finds its category and never beats the category that was written.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import log

from services.language.kinds import kinds_of
from services.language.written import is_english
from services.shops.taxonomy import around, categories, light, plain
from services.sound import read_as_word, syllables

CONFIDENT = 0.62  # share of a word that must be found again
POSSIBLE = 0.4  # worth offering where nothing else was found
NEAR = 0.8  # a category whose word fits nearly as well as the best one's is offered too,
SECOND = 0.85  # if it is not by sound alone,
WHOLE = 0.95  # and so is one whose word was written whole: 复印 and 户口本 in "复印户口本"
_PAIRS, _SINGLES = 0.72, 0.28
_SOUND_PAIR, _SOUND_SINGLE = 0.78, 0.5
_COMMON = 60  # a character in more words than this does not make a word a candidate


@dataclass(frozen=True, slots=True)
class Guess:
    """A category that a question may mean: 1.0 when a whole word of it was written."""

    code: str
    share: float
    score: float
    word: str


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    code: str
    singles: tuple[str, ...]
    pairs: tuple[str, ...]
    sounds: tuple[str, ...]
    sound_pairs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    all: tuple[_Word, ...]
    by_pair: dict[str, list[int]]
    by_sound: dict[str, list[int]]
    by_single: dict[str, list[int]]
    weight: dict[str, float]
    alone: dict[str, str]


def core(text: str) -> str:
    """Leave out what is said around the thing that is asked for."""
    return _any_of(around()).sub("", plain(text))


def guesses(text: str, *, gate: float = CONFIDENT, limit: int = 3) -> list[Guess]:
    """Name the likeliest categories, best first; empty when no word is near enough."""
    if is_english(text):
        return [Guess(code, 1.0, 1.0, "") for code in kinds_of(text, limit=limit)]
    if (code := _words().alone.get(core(text))) is not None:
        return [Guess(code, 1.0, 1.0, core(text))]
    words, asked = _words(), _Asked.of(plain(text))
    best: dict[str, Guess] = {}
    for index in asked.candidates(words):
        word = words.all[index]
        share, score = asked.compare(word, words.weight)
        known = best.get(word.code)
        if share >= gate and (known is None or score > known.score):
            best[word.code] = Guess(word.code, share, score, word.text)
    ranked = sorted(best.values(), key=lambda one: -one.score)
    return [
        one
        for one in ranked
        if one is ranked[0]
        or (one.score >= ranked[0].score * NEAR and one.share >= SECOND)
        or (one.share >= WHOLE and one.word not in ranked[0].word)
    ][:limit]


@dataclass(frozen=True, slots=True)
class _Asked:
    singles: frozenset[str]
    pairs: frozenset[str]
    sounds: frozenset[str]
    sound_pairs: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "_Asked":
        """Take the question as it is, and without the light words that stand inside a phrase."""
        forms = {text, _any_of(light()).sub("", text)}
        spelled = [syllables(form) for form in forms]
        return cls(
            frozenset(char for form in forms for char in form),
            frozenset(pair for form in forms for pair in _pairs(form)),
            frozenset(sound for form in spelled for sound in form),
            frozenset(pair for form in spelled for pair in _pairs(form)),
        )

    def candidates(self, words: _Words) -> set[int]:
        found: set[int] = set()
        for pair in self.pairs:
            found.update(words.by_pair.get(pair, ()))
        for pair in self.sound_pairs:
            found.update(words.by_sound.get(pair, ()))
        for single in self.singles:
            indexes = words.by_single.get(single, ())
            if len(indexes) <= _COMMON:
                found.update(indexes)
        return found

    def compare(self, word: _Word, weight: dict[str, float]) -> tuple[float, float]:
        """Return the share of the word that the question holds, and its weight as evidence."""
        single = total = 0.0
        for char, sound in zip(word.singles, word.sounds, strict=True):
            worth = weight[char]
            total += worth
            if char in self.singles:
                single += worth
            elif sound in self.sounds:
                single += worth * _SOUND_SINGLE
        pair = 0.0
        for text, sound in zip(word.pairs, word.sound_pairs, strict=True):
            if text in self.pairs:
                pair += 1
            elif sound in self.sound_pairs:
                pair += _SOUND_PAIR
        in_order = pair / len(word.pairs)
        any_order = single / total
        # "鞋子修一下" holds 修鞋 whole, only not side by side.
        share = max(_PAIRS * in_order + _SINGLES * any_order, 0.85 * any_order**3)
        return share, share**2 * total


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


def _pairs(parts: str | tuple[str, ...]) -> Iterator[str]:
    return (f"{one} {other}" for one, other in pairwise(parts))


@cache
def _words() -> _Words:
    found = [
        _Word(
            text, one.code, tuple(text), tuple(_pairs(text)), read_as_word(text),
            tuple(_pairs(read_as_word(text))),
        )
        for one in categories().values()
        for text in map(plain, one.words)
        if len(text) > 1
    ]  # fmt: skip
    alone = {word: one.code for one in categories().values() for word in one.alone}
    tables: tuple[dict[str, list[int]], ...] = tuple(defaultdict(list) for _ in range(3))
    for index, word in enumerate(found):
        parts = (word.pairs, word.sound_pairs, word.singles)
        for table, keys in zip(tables, parts, strict=True):
            for key in set(keys):
                table[key].append(index)
    weight = {char: log(1 + len(found) / len(many)) for char, many in tables[2].items()}
    return _Words(tuple(found), dict(tables[0]), dict(tables[1]), dict(tables[2]), weight, alone)
