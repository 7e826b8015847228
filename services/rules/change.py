"""Changing a rule: a new version, written into the access log, by which everything is judged anew."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from core.actor import Actor
from core.db import Session, sql
from core.ids import uuid7
from services import audit
from services.permissions import At, Permission, require
from services.rules import enrol, rejudge
from services.rules.draft import Before, Draft, For, check
from services.rules.kinds import ON_READING

EVERYBODY = For()


async def change(
    session: Session,
    by: Actor,
    draft: Draft,
    *,
    community: UUID,
    to: For = EVERYBODY,
    now: datetime,
) -> int:
    """Put a version in force and judge every device of it again; returns the version's number."""
    require(by, Permission.RULES_WRITE, At(community, person=to.person))
    await lock(session, community, draft.key)
    check(draft, was=await _before(session, community, draft.key, to))
    rule, version = await _append(session, by, draft, community=community, to=to, now=now)
    audit.note(
        session, by, Permission.RULES_WRITE, community=community, now=now, subject=to.person,
        thing=rule, reason=f"{draft.key} v{version}",
    )  # fmt: skip
    if draft.kind not in ON_READING:
        await enrol.start(session, key=draft.key, now=now)
    await rejudge.of(session, community=community, key=draft.key, now=now)
    return version


async def versions(
    session: Session, by: Actor, *, community: UUID, key: str
) -> list[dict[str, Any]]:
    """List every version of a rule, the newest first, each with who made it."""
    require(by, Permission.RULES_READ, At(community))
    rows = await session.execute(
        sql(
            """
            SELECT version, looks_for, kind, scope, scope_index, metric, comparison, "limit", clear_limit, span_s, times,
                   schedule, severity, enabled, source, created_at, created_by, expires_at
            FROM rule WHERE community_id = :community AND key = :key
            ORDER BY created_at DESC, version DESC
            """
        ),
        {"community": community, "key": key},
    )
    return [dict(row._mapping) for row in rows]  # noqa: SLF001  SQLAlchemy's public name


async def lock(session: Session, community: UUID, key: str) -> None:
    """Let one change of a rule wait for the other."""
    await session.execute(
        sql("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
        {"name": f"rule:{community}:{key}"},
    )


async def _before(session: Session, community: UUID, key: str, to: For) -> Before | None:
    """Read what the rule says now, for these or for everybody: what is for a life comes first."""
    rows = await session.execute(
        sql(
            """
            SELECT severity, metric FROM rule
            WHERE community_id = :community AND key = :key
              AND (scope_index = :index OR scope = 'community')
            ORDER BY severity = 'life' DESC, version DESC LIMIT 1
            """
        ),
        {"community": community, "key": key, "index": to.index},
    )
    row = rows.one_or_none()
    return Before(row.severity, row.metric) if row is not None else None


async def _append(
    session: Session, by: Actor, draft: Draft, *, community: UUID, to: For, now: datetime
) -> tuple[UUID, int]:
    rule = uuid7()
    rows = await session.execute(
        sql(
            """
            INSERT INTO rule (id, community_id, key, version, looks_for, scope, scope_index, kind,
                              metric, comparison, "limit", clear_limit, span_s, times, schedule,
                              severity, enabled, source, created_at, created_by, expires_at)
            SELECT :id, CAST(:community AS uuid), CAST(:key AS text), coalesce(max(version), 0) + 1,
                   :kind, :scope, CAST(:index AS bytea), :device_kind, :metric, :comparison, :limit,
                   :clear_limit, :span, :times, CAST(:schedule AS jsonb), :severity, :enabled,
                   :source, :now, :person, :expires
            FROM rule WHERE community_id = :community AND key = :key AND scope_index = :index
            RETURNING version
            """
        ),
        {
            "id": rule, "community": community, "key": draft.key, "kind": draft.kind.value,
            "scope": to.scope.value, "index": to.index, "device_kind": draft.device_kind,
            "metric": draft.metric, "comparison": draft.comparison.value, "limit": draft.limit,
            "clear_limit": draft.clear_limit,
            "span": round(draft.span.total_seconds()) or None, "times": draft.times,
            "schedule": orjson.dumps(draft.schedule).decode(), "severity": draft.severity.value,
            "enabled": draft.enabled, "source": draft.source, "now": now, "person": by.person,
            "expires": draft.expires_at,
        },
    )  # fmt: skip
    return rule, int(rows.scalar_one())
