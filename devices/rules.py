"""Rules: which key of an ecosystem means which of our metrics. Written in Python or in YAML.

A YAML file of `data/devices/` holds `any` (rules for every model) and `models`, a list of
`{match: [part of a model's name, …], rules: {…}}` which go first. A rule is

    key: metric                     the same unit, yes or no as usual
    key: null                       known and of no use: not listed as unknown
    key: {metric, unit}             in another unit, converted
    key: {metric, set, clear}       words of the vendor for yes and for no
    key: {metric, unit, tag}        times the number the device's tag of that name holds

Keys are compared in lower case; nested ones are written with dots.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import yaml

from core.reading import METRICS, Metric
from core.units import convert, convertible

Read = Callable[[object], "bool | float | None"]
_FOLDER: Final = Path(__file__).parent.parent / "data" / "devices"


@dataclass(frozen=True, slots=True)
class Rule:
    """How one key is read; `read` gives None for a value that says nothing to us."""

    name: str
    unit: str | None
    read: Read
    tag: str | None = None


Rules = Mapping[str, Rule | None]


@dataclass(frozen=True, slots=True)
class Model:
    """The rules of the models whose plain name holds one of `match`."""

    match: tuple[str, ...]
    rules: Rules


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A YAML file, read."""

    any: Rules
    models: tuple[Model, ...]

    def of(self, name: object) -> Rules:
        """Choose the rules for a model or device profile by its name."""
        plain = _plain(name) if isinstance(name, str) else ""
        for model in self.models:
            if any(part in plain for part in model.match):
                return model.rules
        return self.any


def plain_rule(metric: str) -> Rule:
    """Read a key that already speaks our language."""
    known = METRICS[metric]
    return Rule(metric, known.unit, known.read)


def unit_rule(metric: str, unit: str, tag: str | None = None) -> Rule:
    """Read a number that comes in another unit."""
    known, to = METRICS[metric], METRICS[metric].unit
    if to is None or not convertible(unit, to):
        raise ValueError(f"{metric} is not measured in {unit}")
    goal = to
    return Rule(
        metric,
        to,
        lambda raw: known.within(convert(known.number(raw), unit, goal)),
        tag,
    )


def word_rule(metric: str, on: tuple[str, ...], off: tuple[str, ...]) -> Rule:
    """Read the vendor's words for yes and no; for others, what everybody understands."""
    return Rule(metric, None, _word_reader(METRICS[metric], on, off))


def _word_reader(metric: Metric, on: tuple[str, ...], off: tuple[str, ...]) -> Read:
    words = dict.fromkeys(on, True) | dict.fromkeys(off, False)

    def read(raw: object) -> bool:
        said = words.get(str(raw).strip().lower()) if isinstance(raw, (str, int, float)) else None
        return metric.truth(raw) if said is None else said

    return read


def rulebook(ecosystem: str) -> Rulebook:
    """Read `data/devices/<ecosystem>.yaml`; at import, so that a mistake in it stops the start."""
    raw = yaml.safe_load((_FOLDER / f"{ecosystem}.yaml").read_text("utf-8"))
    general = _rules(raw["any"])
    models = tuple(
        Model(
            tuple(_plain(part) for part in entry["match"]),
            {**general, **_rules(entry["rules"])},
        )
        for entry in raw.get("models") or ()
    )
    return Rulebook(general, models)


def _rules(raw: Mapping[str, object]) -> dict[str, Rule | None]:
    return {key.lower(): _rule(spec) for key, spec in raw.items()}


def _rule(spec: object) -> Rule | None:
    if spec is None:
        return None
    if isinstance(spec, str):
        return plain_rule(spec)
    fields = cast("dict[str, object]", spec)
    metric = str(fields["metric"])
    if "unit" in fields:
        tag = fields.get("tag")
        return unit_rule(metric, str(fields["unit"]), None if tag is None else str(tag))
    return word_rule(metric, _lower(fields["set"]), _lower(fields["clear"]))


def _lower(words: object) -> tuple[str, ...]:
    return tuple(str(word).lower() for word in cast("list[object]", words))


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name[:256].lower())
