"""The escalation chain: a snapshot on the ticket, read by the sweep; data/escalation.yaml has the defaults."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

Chain = list[dict[str, Any]]
Watch = dict[str, int]

RED_AGAIN = {"life": timedelta(minutes=15)}
RED_AGAIN_ELSE = timedelta(hours=4)
_DATA = Path(__file__).resolve().parents[2] / "data" / "escalation.yaml"
DEFAULTS: dict[str, dict[str, Any]] = yaml.safe_load(_DATA.read_text("utf-8"))
LIFE: Chain = DEFAULTS["life"]["chain"]
CARE: Chain = DEFAULTS["care"]["chain"]
_LOST = ("_offline", "_tampered", "_flat")


# Somebody may fall in: day and night, on the chain of a life alarm, though no family hears of it.
AT_ONCE = frozenset(
    {"manhole_open", "manhole_tilted", "manhole_leaning", "manhole_flooded", "manhole_level"}
)


def policy_of(severity: str, what: str) -> str:
    """Name the policy that such a ticket follows, a key of data/escalation.yaml."""
    if what == "handover":
        return "handover"
    if severity == "care":
        return "care_silent" if patient(what) else "care_asking"
    if severity == "maintenance" and lost(what):
        return "lost"
    return "life" if what in AT_ONCE else severity


def own(community: str, key: str, *, column: str = "chain") -> str:
    """Spell the query for a community's own policy, NULL where the default is good enough.

    It is asked within the statement that opens or takes a ticket, so it costs no turn of its own.
    """
    return (
        f"(SELECT p.{column} FROM policy p WHERE p.community_id = {community} "  # noqa: S608
        f"AND p.key = {key} ORDER BY p.version DESC LIMIT 1)"  # names of ours
    )


def first(chain: str) -> str:
    """Spell how long after opening the first step of a chain is due; NULL for none."""
    return f"make_interval(secs => CAST({chain} -> 0 ->> 'after_s' AS float))"


def snapshot(severity: str, what: str) -> Chain:
    """Return the chain that a ticket opened now keeps where its community has no own."""
    chain: Chain = DEFAULTS[policy_of(severity, what)]["chain"]
    return chain


def watch(severity: str, what: str) -> Watch:
    """Return how whoever takes such a ticket is watched by default; empty for not at all."""
    found: Watch = DEFAULTS[policy_of(severity, what)]["watch"]
    return found


def patient(what: str) -> bool:
    """Tell whether a device is silent, and not a person, so that there is time to ask."""
    return what.endswith("_silent") and what != "flat_silent"


def lost(what: str) -> bool:
    """Tell whether a life device has stopped protecting: not for the daily list, but for today."""
    return what.endswith(_LOST)


def asks(chain: Chain, step: int) -> bool:
    """Tell whether an open ticket at this step waits for the answer of elder and family."""
    return bool(chain) and chain[min(step, len(chain) - 1)].get("asks", False)


def wait_after(chain: Chain, step: int) -> timedelta | None:
    """Return how long after step number `step` (from 0) the next one is due."""
    following = chain[min(step + 1, len(chain) - 1)]
    if "every_s" in following:
        return timedelta(seconds=following["every_s"])
    return timedelta(seconds=following["after_s"] - chain[step]["after_s"])


def red_again(severity: str) -> timedelta:
    """Return how long a resolved ticket may wait for a device that still alarms."""
    return RED_AGAIN.get(severity, RED_AGAIN_ELSE)
