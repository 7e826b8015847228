"""What somebody calls a reward or an activity: a sentence cut into words, without those that ask.

Only whole words are taken away, so 花 goes from "花二十分" and stays in 花露水. jieba cuts by the
words of its dictionary that the fitted model brought along; it is loaded where names are read.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from services.language import corpus
from services.language.model import fitted


def known() -> frozenset[str]:
    """Return the words that must be whole when a sentence is cut."""
    return frozenset(word for words in corpus.asking().values() for word in words)


def reward_in(line: str) -> str:
    """Name what is to be taken; empty when nothing is named."""
    return _named(line, "take")


def activity_in(line: str) -> str:
    """Name what is to be joined or left; empty when nothing is named."""
    return _named(line, "join")


def _named(line: str, deed: str) -> str:
    """Take what stands after the last verb, else what stands before the first."""
    verbs = corpus.asking()[deed]
    words = [word for word in _cutter().lcut(line, HMM=False) if word.strip()]
    places = [at for at, word in enumerate(words) if word in verbs]
    around = corpus.asking()["around"] | verbs
    if not places:
        return _bare(words, around)
    return _bare(words[places[-1] + 1 :], around) or _bare(words[: places[0]], around)


def _bare(words: list[str], around: frozenset[str]) -> str:
    inner = [at for at, word in enumerate(words) if word not in around]
    return "".join(words[inner[0] : inner[-1] + 1]) if inner else ""


@cache
def _cutter() -> Any:
    """Build jieba's tokenizer from words in memory: its own would read and write a shared cache."""
    import jieba

    counts = _with_beginnings(fitted().words)
    cutter = jieba.Tokenizer()
    cutter.FREQ, cutter.total, cutter.initialized = counts, sum(counts.values()), True
    return cutter


def _with_beginnings(words: Mapping[str, int]) -> dict[str, int]:
    """Add the beginnings of all words, by which jieba knows how far to look."""
    found = dict(words)
    for word in words:
        for end in range(1, len(word)):
            found.setdefault(word[:end], 0)
    return found


def prepare() -> None:
    """Build the tokenizer now."""
    _cutter()
