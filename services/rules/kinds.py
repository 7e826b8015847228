"""The kinds of rules as pure functions: what was read, what is remembered → what follows."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models import Comparison, RuleKind, Severity
from services.rules.windows import Window, opening

# Judged when a reading comes; the others when they are due.
ON_READING = frozenset({RuleKind.THRESHOLD, RuleKind.DURATION, RuleKind.REPEATING})
SLOT = timedelta(minutes=30)
# A battery device checks in once in 25 h; one that was heard since is not taken for dead.
CHECK_IN = timedelta(hours=26)
AGAIN = timedelta(seconds=10)
SOON = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """The newest version of an alarm rule, for the narrowest scope that a device lies in."""

    key: str
    metric: str
    comparison: str
    limit: float
    severity: str
    kind: RuleKind = RuleKind.THRESHOLD
    device_kind: str | None = None
    clear_limit: float | None = None
    span: timedelta = timedelta(0)
    times: int = 1
    schedule: tuple[Window, ...] = ()
    enabled: bool = True
    expires_at: datetime | None = None

    def holds(self, value: float) -> bool:
        """Tell whether the value alarms; booleans are 0 and 1, and a cover may lean either way."""
        value = abs(value) if self.metric == "tilt_angle" else value
        return (
            value >= self.limit if self.comparison == Comparison.AT_LEAST else value <= self.limit
        )

    def clears(self, value: float) -> bool:
        """Tell whether the value ends an alarm."""
        if self.clear_limit is None:
            return not self.holds(value)
        if self.comparison == Comparison.AT_LEAST:
            return value <= self.clear_limit
        return value >= self.clear_limit

    @property
    def remembers(self) -> bool:
        """Tell whether judging a reading takes more than the reading."""
        return (
            self.kind is not RuleKind.THRESHOLD
            or self.clear_limit is not None
            or bool(self.schedule)
        )

    @property
    def life(self) -> bool:
        """Tell whether nothing may hold it back."""
        return self.severity == Severity.LIFE


@dataclass(frozen=True, slots=True)
class Memory:
    """What a rule remembers of one device."""

    since: datetime | None = None
    hits: tuple[datetime, ...] = ()
    firing: bool = False
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows: the memory from now on, and whether it alarms; None says nothing new."""

    memory: Memory
    active: bool | None = None


NOTHING = Memory()


def read(rule: RuleInForce, memory: Memory, value: float, ts: datetime) -> Verdict:
    """Judge a reading by a rule of a kind in ON_READING."""
    if rule.kind is RuleKind.REPEATING:
        return _repeating(rule, memory, value, ts)
    return _lasting(rule, memory, value, ts)


def _lasting(rule: RuleInForce, memory: Memory, value: float, ts: datetime) -> Verdict:
    """Alarm once the condition has held for the span, in a window of the schedule.

    A reading older than the beginning says nothing about now.
    """
    if rule.holds(value):
        since = ts if memory.since is None else min(memory.since, ts)
        due = opening(rule.schedule, since + rule.span)
        if memory.firing or ts >= due:
            return Verdict(Memory(since=since, firing=True), active=True)
        return Verdict(Memory(since=since, due_at=due))
    if memory.since is not None and ts < memory.since:
        return Verdict(memory)
    if memory.firing and not rule.clears(value):
        return Verdict(memory)
    return Verdict(NOTHING, active=False)


def lasted(rule: RuleInForce, memory: Memory, value: float | None, now: datetime) -> Verdict:
    """Judge, when it is due, a condition that began to hold and of which nothing else was heard."""
    if memory.since is None or value is None or not rule.holds(value):
        return Verdict(replace(memory, due_at=None))
    due = opening(rule.schedule, max(memory.since + rule.span, now))
    if due <= now:
        return Verdict(replace(memory, firing=True, due_at=None), active=True)
    return Verdict(replace(memory, due_at=due))


def _repeating(rule: RuleInForce, memory: Memory, value: float, ts: datetime) -> Verdict:
    """Alarm once the condition was read so often within the span, in whatever order it came."""
    if not rule.holds(value):
        cleared = rule.clears(value) and (not memory.hits or ts >= memory.hits[-1])
        if not cleared:
            return Verdict(memory)
        return Verdict(replace(memory, firing=False, since=None), active=False)
    newest = max((*memory.hits, ts))
    hits = tuple(sorted(hit for hit in {*memory.hits, ts} if newest - hit <= rule.span))
    enough = memory.firing or len(hits) >= rule.times
    return Verdict(Memory(since=hits[0] if hits else ts, hits=hits[-rule.times :], firing=enough),
                   active=True if enough else None)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sign:
    """What is known of a device when an absence or silence is looked at.

    `changed_at` is its last sign of life, `resumed_at` the end of the last time away, `paused`
    whether everybody is away now.
    """

    changed_at: datetime | None
    heard_at: datetime | None
    online: bool
    installed_at: datetime
    resumed_at: datetime | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What follows from looking: when to look again, and whether it alarms.

    `held` says that it would alarm if nobody had said that they are away.
    """

    due_at: datetime
    active: bool | None
    held: bool = False


def absence(rule: RuleInForce, sign: Sign, *, now: datetime) -> Look:
    """Look whether nothing changed for the span, as far as the device could have told.

    "No water used" and "the meter is silent" are different things: while the device or its
    gateway is offline there is no alarm, and none ends.
    """
    last = max(filter(None, (sign.changed_at or sign.installed_at, sign.resumed_at)))
    due = opening(rule.schedule, last + rule.span)
    if due > now:
        return Look(due, active=False)
    if silent(sign, CHECK_IN, now=now):
        return Look(now + SOON, active=None)
    if sign.paused:
        return Look(now + SOON, active=None, held=True)
    return Look(now + AGAIN, active=True)


def silent(sign: Sign, span: timedelta, *, now: datetime) -> bool:
    """Tell whether a device is known to be offline or was not heard for so long."""
    return not sign.online or now - (sign.heard_at or sign.installed_at) >= span


def offline(rule: RuleInForce, sign: Sign, *, now: datetime) -> Look:
    """Look whether a device is silent: said to be offline for the span, or not heard for a day."""
    heard = sign.heard_at or sign.installed_at
    due = heard + (max(rule.span, CHECK_IN) if sign.online else rule.span)
    return Look(now + AGAIN, active=True) if due <= now else Look(due, active=False)


Slots = Sequence[tuple[datetime, float]]  # the end of each half hour, and the meter at it


def rate(rule: RuleInForce, slots: Slots, *, now: datetime) -> Look:
    """Look whether more than the limit was used within the span."""
    window = [value for at, value in slots if at > now - rule.span]
    return Look(now + SLOT, active=bool(window) and used(window) >= rule.limit)


def leak(rule: RuleInForce, slots: Slots, *, now: datetime) -> Look:
    """Look whether every half hour of the span used something: nobody does that on purpose.

    A half hour of which nothing is known counts as a pause.
    """
    wanted = int(rule.span / SLOT)
    run = [value for at, value in slots if at > now - rule.span - SLOT]
    unbroken = len(run) > wanted and all(
        after - before > rule.limit for before, after in itertools.pairwise(run)
    )
    return Look(now + SLOT, active=unbroken)


def used(values: Sequence[float]) -> float:
    """Add up what a meter counted; one that was changed and began anew takes nothing back."""
    return sum(max(0.0, after - before) for before, after in itertools.pairwise(values))
