"""Understanding: from a text to an intent, a confidence and slots."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from core.actor import Role
from services.language import names
from services.language.emergency import emergency_of
from services.language.intents import COMMON, UNKNOWN, of_roles
from services.language.model import fitted, keep_folder, use_folder
from services.language.rules import Rules
from services.language.slots import slots_of
from services.language.understanding import Choices, Understanding

__all__ = ["Understanding", "prepare", "understand", "use_folder"]

GATE = 0.5
_ASKED = 0.8  # "着火了怎么办": danger, but whether it is now has to be asked


@cache
def _rules() -> Rules:
    return Rules.made(fitted().featurizer.sounds)


def prepare(folder: Path) -> None:
    """Read everything now, the model from this folder; the first time a child process fits it.

    A folder that was named before by `use_folder` stays.
    """
    keep_folder(folder)
    _rules()
    names.prepare()


def understand(
    text: str,
    role: Role,
    *,
    lang: str = "",  # noqa: ARG001  (a language model beside this one would want it)
    also: Iterable[Role] = (),
) -> Understanding:
    """Tell what a text means to a person in this role, and in others that they have `also`.

    Danger comes first, then what leaves no doubt, then the model. Below the gate the intent is
    `unknown`; the three likeliest are there all the same.
    """
    among = of_roles(role, *also)
    ranked = fitted().ranked(text, among)
    danger = emergency_of(text)
    guesses = [intent for intent, _ in ranked]
    if danger is not None and danger.supposed:  # answered with advice; a guess would hide that
        return Understanding(UNKNOWN, 0.0, {}, _choices("emergency", guesses))
    sure = ("emergency", 1.0 if danger.now else _ASKED) if danger else None
    best, confidence = sure or _rules().certain(text, among) or ranked[0]
    choices = _choices(best, guesses)
    if confidence < GATE:
        return Understanding(UNKNOWN, confidence, {}, choices)
    return Understanding(best, confidence, slots_of(best, text), choices)


def _choices(best: str, ranked: list[str]) -> Choices:
    ordered = list(dict.fromkeys([best, *ranked, *COMMON]))
    return ordered[0], ordered[1], ordered[2]
