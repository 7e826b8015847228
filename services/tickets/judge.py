"""What a run of alarm and clear signals does to the live ticket of its key: pure rules.

DESIGN section 5: a new alarm reading on a resolved ticket opens a new epoch; a clearing reading
never acknowledges, resolves or stops an escalation; `resolved` waits for the device's recovery.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from models import Status


@dataclass(frozen=True, slots=True)
class Signal:
    """One judged reading: the rule's condition holds (`active`) or does not.

    `place` and `people` say where and about whom it is when there is no device to say it.
    """

    key: str
    what: str
    severity: str
    community: UUID
    grid: UUID | None
    device: UUID | None
    active: bool
    ts: datetime
    place: str | None = None
    retained: bool = False
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Live:
    """The part of a live ticket that the rules look at; `id` is None for one still to be made."""

    id: UUID | None
    status: Status
    epoch: int
    alarm_at: datetime
    recovered_at: datetime | None
    happened: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of the key: the ticket that was live, and one to be opened."""

    live: Live | None
    opened: Live | None


def judge(live: Live | None, signals: Sequence[Signal]) -> Outcome:
    """Apply the signals of one key in order of arrival."""
    current, before = live, live
    for signal in signals:
        if current is None or current.status is Status.CLOSED:
            if signal.active:
                before = current or before
                current = Live(None, Status.OPEN, 1, signal.ts, None)
            continue
        current = _alarm(current, signal) if signal.active else _clear(current, signal)
    if current is not None and current.id is None:
        return Outcome(before, current)
    return Outcome(current, None)


def _alarm(live: Live, signal: Signal) -> Live:
    if signal.retained or signal.ts < live.alarm_at:
        return live  # the broker's memory, or a late push, of what is known already
    again = replace(live, alarm_at=signal.ts, recovered_at=None)
    if live.status is Status.RESOLVED:
        return replace(
            again, status=Status.OPEN, epoch=live.epoch + 1, happened=(*live.happened, "reopened")
        )
    if live.recovered_at is not None:
        return replace(again, happened=(*live.happened, "alarm_again"))
    return again


def _clear(live: Live, signal: Signal) -> Live:
    if signal.ts < live.alarm_at or live.recovered_at is not None:
        return live
    recovered = replace(live, recovered_at=signal.ts, happened=(*live.happened, "recovered"))
    if live.status is Status.RESOLVED:
        return replace(recovered, status=Status.CLOSED, happened=(*recovered.happened, "closed"))
    return recovered
