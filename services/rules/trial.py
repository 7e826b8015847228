"""Trying a rule against what devices said: what would have alarmed, and when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from core.actor import Actor
from core.db import Session, sql
from models import RuleKind, RuleScope
from services.permissions import At, Permission, require
from services.rules import kinds
from services.rules.draft import Draft, For, check
from services.rules.kinds import Memory, RuleInForce, Sign

SPAN = timedelta(days=7)
EVERYBODY = For()
Log = Sequence[tuple[datetime, float]]


@dataclass(frozen=True, slots=True)
class Episode:
    """A device would have alarmed from here to there; None: it still would."""

    device: UUID
    began: datetime
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class Trial:
    """How many devices were tried, and each alarm that there would have been."""

    devices: int
    episodes: tuple[Episode, ...]


async def against_the_log(
    session: Session,
    by: Actor,
    draft: Draft,
    *,
    community: UUID,
    to: For = EVERYBODY,
    now: datetime,
) -> Trial:
    """Run a draft over the readings of the last seven days; nothing is kept or told."""
    require(by, Permission.RULES_READ, At(community))
    check(draft, was=None)
    rule = draft.in_force()
    rows = await session.execute(
        sql(
            """
            SELECT r.device_id, r.ts, r.value FROM device d
            LEFT JOIN device_scope s ON s.device_id = d.id
            JOIN reading r ON r.device_id = d.id AND r.metric = :metric
                 AND r.ts > :since AND r.ts <= :now
            WHERE d.community_id = :community AND d.removed_at IS NULL
              AND (CAST(:kind AS text) IS NULL OR d.kind = CAST(:kind AS text))
              AND CASE CAST(:scope AS text) WHEN 'home' THEN d.home_index = :index
                  WHEN 'person' THEN :index = ANY(s.people)
                  WHEN 'source' THEN d.source = :source ELSE true END
            ORDER BY r.device_id, r.ts
            """
        ),
        {
            "community": community, "metric": draft.metric, "kind": draft.device_kind,
            "since": now - SPAN - draft.span, "now": now, "scope": to.scope.value,
            "index": to.index,
            "source": to.index.decode() if to.scope is RuleScope.SOURCE else "",
        },
    )  # fmt: skip
    found: list[Episode] = []
    tried = 0
    for device, log in groupby(rows, key=lambda row: row.device_id):
        tried += 1
        found += replay(rule, device, [(row.ts, row.value) for row in log], now=now)
    return Trial(tried, tuple(one for one in found if one.ended is None or one.ended > now - SPAN))


def replay(rule: RuleInForce, device: UUID, log: Log, *, now: datetime) -> list[Episode]:
    """Judge a device's log from its first reading to now, as it would have been judged live."""
    if rule.kind in kinds.ON_READING:
        return _episodes(device, _read(rule, log, now=now))
    if rule.kind in {RuleKind.RATE, RuleKind.LEAK}:
        return _episodes(device, _metered(rule, log, now=now))
    return _gaps(rule, device, log, now=now)


def _read(rule: RuleInForce, log: Log, *, now: datetime) -> list[tuple[datetime, bool]]:
    """Judge each reading, and between two of them whatever fell due."""
    memory, judged = Memory(), []
    last: float | None = None
    for at, value in [*log, (now, None)]:
        while memory.due_at is not None and memory.due_at < at:
            due = memory.due_at
            memory = kinds.lasted(rule, memory, last, due).memory
            if memory.firing:
                judged.append((due, True))
        if value is not None:
            verdict = kinds.read(rule, memory, value, at)
            memory, last = verdict.memory, value
            if verdict.active is not None:
                judged.append((at, verdict.active))
    return judged


def _metered(rule: RuleInForce, log: Log, *, now: datetime) -> list[tuple[datetime, bool]]:
    slots: dict[datetime, float] = {}
    origin = log[0][0]
    for at, value in log:
        slots[origin + (int((at - origin) / kinds.SLOT) + 1) * kinds.SLOT] = value
    filled = sorted(slots.items())
    look = kinds.rate if rule.kind is RuleKind.RATE else kinds.leak
    return [
        (at, bool(look(rule, filled[: place + 1], now=at).active))
        for place, (at, _) in enumerate(filled)
        if at <= now
    ]


def _gaps(rule: RuleInForce, device: UUID, log: Log, *, now: datetime) -> list[Episode]:
    """Find the spans without a change, or without a word; the device itself may have been dead."""
    signs = _signs(rule, log) if rule.kind is RuleKind.ABSENCE else [at for at, _ in log]
    found = []
    for at, following in zip(signs, [*signs[1:], None], strict=True):
        due = kinds.absence(rule, Sign(at, at, online=True, installed_at=at), now=at).due_at
        if due <= (following or now):
            found.append(Episode(device, due, following))
    return found


def _signs(rule: RuleInForce, log: Log) -> list[datetime]:
    """List the moments at which the value moved by more than the rule's smallest change."""
    signs, anchor = [log[0][0]], log[0][1]
    for at, value in log[1:]:
        if abs(value - anchor) > rule.limit:
            signs.append(at)
            anchor = value
    return signs


def _episodes(device: UUID, judged: Sequence[tuple[datetime, bool]]) -> list[Episode]:
    found: list[Episode] = []
    for at, active in judged:
        open_one = found and found[-1].ended is None
        if active and not open_one:
            found.append(Episode(device, at, None))
        elif not active and open_one:
            found[-1] = replace(found[-1], ended=at)
    return found
