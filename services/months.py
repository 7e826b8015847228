"""The figures of a month by kind of alarm and grid, from the tickets' log alone; none by worker.

Practice and trials count for nothing. A month that is kept stays as it was, so that what changes
later can be told from what was always so.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from core.actor import Actor
from core.clock import midnight
from core.db import Session, sql
from core.errors import UserError
from services.permissions import At, Permission, require

_FIGURES = sql(
    """
    WITH begun AS (
        SELECT ticket_id, epoch, at AS opened FROM ticket_event
        WHERE community_id = :community AND kind IN ('opened', 'reopened')
          AND at >= :since AND at < :until),
    steps AS (
        SELECT b.ticket_id, b.epoch, b.opened,
               min(e.at) FILTER (WHERE e.kind = 'acked') AS acked,
               min(e.at) FILTER (WHERE e.kind = 'closed') AS closed,
               count(*) FILTER (WHERE e.kind IN ('unreachable', 'undelivered')) AS undelivered,
               max(e.data ->> 'found') FILTER (WHERE e.kind = 'resolved') AS found
        FROM begun b JOIN ticket_event e ON e.ticket_id = b.ticket_id AND e.epoch = b.epoch
        GROUP BY b.ticket_id, b.epoch, b.opened)
    SELECT t.what, coalesce(g.name, '') AS grid, coalesce(g.number, 0) AS number,
           count(*) AS alarms, count(s.acked) AS taken, count(s.closed) AS closed,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM s.acked - s.opened)) AS ack,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM s.closed - s.opened)) AS close,
           CAST(sum(s.undelivered) AS int) AS undelivered, count(s.found) AS judged,
           count(*) FILTER (WHERE s.found IN ('false_alarm', 'mistaken', 'faulty_device')) AS false
    FROM steps s JOIN ticket t ON t.id = s.ticket_id LEFT JOIN grid g ON g.id = t.grid_id
    WHERE t.drill_id IS NULL AND t.what NOT IN ('handover', 'bell_test')
      AND s.found IS DISTINCT FROM 'test'
    GROUP BY t.what, g.name, g.number ORDER BY t.what, g.number NULLS FIRST
    """
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One kind of alarm in one grid: how many, how fast (medians in minutes), how many in vain.

    `undelivered` counts people whom a card did not reach; `false_share` is of those alarms whose
    cause somebody found, None where nobody did.
    """

    what: str
    grid: str
    alarms: int
    taken: int
    closed: int
    ack_minutes: float | None
    close_minutes: float | None
    undelivered: int
    false_share: float | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A month kept to compare others with."""

    month: date
    figures: list[Figure]


async def figures(session: Session, by: Actor, community: UUID, *, month: date) -> list[Figure]:
    """Work out a month's figures; an alarm belongs to the month in which it rang."""
    require(by, Permission.FIGURES_READ, At(community))
    since, until = _span(month)
    rows = await session.execute(_FIGURES, {"community": community, "since": since, "until": until})
    return [_figure(row) for row in rows]


async def keep(session: Session, by: Actor, community: UUID, *, month: date, now: datetime) -> None:
    """Keep a month that is over; once kept it stays.

    Raises UserError `month-not-over`, `month-kept`.
    """
    require(by, Permission.FIGURES_KEEP, At(community))
    if _span(month)[1] > now:
        raise UserError("month-not-over", status=409)
    found = await figures(session, by, community, month=month)
    kept = await session.execute(
        sql(
            """
            INSERT INTO baseline (community_id, month, figures, kept_by, kept_at)
            VALUES (:community, :month, CAST(:figures AS jsonb), :by, :now)
            ON CONFLICT DO NOTHING RETURNING month
            """
        ),
        {
            "community": community, "month": month.replace(day=1), "by": by.person, "now": now,
            "figures": orjson.dumps([asdict(one) for one in found]).decode(),
        },
    )  # fmt: skip
    if kept.scalar_one_or_none() is None:
        raise UserError("month-kept", status=409)


async def baseline(session: Session, by: Actor, community: UUID, *, month: date) -> Kept | None:
    """Find the newest kept month before this one."""
    require(by, Permission.FIGURES_READ, At(community))
    rows = await session.execute(
        sql(
            """
            SELECT month, figures FROM baseline
            WHERE community_id = :community AND month < :month ORDER BY month DESC LIMIT 1
            """
        ),
        {"community": community, "month": month.replace(day=1)},
    )
    row = rows.one_or_none()
    return None if row is None else Kept(row.month, [Figure(**one) for one in row.figures])


def _span(month: date) -> tuple[datetime, datetime]:
    """Return the first moment of the month in the community's time, and of the next one."""
    first = month.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return midnight(first), midnight(after)


def _figure(row: Any) -> Figure:
    return Figure(
        row.what, row.grid, row.alarms, row.taken, row.closed, _minutes(row.ack),
        _minutes(row.close), row.undelivered,
        round(row.false / row.judged, 3) if row.judged else None,
    )  # fmt: skip


def _minutes(seconds: Any) -> float | None:
    return None if seconds is None else round(float(seconds) / 60, 1)
