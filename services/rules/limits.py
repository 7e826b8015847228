"""A limit of a vital sign for one person, or a vendor's for its wristbands; narrower ones win."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.actor import Actor
from core.db import Session, sql
from core.errors import UserError
from core.reading import METRICS
from models import Comparison, RuleKind, RuleScope, Severity
from services.permissions import At, Permission, require
from services.rules import change
from services.rules.book import in_force
from services.rules.draft import VITAL, Draft, For
from services.rules.kinds import RuleInForce

_VERSIONS = sql(
    """
    SELECT DISTINCT ON (scope) key, scope, looks_for, kind, metric, comparison, "limit" AS at,
           clear_limit, span_s, times, schedule, severity, enabled, expires_at
    FROM rule WHERE community_id = :community AND key = :key
      AND (scope_index = :index OR scope = 'community')
      AND (expires_at IS NULL OR expires_at > :now)
    ORDER BY scope, version DESC
    """
)


@dataclass(frozen=True, slots=True)
class Now:
    """The rule that holds for somebody now, and whether it is their own already."""

    rule: RuleInForce
    own: bool


async def now_for(
    session: Session, by: Actor, *, community: UUID, key: str, to: For, now: datetime
) -> Now:
    """Read what holds; raises UserError `limit-no-rule` where there is no such rule."""
    require(by, Permission.RULES_WRITE, At(community, person=to.person))
    rows = await session.execute(
        _VERSIONS, {"community": community, "key": key, "index": to.index, "now": now}
    )
    found = {RuleScope(row.scope): in_force(row) for row in rows}
    rule = found.get(to.scope) or found.get(RuleScope.COMMUNITY)
    if rule is None or rule.metric not in VITAL or rule.severity == Severity.LIFE:
        raise UserError("limit-no-rule", status=404)
    return Now(rule, to.scope in found)


async def put(
    session: Session, by: Actor, *, community: UUID, key: str, limit: float, to: For, source: str,
    now: datetime,
) -> None:  # fmt: skip
    """Put a limit in force; it clears as far from it as before.

    Raises UserError `limit-source` without a reason (for a vendor: where it is published),
    `limit-bounds` beyond what can be measured or where a life is in danger already.
    """
    rule = (await now_for(session, by, community=community, key=key, to=to, now=now)).rule
    if not source.strip():
        raise UserError("limit-source", status=422)
    await _check(session, community, rule, limit)
    clear = rule.clear_limit
    draft = Draft(
        key, RuleKind(rule.kind), rule.metric, limit, Severity(rule.severity),
        comparison=Comparison(rule.comparison), device_kind=rule.device_kind,
        clear_limit=clear + limit - rule.limit if clear is not None else None,
        span=rule.span, times=rule.times,
        schedule=tuple(window.stored() for window in rule.schedule), source=source.strip(),
    )  # fmt: skip
    await change.change(session, by, draft, community=community, to=to, now=now)


async def _check(session: Session, community: UUID, rule: RuleInForce, limit: float) -> None:
    """Keep a limit on this side of the one at which a life is in danger."""
    rows = await session.execute(
        sql(
            """
            SELECT "limit" FROM rule WHERE community_id = :community AND metric = :metric
               AND comparison = :comparison AND severity = 'life'
            """
        ),
        {"community": community, "metric": rule.metric, "comparison": rule.comparison},
    )
    critical = list(rows.scalars())
    metric, upper = METRICS[rule.metric], rule.comparison == Comparison.AT_LEAST
    least = metric.low if upper else max(critical, default=metric.low)
    most = min(critical, default=metric.high) if upper else metric.high
    if not least < limit < most:
        raise UserError("limit-bounds", status=422, least=f"{least:g}", most=f"{most:g}")
