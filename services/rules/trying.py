"""A rule as an operator changes it: tried on a value or on the last days, then put in force."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import StaleError, UserError
from models import Comparison, RuleKind, Severity
from services.permissions import At, Permission, require
from services.rules import change, trial
from services.rules.draft import Draft, check

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """What an operator may change of a rule."""

    limit: float
    clear_limit: float | None
    span: timedelta
    times: int
    schedule: tuple[dict[str, Any], ...]
    severity: Severity
    enabled: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm that there would have been; one that has not ended would still ring."""

    name: str
    began: datetime
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class Tried:
    """How many devices were tried, and what would have rung."""

    devices: int
    alarms: tuple[Alarm, ...]


async def tried(
    session: Session, by: Actor, key: str, what: Change, *,
    community: UUID, value: float | None, now: datetime,
) -> Tried:  # fmt: skip
    """Try a rule on one value, or on what devices said in the last day; nothing is written."""
    require(by, Permission.RULES_READ, At(community))
    draft, _ = await _draft(session, community, key, what)
    if value is not None:
        check(draft, was=None)
        rule = replace(draft.in_force(), enabled=True)
        found = trial.replay(rule, UUID(int=0), [(now - max(draft.span, _A_DAY), value)], now=now)
        return Tried(1, tuple(Alarm("", one.began, one.ended) for one in found))
    log = await trial.against_the_log(session, by, draft, community=community, now=now)
    alarms = [one for one in log.episodes if one.ended is None or one.ended > now - _A_DAY]
    rows = await session.execute(
        sql("SELECT id, place FROM device WHERE id = ANY(CAST(:devices AS uuid[]))"),
        {"devices": list({one.device for one in alarms})},
    )
    names = {row.id: str(open_json(row.place, "device.place")["name"]) for row in rows}
    return Tried(
        log.devices, tuple(Alarm(names[one.device], one.began, one.ended) for one in alarms)
    )


async def changed(
    session: Session, by: Actor, key: str, what: Change, *,
    community: UUID, seen: int | None, now: datetime,
) -> int:  # fmt: skip
    """Put a change in force; raises StaleError where a newer version is there than was `seen`."""
    require(by, Permission.RULES_WRITE, At(community))
    await change.lock(session, community, key)
    draft, row = await _draft(session, community, key, what)
    if seen != row.version:
        raise StaleError("form-stale", values=_values(row), version=row.version)
    return await change.change(session, by, draft, community=community, now=now)


async def _draft(session: Session, community: UUID, key: str, what: Change) -> tuple[Draft, Any]:
    rows = await session.execute(
        sql(
            """
            SELECT version, looks_for, kind, metric, comparison, "limit" AS at, clear_limit, span_s,
                   times, severity, enabled, source
            FROM rule WHERE community_id = :community AND key = :key AND scope = 'community'
            ORDER BY version DESC LIMIT 1
            """
        ),
        {"community": community, "key": key},
    )
    row = rows.one_or_none()
    if row is None:
        raise UserError("object-unknown", status=404)
    draft = Draft(
        key, RuleKind(row.looks_for), row.metric, what.limit, what.severity,
        Comparison(row.comparison), row.kind, what.clear_limit, what.span, what.times,
        what.schedule, what.enabled, row.source,
    )  # fmt: skip
    return draft, row


def _values(row: Any) -> dict[str, Any]:
    return {
        "limit": row.at, "clear_limit": row.clear_limit, "span_s": row.span_s, "times": row.times,
        "severity": row.severity, "enabled": row.enabled,
    }  # fmt: skip
