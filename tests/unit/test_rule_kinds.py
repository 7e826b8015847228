"""What each kind of rule looks for, as pure functions."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from models import Comparison, RuleKind
from services.rules import kinds
from services.rules.kinds import NOTHING, Memory, RuleInForce, Sign
from services.rules.windows import Window, opening

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)  # a Sunday, 17:00 in Changzhou
HOT = RuleInForce("hot", "heart_rate", Comparison.AT_LEAST, 100, "care", RuleKind.DURATION,
                  clear_limit=95, span=timedelta(minutes=10))  # fmt: skip
TWICE = RuleInForce("critical", "heart_rate", Comparison.AT_LEAST, 150, "life", RuleKind.REPEATING,
                    span=timedelta(seconds=60), times=2)  # fmt: skip
UNUSED = RuleInForce("unused", "water_total", Comparison.AT_LEAST, 0.01, "care", RuleKind.ABSENCE,
                     span=timedelta(hours=48))  # fmt: skip
RUNNING = RuleInForce("running", "water_total", Comparison.AT_LEAST, 0, "property", RuleKind.LEAK,
                      span=timedelta(hours=24))  # fmt: skip
MUCH = RuleInForce("much", "water_total", Comparison.AT_LEAST, 2, "care", RuleKind.RATE,
                   span=timedelta(hours=24))  # fmt: skip


def at(**later: float) -> datetime:
    """Return a moment so much after the beginning."""
    return NOW + timedelta(**later)


def after(rule: RuleInForce, *read: tuple[float, datetime]) -> tuple[Memory, list[bool]]:
    """Judge readings one after another; return the memory and what was said."""
    memory, said = NOTHING, []
    for value, ts in read:
        verdict = kinds.read(rule, memory, value, ts)
        memory = verdict.memory
        if verdict.active is not None:
            said.append(verdict.active)
    return memory, said


def test_a_value_must_last_to_alarm() -> None:
    """A heart that beats fast for a moment is no alarm; for ten minutes it is."""
    memory, said = after(HOT, (110, at()), (112, at(minutes=9)))
    assert (memory.due_at, said) == (at(minutes=10), [])
    assert kinds.lasted(HOT, memory, 112, at(minutes=10)).active
    assert after(HOT, (110, at()), (112, at(minutes=10)))[1] == [True]
    assert after(HOT, (110, at()), (90, at(minutes=5)), (112, at(minutes=10)))[1] == [False]


def test_an_alarm_ends_at_its_clear_limit_and_not_before() -> None:
    """Between both limits it neither alarms anew nor ends: no flapping."""
    memory, said = after(HOT, (110, at()), (110, at(minutes=10)), (97, at(minutes=11)))
    assert memory.firing
    assert said == [True]
    assert after(HOT, (110, at()), (110, at(minutes=10)), (95, at(minutes=12)))[1] == [True, False]


def test_a_critical_value_is_confirmed_by_a_second_within_a_minute() -> None:
    """In whatever order they come, and a message twice is one reading."""
    assert after(TWICE, (160, at()), (160, at()))[1] == []
    assert after(TWICE, (160, at()), (158, at(seconds=61)))[1] == []
    for order in permutations([(160.0, at()), (80.0, at(seconds=20)), (158.0, at(seconds=60))]):
        assert True in after(TWICE, *order)[1]


def test_nothing_changed_for_the_span() -> None:
    """Not a moment too early; and any use puts it off by the whole span."""
    sign = Sign(at(), at(hours=47), online=True, installed_at=at(days=-9))
    assert kinds.absence(UNUSED, sign, now=at(hours=47, minutes=59)).due_at == at(hours=48)
    assert kinds.absence(UNUSED, sign, now=at(hours=48)).active


@pytest.mark.parametrize(
    "sign",
    [
        Sign(at(), at(hours=47), online=False, installed_at=at(days=-9)),
        Sign(at(), at(hours=20), online=True, installed_at=at(days=-9)),
    ],
    ids=["offline", "not heard for 28 h"],
)
def test_a_silent_meter_is_not_an_unused_one(sign: Sign) -> None:
    """No absence alarm while the meter or its gateway is offline; and none ends by it."""
    look = kinds.absence(UNUSED, sign, now=at(hours=48))
    assert look.active is None
    assert look.due_at > at(hours=48)


def test_a_tap_that_never_rests_is_a_leak() -> None:
    """Use in every half hour of a day; one pause and it is ordinary life."""
    running = [(at(minutes=30 * n), 100 + n / 100) for n in range(-49, 1)]
    assert kinds.leak(RUNNING, running, now=at()).active
    paused = [(ts, 100.0 if ts < at(hours=-3) else value) for ts, value in running]
    assert not kinds.leak(RUNNING, paused, now=at()).active
    gap = [one for one in running if one[0] != at(hours=-5)]
    assert not kinds.leak(RUNNING, gap, now=at()).active


def test_too_much_within_the_span() -> None:
    """Two cubic metres a day; a meter that was changed and began anew takes nothing back."""
    counted = [(at(hours=-20), 10.0), (at(hours=-10), 11.0), (at(hours=-1), 12.0)]
    assert kinds.rate(MUCH, counted, now=at()).active
    assert not kinds.rate(MUCH, counted, now=at(hours=10)).active
    changed = [(at(hours=-20), 500.0), (at(hours=-10), 0.0), (at(hours=-1), 1.0)]
    assert not kinds.rate(MUCH, changed, now=at()).active


def test_a_schedule_wakes_a_rule_at_its_hours() -> None:
    """From 22:00 to 06:00 local time, also past midnight."""
    night = (Window.load({"from": "22:00", "to": "06:00"}),)
    assert opening(night, at()) == at(hours=5)
    assert opening(night, at(hours=12)) == at(hours=12)
    assert opening(night, at(hours=13)) == at(hours=29)
    weekdays = (Window.load({"days": [1], "from": "08:00", "to": "09:00"}),)
    assert opening(weekdays, at()) == at(hours=15)
    assert opening((), at()) == at()
