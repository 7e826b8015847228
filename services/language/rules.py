"""What leaves no doubt: a trained line itself, as written or as heard, and patterns."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml
from rapidfuzz import fuzz, process

from services.language import corpus
from services.language.commands import intent_of
from services.language.features import Sounds, plain

_NEARLY = 91
_SHORTEST = 6  # below this a letter more or less is another word


@dataclass(frozen=True, slots=True)
class Rules:
    """Trained lines by intent, as written and as heard, patterns, and words found by sound."""

    sounds: Sounds
    written: Mapping[str, frozenset[str]]
    heard: Mapping[str, frozenset[str]]
    patterns: Mapping[str, re.Pattern[str]]
    words: Mapping[str, re.Pattern[str]]

    @classmethod
    def made(cls, sounds: Sounds) -> "Rules":
        """Index all trained lines and the patterns of data/patterns.yaml."""
        written: dict[str, set[str]] = defaultdict(set)
        heard: dict[str, set[str]] = defaultdict(set)
        for intent, line in corpus.utterances():
            close = _close(line)
            written[close].add(intent)
            heard[_spelled(close, sounds)].add(intent)
        table = yaml.safe_load((corpus.DATA / "patterns.yaml").read_text("utf-8"))
        patterns = {intent: re.compile("|".join(ps)) for intent, ps in table["patterns"].items()}
        words = {
            intent: re.compile("|".join(f" {_spelled(word, sounds)} " for word in said))
            for intent, said in table["heard"].items()
        }
        return cls(
            sounds,
            {line: frozenset(intents) for line, intents in written.items()},
            {line: frozenset(intents) for line, intents in heard.items()},
            patterns,
            words,
        )

    def certain(self, text: str, among: Sequence[str]) -> tuple[str, float] | None:
        """Name the intent and how sure it is; None when the model must judge."""
        if (phrase := intent_of(text)) in among and phrase is not None:
            return phrase, 1.0
        close = _close(text)
        if found := _only(self.written.get(close), among):
            return found, 1.0
        spelled = _spelled(close, self.sounds)
        if found := self._matched(plain(text), spelled, among):
            return found, 0.97
        if found := _only(self.heard.get(spelled), among):
            return found, 0.95
        return self._nearly(close, among)

    def _matched(self, line: str, spelled: str, among: Sequence[str]) -> str | None:
        for intent, pattern in self.patterns.items():
            if intent in among and pattern.search(line):
                return intent
        for intent, pattern in self.words.items():
            if intent in among and pattern.search(f" {spelled} "):
                return intent
        return None

    def _nearly(self, line: str, among: Sequence[str]) -> tuple[str, float] | None:
        if len(line) < _SHORTEST:
            return None
        near = process.extractOne(
            line, self.written.keys(), scorer=fuzz.ratio, score_cutoff=_NEARLY
        )
        found = _only(self.written[near[0]], among) if near else None
        return (found, near[1] / 100) if found and near else None


def _only(intents: frozenset[str] | None, among: Sequence[str]) -> str | None:
    """Return the one intent that the person has of these; two are a doubt."""
    mine = [intent for intent in intents or () if intent in among]
    return mine[0] if len(mine) == 1 else None


def _close(text: str) -> str:
    line = plain(text)
    return line if line.isascii() else line.replace(" ", "")


def _spelled(line: str, sounds: Sounds) -> str:
    return line if line.isascii() else " ".join(sounds.get(one, one) for one in line)
