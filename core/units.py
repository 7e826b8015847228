"""Values as devices write them, and the units we keep.

Unit codes are UCUM's (ucum.org) where it has one: `Cel`, `m3`, `%`; `%LEL` is the trade's own.
"""

import math
from collections.abc import Callable, Mapping
from typing import Final

_WORDS: Final[Mapping[str, bool]] = {
    "true": True, "on": True, "yes": True, "1": True,
    "false": False, "off": False, "no": False, "0": False,
}  # fmt: skip

_CONVERSIONS: Final[Mapping[tuple[str, str], Callable[[float], float]]] = {
    ("mV", "V"): lambda value: value / 1000,
    ("L", "m3"): lambda value: value / 1000,
    ("L/h", "m3/h"): lambda value: value / 1000,
    ("L/min", "m3/h"): lambda value: value * 60 / 1000,
    ("cm", "m"): lambda value: value / 100,
    ("mm", "m"): lambda value: value / 1000,
    ("degF", "Cel"): lambda value: (value - 32) * 5 / 9,
}

_LONGEST_NUMBER: Final = 32


def truth(raw: object) -> bool:
    """Read yes or no out of true, 1, "on", "TRUE" …; ValueError for anything else.

    Other numbers are refused: a gas *meter* writes `gas: 12.3`, which is no alarm.
    """
    if raw is True or raw is False:
        return raw
    if isinstance(raw, str):
        word = _WORDS.get(raw.strip().lower()) if len(raw) <= _LONGEST_NUMBER else None
        if word is not None:
            return word
    elif isinstance(raw, (int, float)) and raw in (0, 1):
        return raw == 1
    raise ValueError("neither yes nor no")


def number(raw: object) -> float:
    """Read a finite number out of 36.5 or "36.5"; ValueError for anything else.

    Booleans, "nan", "inf" and Python's own "1_000" are no numbers of a device.
    """
    figure = isinstance(raw, (int, float)) and not isinstance(raw, bool)
    if not figure and not _is_figure(raw):
        raise ValueError("not a number")
    value = float(raw)  # type: ignore[arg-type]
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value


def _is_figure(raw: object) -> bool:
    """Tell short plain text, which float() may then try, from all that no device means."""
    return isinstance(raw, str) and len(raw) <= _LONGEST_NUMBER and raw.isascii() and "_" not in raw


def convert(value: float, unit: str, to: str) -> float:
    """Convert between two units that are known to belong together; KeyError otherwise."""
    return value if unit == to else _CONVERSIONS[unit, to](value)


def convertible(unit: str, to: str) -> bool:
    """Tell whether `convert` knows the way."""
    return unit == to or (unit, to) in _CONVERSIONS
