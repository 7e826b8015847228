"""The live figures of a community; minutes come from the tickets' events alone."""

from collections import Counter
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.clock import local
from core.crypto import open_json
from core.db import Session, sql
from services.map_points import STATE
from services.permissions import At, Permission, require


async def figures(session: Session, by: Actor, community: UUID, *, now: datetime) -> dict[str, Any]:
    """Count people, devices and tickets; medians in seconds over the last 30 days, or None."""
    require(by, Permission.FIGURES_READ, At(community))
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    counted = await session.execute(
        sql(
            """
                SELECT
                  (SELECT count(*) FROM residence
                   WHERE community_id = :c AND until IS NULL) AS population,
                  (SELECT count(*) FROM residence
                   WHERE community_id = :c AND until IS NULL AND elder) AS elders,
                  count(*) FILTER (WHERE status = 'open') AS open,
                  count(*) FILTER (WHERE status = 'acked') AS acked,
                  count(*) FILTER (WHERE status = 'resolved') AS resolved,
                  (SELECT count(*) FROM ticket
                   WHERE community_id = :c AND closed_at >= :midnight) AS closed_today,
                  (SELECT count(DISTINCT person_id) FROM shift
                   WHERE community_id = :c AND starts_at <= :now AND ends_at > :now
                     AND confirmed_at IS NOT NULL AND left_at IS NULL) AS workers_on_duty
                FROM ticket
                WHERE community_id = :c AND status <> 'closed' AND what <> 'bell_test'
                """
        ),
        {"c": community, "midnight": midnight, "now": now},
    )
    return {
        **counted.mappings().one(),
        "devices": await _devices(session, community),
        **await _medians(session, community, since=now - timedelta(days=30)),
    }


async def standing(
    session: Session, by: Actor, community: UUID, *, now: datetime
) -> dict[str, Any]:
    """Count what changes slowly: people by group, activities of the coming week, points they hold.

    Groups are sealed: they are opened in memory, and only their numbers leave it.
    """
    require(by, Permission.FIGURES_READ, At(community))
    row = (
        await session.execute(
            sql(
                """
                SELECT
                  (SELECT coalesce(array_agg(groups), '{}') FROM residence
                   WHERE community_id = :c AND until IS NULL AND groups IS NOT NULL) AS groups,
                  (SELECT count(*) FROM activity
                   WHERE community_id = :c AND status = 'open' AND starts_at >= :now
                     AND starts_at < :week) AS activities,
                  (SELECT coalesce(sum(balance), 0)::bigint FROM account
                   WHERE community_id = :c AND kind = 'resident') AS points
                """
            ),
            {"c": community, "now": now, "week": now + timedelta(days=7)},
        )
    ).one()
    groups = Counter(code for sealed in row.groups for code in _groups(sealed))
    return {
        "groups": dict(groups.most_common()),
        "grouped": sum(bool(_groups(sealed)) for sealed in row.groups),
        "activities": row.activities,
        "points": row.points,
    }


# By what is sealed, so nothing here can be out of date: a list that changes is sealed anew.
@lru_cache(maxsize=20_000)
def _groups(sealed: bytes) -> tuple[str, ...]:
    return tuple(dict.fromkeys(open_json(sealed, "residence.groups") or ()))


async def _devices(session: Session, community: UUID) -> dict[str, dict[str, int]]:
    rows = await session.execute(
        sql(
            f"""
            SELECT kind, count(*) AS total, count(*) FILTER (WHERE state = 'alarm') AS alarm,
                   count(*) FILTER (WHERE state = 'handled') AS handled,
                   count(*) FILTER (WHERE state = 'offline') AS offline
            FROM (SELECT d.kind, {STATE} AS state FROM device d
                  LEFT JOIN device_presence p ON p.device_id = d.id
                  WHERE d.community_id = :c AND d.removed_at IS NULL
                    AND d.kind <> 'gateway') s
            GROUP BY kind ORDER BY kind
            """  # noqa: S608  (a literal of ours)
        ),
        {"c": community},
    )
    return {
        row.kind: {
            "total": row.total, "alarm": row.alarm, "handled": row.handled, "offline": row.offline
        }
        for row in rows
    }  # fmt: skip


async def _medians(session: Session, community: UUID, *, since: datetime) -> dict[str, Any]:
    row = (
        await session.execute(
            sql(
                """
                WITH steps AS (
                    SELECT ticket_id, epoch,
                           min(at) FILTER (WHERE kind IN ('opened', 'reopened')) AS opened,
                           min(at) FILTER (WHERE kind = 'acked') AS acked,
                           min(at) FILTER (WHERE kind = 'closed') AS closed
                    FROM ticket_event WHERE community_id = :c AND at > :since
                    GROUP BY ticket_id, epoch)
                SELECT percentile_cont(0.5) WITHIN GROUP
                           (ORDER BY extract(epoch FROM acked - opened)) AS ack,
                       percentile_cont(0.5) WITHIN GROUP
                           (ORDER BY extract(epoch FROM closed - opened)) AS close
                FROM steps
                """
            ),
            {"c": community, "since": since},
        )
    ).one()
    return {"ack_seconds_median": row.ack, "close_seconds_median": row.close}
