"""What decides by itself, as lists: alarm rules and escalation, each in the version in force."""

from datetime import datetime
from typing import Any

from core.actor import Actor
from core.db import Session
from services.lists.pages import Asked, Page, Query, all_of, read
from services.permissions import At, Permission, require
from services.tickets import policies

_RULES = Query(
    """r.key, r.version, r.looks_for, r.kind, r.metric, r.comparison, r."limit" AS at,
       r.clear_limit, r.span_s, r.times, r.schedule, r.severity, r.enabled, r.source, r.created_at""",
    """(SELECT DISTINCT ON (key) *, array_position(ARRAY['life', 'care', 'property', 'maintenance'],
                                                  severity) AS place
        FROM rule WHERE community_id = :community AND scope = 'community'
        ORDER BY key, version DESC) r""",
    (("r.place", "integer"), ("r.key", "text")),
)


async def rules(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (every list is asked so)
    """List the rules for everybody in force, the gravest first."""
    require(by, Permission.RULES_READ, At(asked.community))
    conditions, values = ["true"], {"community": asked.community}
    for name, column in (("severity", "r.severity"), ("looks_for", "r.looks_for")):
        if chosen := asked.one(name):
            conditions.append(f"{column} = :{name}")
            values[name] = chosen  # type: ignore[assignment]
    rows, goes_on, total = await read(session, _RULES, conditions, values, asked)
    return Page([_rule(row) for row in rows], goes_on, total)


def _rule(row: Any) -> dict[str, Any]:
    spans = [
        {"days": one.get("days") or [], "begins": one["from"], "ends": one["to"]}
        for one in row.schedule
    ]
    return {
        "id": row.key, "key": row.key, "what": row.key, "severity": row.severity,
        "looks_for": row.looks_for, "metric": row.metric, "limit": f"{row.comparison} {row.at:g}",
        "span_s": row.span_s, "times": row.times, "schedule": spans, "enabled": row.enabled,
        "version": row.version,
        "values": {
            "limit": row.at, "clear_limit": row.clear_limit, "span_s": row.span_s,
            "times": row.times, "schedule": spans, "severity": row.severity,
            "enabled": row.enabled,
        },
    }  # fmt: skip


async def escalation(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (same)
    """List what is in force for every kind of ticket."""
    found = await policies.in_force(session, by, community=asked.community)
    rows = [
        {
            "id": one["key"], "key": one["key"], "version": one["version"],
            "chain": one["chain"], "watch": [one["watch"]] if one["watch"] else [],
            "since": one["since"], "values": {"chain": one["chain"], "watch": one["watch"]},
        }
        for one in found
    ]  # fmt: skip
    return all_of(rows, asked)
