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
from services.permissions import Permission, within

_HERE = "AND (CAST(:grids AS uuid[]) IS NULL OR grid_id = ANY(CAST(:grids AS uuid[])))"
_LIVES = """
    JOIN home h ON h.id = r.home_id
    JOIN building b ON b.id = h.building_id AND b.grid_id = ANY(CAST(:grids AS uuid[]))
"""


async def figures(session: Session, by: Actor, community: UUID, *, now: datetime) -> dict[str, Any]:
    """Count people, devices and tickets; medians in seconds over the last 30 days, or None.

    Whoever leads some grids sees what these add up to.
    """
    grids = within(by, Permission.FIGURES_READ, community)
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    keys = {"c": community, "grids": grids}
    lives = _LIVES if grids is not None else ""
    counted = await session.execute(
        sql(
            f"""
                SELECT
                  (SELECT count(*) FROM residence r {lives}
                   WHERE r.community_id = :c AND r.until IS NULL) AS population,
                  (SELECT count(*) FROM residence r {lives}
                   WHERE r.community_id = :c AND r.until IS NULL AND r.elder) AS elders,
                  count(*) FILTER (WHERE status = 'open') AS open,
                  count(*) FILTER (WHERE status = 'acked') AS acked,
                  count(*) FILTER (WHERE status = 'resolved') AS resolved,
                  (SELECT count(*) FROM ticket
                   WHERE community_id = :c AND closed_at >= :midnight {_HERE}) AS closed_today,
                  (SELECT count(DISTINCT person_id) FROM shift
                   WHERE community_id = :c AND starts_at <= :now AND ends_at > :now
                     AND confirmed_at IS NOT NULL AND left_at IS NULL {_HERE}) AS workers_on_duty
                FROM ticket
                WHERE community_id = :c AND status <> 'closed' AND what <> 'bell_test' {_HERE}
                """  # noqa: S608  (literals of this module)
        ),
        keys | {"midnight": midnight, "now": now},
    )
    return {
        **counted.mappings().one(),
        "devices": await _devices(session, keys),
        **await _medians(session, keys, since=now - timedelta(days=30)),
    }


async def standing(
    session: Session, by: Actor, community: UUID, *, now: datetime
) -> dict[str, Any]:
    """Count what changes slowly: people by group, activities of the coming week, points they hold.

    Groups are sealed: they are opened in memory, and only their numbers leave it.
    """
    grids = within(by, Permission.FIGURES_READ, community)
    lives = _LIVES if grids is not None else ""
    row = (
        await session.execute(
            sql(
                f"""
                SELECT
                  (SELECT coalesce(array_agg(r.groups), '{{}}') FROM residence r {lives}
                   WHERE r.community_id = :c AND r.until IS NULL AND r.groups IS NOT NULL) AS groups,
                  (SELECT count(*) FROM activity
                   WHERE community_id = :c AND status = 'open' AND starts_at >= :now
                     AND starts_at < :week) AS activities,
                  (SELECT coalesce(sum(balance), 0)::bigint FROM account
                   WHERE community_id = :c AND kind = 'resident') AS points
                """  # noqa: S608  (literals of this module)
            ),
            {"c": community, "grids": grids, "now": now, "week": now + timedelta(days=7)},
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


async def _devices(session: Session, keys: dict[str, Any]) -> dict[str, dict[str, int]]:
    rows = await session.execute(
        sql(
            f"""
            SELECT kind, count(*) AS total, count(*) FILTER (WHERE state = 'alarm') AS alarm,
                   count(*) FILTER (WHERE state = 'handled') AS handled,
                   count(*) FILTER (WHERE state = 'offline') AS offline
            FROM (SELECT d.kind, {STATE} AS state FROM device d
                  LEFT JOIN device_presence p ON p.device_id = d.id
                  WHERE d.community_id = :c AND d.removed_at IS NULL
                    AND d.kind <> 'gateway' {_HERE}) s
            GROUP BY kind ORDER BY kind
            """  # noqa: S608  (a literal of ours)
        ),
        keys,
    )
    return {
        row.kind: {
            "total": row.total, "alarm": row.alarm, "handled": row.handled, "offline": row.offline
        }
        for row in rows
    }  # fmt: skip


async def _medians(session: Session, keys: dict[str, Any], *, since: datetime) -> dict[str, Any]:
    row = (
        await session.execute(
            sql(
                """
                WITH steps AS (
                    SELECT ticket_id, epoch,
                           min(at) FILTER (WHERE kind IN ('opened', 'reopened')) AS opened,
                           min(at) FILTER (WHERE kind = 'acked') AS acked,
                           min(at) FILTER (WHERE kind = 'closed') AS closed
                    FROM ticket_event e WHERE community_id = :c AND at > :since
                      AND (CAST(:grids AS uuid[]) IS NULL OR EXISTS (
                          SELECT 1 FROM ticket t WHERE t.id = e.ticket_id
                          AND t.grid_id = ANY(CAST(:grids AS uuid[]))))
                    GROUP BY ticket_id, epoch)
                SELECT percentile_cont(0.5) WITHIN GROUP
                           (ORDER BY extract(epoch FROM acked - opened)) AS ack,
                       percentile_cont(0.5) WITHIN GROUP
                           (ORDER BY extract(epoch FROM closed - opened)) AS close
                FROM steps
                """
            ),
            keys | {"since": since},
        )
    ).one()
    return {"ack_seconds_median": row.ack, "close_seconds_median": row.close}
