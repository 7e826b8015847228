"""Utterances held out from training: what they mean, made noisy, and how often that is found."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import yaml

from core.actor import Role
from services.language import understand
from services.language.features import Sounds

HELD_OUT = Path(__file__).resolve().parents[2] / "data" / "bench" / "say.yaml"
ROLES = (Role.RESIDENT, Role.WORKER, Role.MERCHANT)
_CHANCE = 352
_FILLERS = ("那个", "嗯", "请问", "我说", "喂", "麻烦", "哎")
_ENDINGS = ("啊", "呀", "好伐", "谢谢", "哦", "呢", "快点")


@dataclass(frozen=True, slots=True)
class Case:
    """An utterance with what it means in a role; `kind` is clean or noisy."""

    kind: str
    role: Role
    intent: str
    text: str


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Utterances that the model never saw."""

    cases: Sequence[Case]
    emergency: Sequence[str]
    calm: Sequence[str]
    out_of_scope: Sequence[str]


def held_out(sounds: Sounds) -> HeldOut:
    """Read what was written by hand; with sounds, clean lines come noisy too, by a fixed seed."""
    table = yaml.safe_load(HELD_OUT.read_text("utf-8"))
    cases = [
        Case(kind, role, intent, text)
        for role in ROLES
        for intent, lines in table[role].items()
        for kind, texts in lines.items()
        for text in texts
    ]
    cases += _noise(cases, sounds) if sounds else ()
    return HeldOut(cases, table["emergency"], table["calm"], table["out_of_scope"])


def _noise(cases: Sequence[Case], sounds: Sounds) -> Iterator[Case]:
    """Mishear a word in each clean line as dictation does, whole, and let people ramble."""
    alike: dict[str, list[str]] = defaultdict(list)
    for character, sound in sounds.items():
        alike[sound].append(character)
    rng = Random(_CHANCE)
    for case in cases:
        if case.kind != "clean" or case.text.isascii():
            continue
        heard = _misheard(case.text, alike, sounds, rng)
        before = rng.choice(_FILLERS) if rng.random() < 0.4 else ""
        after = rng.choice(_ENDINGS) if rng.random() < 0.4 else ""
        yield Case("noisy", case.role, case.intent, before + heard + after)


def _misheard(text: str, alike: Mapping[str, Sequence[str]], sounds: Sounds, rng: Random) -> str:
    """Write one word, of at most three characters, by others of the same sound."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    words = jieba.lcut(text)
    spoken = [at for at, word in enumerate(words) if all(one in sounds for one in word)]
    at = rng.choice(spoken)
    kept = words[at][3:]
    words[at] = "".join(rng.choice(alike[sounds[one]]) for one in words[at][:3]) + kept
    return "".join(words)


def quality(held: HeldOut) -> dict[str, float]:
    """Say how often each promise was kept."""
    right: dict[str, list[bool]] = defaultdict(list)
    for case in held.cases:
        found = understand(case.text, case.role)
        right[case.kind].append(found.intent == case.intent)
        right["choices"].append(case.intent in found.choices)
        if case.intent == "human" and case.kind == "clean":
            right["human"].append(found.intent == "human")
    right["emergency"] = [_alarms(text) for text in held.emergency]
    calm = [*held.calm, *(one.text for one in held.cases if one.kind == "clean")]
    right["false_emergencies"] = [_alarms(text) for text in calm]
    right["out_of_scope_admitted"] = [
        understand(text, role).intent != "unknown" for role in ROLES for text in held.out_of_scope
    ]
    return {name: sum(values) / len(values) for name, values in right.items()}


def _alarms(text: str) -> bool:
    return understand(text, Role.RESIDENT).intent == "emergency"
