"""The remedy of a false alarm: a limit proposed to the operator, within bounds and for 90 days.

Never of a rule that guards a life, nor of one that goes the same way. Whoever has a proposed limit
already gets no further one until it ends, so limits can't creep.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from models import Comparison, DeviceKind, RuleKind, Severity
from services.permissions import At, Permission, reach, require
from services.rules import change
from services.rules.book import Book
from services.rules.draft import VITAL, Draft, For
from services.rules.kinds import RuleInForce
from services.tickets.chain import AT_ONCE

LASTS = timedelta(days=90)
# How much further than the rule in force, at most.
_VITAL_SHARE, _SHARE = 0.1, 0.5
_MARGIN = 0.02  # so that what was read just now would not alarm again
_MEASURED = VITAL | {"water_total"}
_READ = frozenset({RuleKind.THRESHOLD, RuleKind.DURATION, RuleKind.REPEATING})
_OF_TICKET = sql(
    """
    SELECT t.id AS ticket, t.what, t.alarm_at, d.id, d.community_id AS community, d.grid_id AS grid,
           d.kind, d.source, d.home_index, d.place, coalesce(s.people, '{}') AS people
    FROM ticket t JOIN device d ON d.id = t.device_id AND d.removed_at IS NULL
    LEFT JOIN device_scope s ON s.device_id = d.id WHERE t.id = :ticket
    """
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A limit that waits for the operator; `span` counts for absences, `limit` for all else."""

    id: UUID
    community: UUID
    key: str
    metric: str
    device: str
    absence: bool
    was_limit: float
    limit: float
    was_span: timedelta
    span: timedelta
    asked_by: UUID


async def propose(session: Session, by: Actor, *, ticket: UUID, now: datetime) -> Proposal | None:
    """Propose what would have spared this false alarm; None where nothing within bounds would."""
    row = (await session.execute(_OF_TICKET, {"ticket": ticket})).one_or_none()
    if row is None or row.what in AT_ONCE or _whom(row) is None:
        return None
    require(by, Permission.TICKETS_WORK, At(row.community, row.grid))
    rule = await _in_force(session, row, now=now)
    if rule is None or rule.severity not in {Severity.CARE, Severity.PROPERTY} or rule.expires_at:
        return None
    limit, span = rule.limit, rule.span
    if rule.kind is RuleKind.ABSENCE:
        span = rule.span * (1 + _SHARE)
    elif rule.metric in _MEASURED and rule.kind in _READ | {RuleKind.RATE}:
        worst = await _worst(session, row, rule, now=now)
        wanted = _bounded(rule, worst) if worst is not None else None
        if wanted is None:
            return None
        limit = wanted
    else:
        return None
    return await _write(session, by, row, rule, limit=limit, span=span, now=now)


async def decide(
    session: Session, by: Actor, *, proposal: UUID, accept: bool, now: datetime
) -> Proposal:
    """Put a proposed limit in force for 90 days, or leave the rule as it is.

    Raises UserError `proposal-over` where somebody has decided or the rule is another by now.
    """
    found = await _load(session, "r.id = :value", proposal)
    if not found:
        raise UserError("proposal-over", status=404)
    one = found[0]
    require(by, Permission.RULES_WRITE, At(one.community))
    taken = await session.execute(
        sql(
            """
            UPDATE rule_proposal SET decided_by = :by, decided_at = :now, accepted = :accepted
            WHERE id = :id AND decided_at IS NULL RETURNING ticket_id
            """
        ),
        {"by": by.person, "now": now, "accepted": accept, "id": proposal},
    )
    ticket = taken.scalar_one_or_none()
    if ticket is None:
        raise UserError("proposal-over", status=409)
    if accept:
        await _put_in_force(session, by, one, ticket, now=now)
    return one


async def waiting(session: Session, by: Actor) -> list[Proposal]:
    """List what waits in the operator's communities, the oldest first."""
    may = reach(by, Permission.RULES_WRITE)
    return await _load(
        session, "r.decided_at IS NULL AND r.community_id = ANY(CAST(:value AS uuid[]))",
        list(may.communities),
    )  # fmt: skip


async def operators(session: Session, one: Proposal) -> list[UUID]:
    """List who may decide."""
    rows = await session.execute(
        sql(
            """
            SELECT DISTINCT person_id FROM membership
            WHERE community_id = :community AND role = 'operator' ORDER BY person_id
            """
        ),
        {"community": one.community},
    )
    return list(rows.scalars())


def _whom(row: Any) -> For | None:
    """Mean the people of the flat, or who wears it; a limit of a public place is not remedied."""
    place = open_json(row.place, "device.place")
    if row.kind == DeviceKind.WRISTBAND:
        people = place.get("people") or []
        return For.somebody(UUID(people[0])) if len(people) == 1 else None
    return For.home(UUID(place["home"])) if place.get("home") else None


async def _in_force(session: Session, row: Any, *, now: datetime) -> RuleInForce | None:
    book = Book()
    await book.refresh(session, now=now)
    return next((rule for rule in book.rules_of(row) if rule.key == row.what), None)


