"""Kinds of shops in an English sentence: words of data/taxonomy.yaml, which may stand apart."""

import re
from functools import cache

from services.language import corpus

_WORD = re.compile(r"[a-z][a-z'-]*")
_ENDINGS = (
    ("'s", ""),
    ("ies", "y"),
    ("sses", "ss"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("ing", ""),
    ("ed", ""),
    ("s", ""),
)
_LONG_ENOUGH = 3  # letters that an ending leaves


def kinds_of(text: str, *, limit: int = 3) -> list[str]:
    """Name the kinds of shops that a sentence asks for, best first; the longest phrase wins.

    All words of a phrase must be there: "fix my old shoes" holds "fix shoes". A kind whose phrase
    is only a part of a better one's ("shoes" beside "fix shoes") is not meant.
    """
    said = frozenset(_stems(text))
    best: dict[str, frozenset[str]] = {}
    for words, code in _phrases():
        if words <= said and not any(words < better for better in best.values()):
            best.setdefault(code, words)
    return list(best)[:limit]


@cache
def _phrases() -> list[tuple[frozenset[str], str]]:
    found = {
        (frozenset(_stems(phrase)), code)
        for code, phrases in corpus.english().items()
        for phrase in phrases
    }
    return sorted(found, key=lambda one: (-len(one[0]), -sum(map(len, one[0])), one[1]))


def _stems(text: str) -> list[str]:
    return [_stem(word) for word in _WORD.findall(text.casefold())]


def _stem(word: str) -> str:
    """Fold plurals, -ing, -ed and -'s: shoes and shoe, fixing and fix, are one."""
    for ending, instead in _ENDINGS:
        bare = word.removesuffix(ending)
        if bare != word and len(bare) >= _LONG_ENOUGH and not word.endswith("ss"):
            return bare + instead
    return word
