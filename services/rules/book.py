"""The rules in force, kept in memory for a few seconds: for each device the narrowest version."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from core.db import Session, sql
from models import RuleKind, RuleScope
from services.rules.kinds import ON_READING, RuleInForce
from services.rules.windows import Window

FRESH = timedelta(seconds=5)
_COMMON = (RuleScope.COMMUNITY, b"")


class Guarded(Protocol):
    """A device, as far as it decides which rules are for it."""

    @property
    def id(self) -> UUID: ...  # noqa: D102  what it is called says it

    @property
    def community(self) -> UUID: ...  # noqa: D102  same

    @property
    def kind(self) -> str: ...  # noqa: D102  same

    @property
    def source(self) -> str: ...  # noqa: D102  same

    @property
    def home_index(self) -> bytes | None: ...  # noqa: D102  same

    @property
    def people(self) -> tuple[bytes, ...]: ...  # noqa: D102  same


Scope = tuple[RuleScope, bytes]


@dataclass(slots=True)
class Book:
    """What is in force in every community, at most five seconds old."""

    read_at: datetime | None = None
    _rules: dict[UUID, dict[str, dict[Scope, RuleInForce]]] = field(default_factory=dict)
    _scoped: set[UUID] = field(default_factory=set)
    _found: dict[Any, tuple[RuleInForce, ...]] = field(default_factory=dict)
    _judging: dict[Any, tuple[RuleInForce, ...]] = field(default_factory=dict)
    _smallest: dict[Any, float] = field(default_factory=dict)

    async def refresh(self, session: Session, *, now: datetime) -> bool:
        """Read the rules anew if they are old; tells whether it did."""
        if self.read_at is not None and timedelta(0) <= now - self.read_at <= FRESH:
            return False
        self.fill(await session.execute(_IN_FORCE, {"now": now}))
        self.read_at = now
        return True

    def fill(self, rows: Iterable[Any]) -> None:
        """Take rows of the table `rule`, of each key and scope the version in force."""
        rules: dict[UUID, dict[str, dict[Scope, RuleInForce]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        for row in rows:
            scope = (RuleScope(row.scope), bytes(row.scope_index))
            rules[row.community_id][row.key][scope] = in_force(row)
        self._rules = rules
        self._scoped = {
            community for community, keys in rules.items()
            if any(scopes.keys() != {_COMMON} for scopes in keys.values())
        }  # fmt: skip
        for memo in (self._found, self._judging, self._smallest):
            memo.clear()

    def knows(self, community: UUID) -> bool:
        """Tell whether a community had any rule when the book was read."""
        return community in self._rules

    def rules_of(self, device: Guarded, *, kind: str | None = None) -> tuple[RuleInForce, ...]:
        """List what is in force for a device, or for what it watches as if of another `kind`."""
        kind = kind or device.kind
        memo = self._memo(device, kind)
        if (found := self._found.get(memo)) is None:
            keys = self._rules.get(device.community, {})
            picked = (_narrowest(scopes, device) for scopes in keys.values())
            found = self._found[memo] = tuple(
                rule for rule in picked
                if rule is not None and rule.enabled and rule.device_kind in {None, kind}
            )  # fmt: skip
        return found

    def judging(
        self, device: Guarded, metric: str, *, kind: str | None = None
    ) -> tuple[RuleInForce, ...]:
        """List the rules that a reading of this metric is judged by."""
        memo = (self._memo(device, kind or device.kind), metric)
        if (found := self._judging.get(memo)) is None:
            found = self._judging[memo] = tuple(
                rule for rule in self.rules_of(device, kind=kind)
                if rule.metric == metric and rule.kind in ON_READING
            )  # fmt: skip
        return found

    def smallest_change(self, device: Guarded, metric: str) -> float:
        """Return how much a value must move to be a sign of life."""
        memo = (self._memo(device, device.kind), metric)
        if (found := self._smallest.get(memo)) is None:
            found = self._smallest[memo] = min(
                (rule.limit for rule in self.rules_of(device)
                 if rule.kind is RuleKind.ABSENCE and rule.metric == metric), default=0.0,
            )  # fmt: skip
        return found

    def _memo(self, device: Guarded, kind: str) -> Any:
        if device.community in self._scoped:
            return device.id, kind
        return device.community, kind


_IN_FORCE = sql(
    """
    SELECT DISTINCT ON (community_id, key, scope_index) community_id, key, scope, scope_index, looks_for,
           kind, metric, comparison, "limit" AS at, clear_limit, span_s, times, schedule,
           severity, enabled, expires_at
    FROM rule WHERE expires_at IS NULL OR expires_at > :now
    ORDER BY community_id, key, scope_index, version DESC
    """
)


def in_force(row: Any) -> RuleInForce:
    """Make a rule of a row."""
    return RuleInForce(
        row.key, row.metric, row.comparison, row.at, row.severity, RuleKind(row.looks_for),
        row.kind, row.clear_limit, timedelta(seconds=row.span_s or 0), row.times or 1,
        tuple(Window.load(one) for one in row.schedule), row.enabled, row.expires_at,
    )  # fmt: skip


def _narrowest(scopes: dict[Scope, RuleInForce], device: Guarded) -> RuleInForce | None:
    """Pick a person's own version before the home's, the vendor's and the community's."""
    for person in device.people:
        if rule := scopes.get((RuleScope.PERSON, person)):
            return rule
    if device.home_index and (rule := scopes.get((RuleScope.HOME, device.home_index))):
        return rule
    if rule := scopes.get((RuleScope.SOURCE, device.source.encode())):
        return rule
    return scopes.get(_COMMON)