async def _worst(session: Session, row: Any, rule: RuleInForce, *, now: datetime) -> float | None:
    """Return the value furthest beyond the limit since the alarm; of a rate the most that fits."""
    share = _VITAL_SHARE if rule.metric in VITAL else _SHARE
    if rule.kind is RuleKind.RATE:
        return rule.limit * (1 + share / 2)
    furthest = "max" if rule.comparison == Comparison.AT_LEAST else "min"
    found = await session.execute(
        sql(
            f"""
            SELECT {furthest}(value) FROM reading WHERE device_id = :device AND metric = :metric
               AND ts >= :since AND ts <= :now
            """  # noqa: S608  (one of two words)
        ),
        {
            "device": row.id, "metric": rule.metric, "now": now,
            "since": row.alarm_at - rule.span,
        },
    )  # fmt: skip
    worst: float | None = found.scalar_one_or_none()
    return worst


def _bounded(rule: RuleInForce, worst: float) -> float | None:
    """Return a limit just beyond what was read; None where that lies beyond the bound."""
    share = _VITAL_SHARE if rule.metric in VITAL else _SHARE
    if rule.comparison == Comparison.AT_LEAST:
        wanted, most = worst * (1 + _MARGIN), rule.limit * (1 + share)
        wanted = ceil(wanted) if rule.metric in VITAL else wanted
        return wanted if rule.limit < wanted <= most else None
    wanted, least = worst * (1 - _MARGIN), rule.limit * (1 - share)
    wanted = floor(wanted) if rule.metric in VITAL else wanted
    return wanted if least <= wanted < rule.limit else None


async def _write(
    session: Session, by: Actor, row: Any, rule: RuleInForce, *, limit: float, span: timedelta,
    now: datetime,
) -> Proposal | None:  # fmt: skip
    made = uuid7()
    written = await session.execute(
        sql(
            """
            INSERT INTO rule_proposal (id, community_id, ticket_id, device_id, key, "limit", span_s,
                                       was_limit, was_span_s, asked_by, asked_at)
            VALUES (:id, :community, :ticket, :device, :key, :limit, :span, :was, :was_span, :by,
                    :now)
            ON CONFLICT (device_id, key) WHERE decided_at IS NULL DO NOTHING RETURNING id
            """
        ),
        {
            "id": made, "community": row.community, "ticket": row.ticket, "device": row.id,
            "key": rule.key, "limit": limit, "span": round(span.total_seconds()),
            "was": rule.limit, "was_span": round(rule.span.total_seconds()), "by": by.person,
            "now": now,
        },
    )  # fmt: skip
    if written.scalar_one_or_none() is None:
        return None
    return (await _load(session, "r.id = :value", made))[0]


async def _put_in_force(
    session: Session, by: Actor, one: Proposal, ticket: UUID, *, now: datetime
) -> None:
    """Write the version, for these people alone; a rule that was changed since is let be."""
    row = (await session.execute(_OF_TICKET, {"ticket": ticket})).one_or_none()
    rule = await _in_force(session, row, now=now) if row is not None else None
    whom = _whom(row) if row is not None else None
    unchanged = rule is not None and (rule.limit, rule.span) == (one.was_limit, one.was_span)
    if rule is None or whom is None or not unchanged:
        raise UserError("proposal-over", status=409)
    clear = rule.clear_limit
    draft = Draft(
        rule.key, rule.kind, rule.metric, one.limit, Severity(rule.severity),
        comparison=Comparison(rule.comparison), device_kind=rule.device_kind,
        clear_limit=clear + one.limit - rule.limit if clear is not None else None,
        span=one.span, times=rule.times,
        schedule=tuple(window.stored() for window in rule.schedule),
        source=f"proposal {one.id}", expires_at=now + LASTS,
    )  # fmt: skip
    await change.change(session, by, draft, community=one.community, to=whom, now=now)


async def _load(session: Session, which: str, value: object) -> list[Proposal]:
    rows = await session.execute(
        sql(
            f"""
            SELECT r.id, r.community_id, r.key, r.asked_by, r."limit" AS wanted, r.span_s,
                   r.was_limit, r.was_span_s, d.place, v.metric, v.looks_for
            FROM rule_proposal r JOIN device d ON d.id = r.device_id
            JOIN LATERAL (SELECT metric, looks_for FROM rule WHERE community_id = r.community_id
                          AND key = r.key ORDER BY version DESC LIMIT 1) AS v ON true
            WHERE {which} ORDER BY r.asked_at
            """  # noqa: S608  (literals of this module)
        ),
        {"value": value},
    )
    return [
        Proposal(
            row.id, row.community_id, row.key, row.metric,
            open_json(row.place, "device.place")["name"], row.looks_for == RuleKind.ABSENCE,
            row.was_limit, row.wanted, timedelta(seconds=row.was_span_s),
            timedelta(seconds=row.span_s), row.asked_by,
        )
        for row in rows
    ]  # fmt: skip
