"""The escalation chain: a snapshot on the ticket, read by the sweep.

Times from DESIGN section 5: life 90 s → backup and team lead, 3 min → all on duty and the
centre's siren, then every 3 min until a person acknowledges.
"""

from datetime import timedelta
from typing import Any

RED_AGAIN = {"life": timedelta(minutes=15)}
RED_AGAIN_ELSE = timedelta(hours=4)

LIFE: list[dict[str, Any]] = [
    {"after_s": 90, "to": ["backup", "lead"]},
    {"after_s": 180, "to": ["all"]},
    {"every_s": 180, "to": ["all"]},
]


# Family and elder are asked first; then, or at once where asking makes no sense, somebody goes.
CARE_ASKING: list[dict[str, Any]] = [
    {"after_s": 600, "to": ["worker"], "asks": True},
    {"after_s": 1500, "to": ["backup", "lead"]},
    {"every_s": 1800, "to": ["all"]},
]
CARE: list[dict[str, Any]] = [
    {"after_s": 900, "to": ["backup", "lead"]},
    {"every_s": 1800, "to": ["all"]},
]


# A meter or door that is silent tells nothing of its people: the family has until the day is over.
CARE_SILENT: list[dict[str, Any]] = [
    {"after_s": 43_200, "to": ["worker"], "asks": True},
    {"after_s": 44_100, "to": ["backup", "lead"]},
    {"every_s": 1800, "to": ["all"]},
]
# A life device that protects nobody any more is seen to on the same day.
LOST: list[dict[str, Any]] = [
    {"after_s": 14_400, "to": ["worker"]},
    {"every_s": 14_400, "to": ["worker", "lead"]},
]
_LOST = ("_offline", "_tampered", "_flat")


# Somebody waits for an answer, nobody is in danger: those on duty hear, nobody is woken.
HANDOVER: list[dict[str, Any]] = [
    {"after_s": 600, "to": ["backup", "lead"]},
    {"every_s": 1800, "to": ["all"]},
]


# Somebody may fall in: day and night, on the chain of a life alarm, though no family hears of it.
AT_ONCE = frozenset(
    {"manhole_open", "manhole_tilted", "manhole_leaning", "manhole_flooded", "manhole_level"}
)


def snapshot(severity: str, what: str) -> list[dict[str, Any]]:
    """Return the chain that a ticket opened now keeps."""
    if what == "handover":
        return HANDOVER
    if severity == "care" and patient(what):
        return CARE_SILENT
    if severity == "maintenance" and lost(what):
        return LOST
    if what in AT_ONCE:
        return LIFE
    return {"life": LIFE, "care": CARE_ASKING}.get(severity, [])


def patient(what: str) -> bool:
    """Tell whether a device is silent, and not a person, so that there is time to ask."""
    return what.endswith("_silent") and what != "flat_silent"


def lost(what: str) -> bool:
    """Tell whether a life device has stopped protecting: not for the daily list, but for today."""
    return what.endswith(_LOST)


def asks(chain: list[dict[str, Any]], step: int) -> bool:
    """Tell whether an open ticket at this step waits for the answer of elder and family."""
    return bool(chain) and chain[min(step, len(chain) - 1)].get("asks", False)


def first_wait(chain: list[dict[str, Any]]) -> timedelta | None:
    """Return how long after opening the first step is due."""
    return timedelta(seconds=chain[0]["after_s"]) if chain else None


def wait_after(chain: list[dict[str, Any]], step: int) -> timedelta | None:
    """Return how long after step number `step` (from 0) the next one is due."""
    following = chain[min(step + 1, len(chain) - 1)]
    if "every_s" in following:
        return timedelta(seconds=following["every_s"])
    return timedelta(seconds=following["after_s"] - chain[step]["after_s"])


def red_again(severity: str) -> timedelta:
    """Return how long a resolved ticket may wait for a device that still alarms."""
    return RED_AGAIN.get(severity, RED_AGAIN_ELSE)
