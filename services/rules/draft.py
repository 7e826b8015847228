"""A rule that somebody would like: what it may be, and for whom."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import isfinite
from typing import Any
from uuid import UUID

from core.errors import UserError
from core.reading import LIFE_METRICS
from models import Comparison, RuleKind, RuleScope, Severity
from services.homes import home_index
from services.rules.enrol import person_index
from services.rules.kinds import RuleInForce
from services.rules.windows import Window

LONGEST = timedelta(days=30)
CONFIRMED_WITHIN = timedelta(seconds=60)
VITAL = frozenset({"heart_rate", "spo2", "systolic", "diastolic", "temperature"})


@dataclass(frozen=True, slots=True)
class For:
    """For whom a version is: everybody, the devices of a vendor's source, a home, a person."""

    scope: RuleScope = RuleScope.COMMUNITY
    index: bytes = b""
    person: UUID | None = None

    @classmethod
    def somebody(cls, person: UUID) -> "For":
        """Mean one person's devices."""
        return cls(RuleScope.PERSON, person_index(person), person)

    @classmethod
    def home(cls, home: UUID) -> "For":
        """Mean the devices of one flat."""
        return cls(RuleScope.HOME, home_index(home))

    @classmethod
    def vendor(cls, source: str) -> "For":
        """Mean all devices that speak through one source."""
        return cls(RuleScope.SOURCE, source.encode())


@dataclass(frozen=True, slots=True)
class Draft:
    """What a version of a rule would say."""

    key: str
    kind: RuleKind
    metric: str
    limit: float
    severity: Severity
    comparison: Comparison = Comparison.AT_LEAST
    device_kind: str | None = None
    clear_limit: float | None = None
    span: timedelta = timedelta(0)
    times: int = 1
    schedule: tuple[dict[str, Any], ...] = ()
    enabled: bool = True
    source: str = ""
    expires_at: datetime | None = field(default=None)

    def in_force(self) -> RuleInForce:
        """Return the rule as it would judge; raises UserError `rule-schedule`."""
        return RuleInForce(
            self.key, self.metric, self.comparison, self.limit, self.severity, self.kind,
            self.device_kind, self.clear_limit, self.span, self.times, windows(self.schedule),
            self.enabled,
        )  # fmt: skip


def windows(schedule: tuple[dict[str, Any], ...]) -> tuple[Window, ...]:
    """Read windows; raises UserError `rule-schedule` for what is none."""
    try:
        return tuple(Window.load(one) for one in schedule)
    except (ValueError, KeyError, TypeError):
        raise UserError("rule-schedule", status=422) from None


@dataclass(frozen=True, slots=True)
class Before:
    """The version that a draft would replace."""

    severity: str
    metric: str


def check(draft: Draft, *, was: Before | None) -> None:
    """Refuse what makes no sense, and whatever would hold back an alarm of a life."""
    windows(draft.schedule)
    numbers = [draft.limit, *([draft.clear_limit] if draft.clear_limit is not None else [])]
    if not all(isfinite(one) for one in numbers):
        raise UserError("rule-number", status=422)
    lasts = draft.kind != RuleKind.THRESHOLD
    if not timedelta(0) <= draft.span <= LONGEST or (lasts and not draft.span):
        raise UserError("rule-span", status=422, days=LONGEST.days)
    if draft.kind is RuleKind.REPEATING and draft.times < 2:
        raise UserError("rule-times", status=422)
    if was is not None and was.severity == Severity.LIFE and draft.metric != was.metric:
        raise UserError("rule-life", status=422)
    if Severity.LIFE in {draft.severity, was.severity if was else None}:
        _check_life(draft)


def _check_life(draft: Draft) -> None:
    """Let a life rule alarm at once, always; a vital sign may wait a minute for a second reading."""
    confirmed = (
        draft.kind is RuleKind.REPEATING
        and draft.metric in VITAL
        and draft.times == 2
        and draft.span <= CONFIRMED_WITHIN
    )
    plain = draft.kind is RuleKind.THRESHOLD and draft.clear_limit is None
    held_back = (
        draft.severity is not Severity.LIFE
        or not (plain or confirmed)
        or draft.schedule
        or not draft.enabled
        or draft.expires_at is not None
    )
    deaf = draft.metric in LIFE_METRICS and not draft.in_force().holds(1.0)
    if held_back or deaf:
        raise UserError("rule-life", status=422)
