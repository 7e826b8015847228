"""The rules that a clock judges: due rows are looked at again, and put off or alarmed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.db import Session, sql
from models import RuleKind, Severity
from services.map_points import UNREACHED
from services.rules import kinds, memory, meters, outages, pauses
from services.rules.book import Book
from services.rules.kinds import Look, Memory, RuleInForce, Sign
from services.rules.memory import Slot
from services.tickets import alarms, asking
from services.tickets.judge import Signal

BATCH = 500
_METERED = {RuleKind.RATE: kinds.rate, RuleKind.LEAK: kinds.leak}
_DUE = sql(
    f"""
    WITH due AS MATERIALIZED (
        SELECT device_id, key, since, hits, firing FROM rule_state
        WHERE due_at <= :now ORDER BY due_at LIMIT :batch FOR UPDATE SKIP LOCKED)
    SELECT due.device_id AS id, due.key, due.since, due.hits, due.firing, d.community_id AS community,
           d.grid_id AS grid, d.kind, d.source, d.home_index, d.installed_at, d.removed_at,
           coalesce(s.people, '{{}}') AS people, p.last_seen,
           coalesce(p.online, true) AND NOT {UNREACHED} AS online,
           u.id IS NOT NULL AS suppressed
    FROM due JOIN device d ON d.id = due.device_id
    LEFT JOIN device_scope s ON s.device_id = d.id
    LEFT JOIN device_presence p ON p.device_id = d.id
    LEFT JOIN suppression u ON u.device_id = due.device_id AND u.key = due.key
         AND u.judged_at IS NULL
    """  # noqa: S608  (a literal of ours)
)
_STATES = sql(
    """
    SELECT s.device_id, s.metric, s.value, s.changed_at
    FROM unnest(CAST(:devices AS uuid[]), CAST(:metrics AS text[])) AS w(device, metric)
    JOIN device_state s ON s.device_id = w.device AND s.metric = w.metric
    """
)


@dataclass(frozen=True, slots=True)
class Due:
    """A timer that is due, with its device; `rule` is None once no rule is in force any more."""

    id: UUID
    key: str
    community: UUID
    grid: UUID
    memory: Memory
    sign: Sign
    suppressed: bool
    rule: RuleInForce | None
    value: float | None

    @property
    def slot(self) -> Slot:
        """Name its row."""
        return self.id, self.key


async def sweep(session: Session, book: Book, *, now: datetime) -> int:
    """Look at up to 500 due timers; returns how many there were. Others may sweep meanwhile."""
    await book.refresh(session, now=now)
    due = await _due(session, book, now=now)
    if not due:
        return 0
    looks = {one.slot: look for one in due if (look := _look(one, now=now)) is not None}
    looks |= await _metered(session, due, now=now)
    looks |= await _paused(session, due, looks, now=now)
    watched = [one for one in due if one.rule and one.rule.kind is RuleKind.OFFLINE]
    outage = await outages.look(session, watched, now=now)
    kept = {
        one.slot: _after(one, looks.get(one.slot), now=now, covered=one.id in outage.covered)
        for one in due
    }
    await memory.put_off(session, kept)
    await pauses.judged(
        session,
        {
            one.slot: kept[one.slot].firing
            for one in due
            if one.suppressed and one.slot in looks and not looks[one.slot].held
        },
        now=now,
    )
    signals = [
        _signal(one, active=kept[one.slot].firing, now=now)
        for one in due
        if kept[one.slot].firing != one.memory.firing
    ]
    signals = await _at_risk(session, due, signals, now=now)
    if signals or outage.signals:
        await alarms.apply(session, [*signals, *outage.signals], now=now)
    return len(due)


async def _due(session: Session, book: Book, *, now: datetime) -> list[Due]:
    rows = (await session.execute(_DUE, {"now": now, "batch": BATCH})).all()
    ruled = [(row, _rule(book, row)) for row in rows]
    states = await session.execute(
        _STATES,
        {
            "devices": [row.id for row, rule in ruled if rule],
            "metrics": [rule.metric for _, rule in ruled if rule],
        },
    )
    known = {(device, metric): state for device, metric, *state in states}
    nothing = (None, None)
    return [
        _one(row, rule, *(known.get((row.id, rule.metric), nothing) if rule else nothing))
        for row, rule in ruled
    ]


def _rule(book: Book, row: Any) -> RuleInForce | None:
    if row.removed_at is not None:
        return None
    return next((rule for rule in book.rules_of(row) if rule.key == row.key), None)


def _one(
    row: Any, rule: RuleInForce | None, value: float | None, changed_at: datetime | None
) -> Due:
    return Due(
        row.id, row.key, row.community, row.grid, Memory(row.since, tuple(row.hits), row.firing),
        Sign(changed_at, row.last_seen, row.online, row.installed_at), row.suppressed, rule, value,
    )  # fmt: skip


def _look(one: Due, *, now: datetime) -> Look | None:
    if one.rule is None:
        return None
    if one.rule.kind is RuleKind.ABSENCE:
        return kinds.absence(one.rule, one.sign, now=now)
    if one.rule.kind is RuleKind.OFFLINE:
        return kinds.offline(one.rule, one.sign, now=now)
    return None


async def _metered(session: Session, due: Sequence[Due], *, now: datetime) -> dict[Slot, Look]:
    """Look at what meters counted; a silent one tells nothing."""
    wanted = [one for one in due if one.rule and one.rule.kind in _METERED]
    if not wanted:
        return {}
    longest = max((one.rule.span for one in wanted if one.rule), default=timedelta(0))
    slots = await meters.slots(
        session, {(one.id, one.rule.metric) for one in wanted if one.rule},
        since=now - longest - 2 * kinds.SLOT,
    )  # fmt: skip
    return {
        one.slot: _METERED[one.rule.kind](
            one.rule, slots.get((one.id, one.rule.metric), ()), now=now
        )
        for one in wanted
        if one.rule
    }


async def _paused(
    session: Session, due: Sequence[Due], looks: dict[Slot, Look], *, now: datetime
) -> dict[Slot, Look]:
    """Look again at absences that would alarm, unless everybody of the flat is away."""
    alarming = [
        one for one in due
        if one.rule and one.rule.kind is RuleKind.ABSENCE and (look := looks.get(one.slot))
        and look.active
    ]  # fmt: skip
    if not alarming:
        return {}
    known = await pauses.of(session, {one.id for one in alarming}, now=now)
    again: dict[Slot, Look] = {}
    for one in alarming:
        pause = known.get(one.id)
        if pause is not None and one.rule is not None:
            sign = replace(one.sign, resumed_at=pause.resumed_at, paused=pause.because is not None)
            again[one.slot] = kinds.absence(one.rule, sign, now=now)
    await pauses.note(
        session,
        {slot: known[slot[0]] for slot, look in again.items() if look.held},
        now=now,
    )
    return again


async def _at_risk(
    session: Session, due: Sequence[Due], signals: list[Signal], *, now: datetime
) -> list[Signal]:
    """Leave a silent absence source to the daily list where nobody at risk hangs on it."""
    silent = {
        one.id for one in due
        if one.rule and one.rule.kind is RuleKind.OFFLINE and one.rule.severity == Severity.CARE
    }  # fmt: skip
    if not silent:
        return signals
    risky = await asking.at_risk(session, silent, now=now)
    return [
        replace(one, severity="maintenance")
        if one.device in silent - risky and one.severity == Severity.CARE
        else one
        for one in signals
    ]


def _after(one: Due, look: Look | None, *, now: datetime, covered: bool = False) -> Memory:
    """Say what is remembered after the look; without one, a condition has been waiting to last.

    A device `covered` by its gateway's ticket does not fire by itself.
    """
    if one.rule is None:
        return kinds.NOTHING
    if look is None:
        return kinds.lasted(one.rule, one.memory, one.value, now).memory
    firing = one.memory.firing if look.active is None else look.active
    if covered and one.rule.kind is RuleKind.OFFLINE and not one.memory.firing:
        firing, look = False, replace(look, due_at=now + kinds.SOON)
    # A version that ends is followed by another, which may be due at once.
    due = min(filter(None, (look.due_at, one.rule.expires_at)))
    return Memory(firing=firing and not look.held, due_at=due)


def _signal(one: Due, *, active: bool, now: datetime) -> Signal:
    return Signal(
        key=f"{one.id}:{one.key}",
        what=one.key,
        severity=one.rule.severity if one.rule else "maintenance",
        community=one.community,
        grid=one.grid,
        device=one.id,
        active=active,
        ts=now,
    )
