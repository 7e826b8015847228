"""A blocked fire lane near a fire: it rings at once, day and night, on the chain of a life alarm.

Near is the same building or 100 m. Of a fire that somebody wrote about only the grid is known.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import orjson

from core.db import Session, sql
from services.tickets.chain import LIFE, first, own

CONCERNED = frozenset({"lane_blocked", "smoke", "fire_point"})
NEAR_M = 100
_OWN = own("t.community_id", "'life'")
_CHAIN = f"coalesce({_OWN}, CAST(:chain AS jsonb))"
_M_PER_DEGREE = 111_320  # of latitude; over 100 m the earth is flat
# Whoever has taken the lane on is not escalated over; they are rung again.
_URGE = sql(
    f"""
    WITH near AS MATERIALIZED (
        SELECT l.id FROM ticket l JOIN device c ON c.id = l.device_id
        WHERE l.what = 'lane_blocked' AND l.status <> 'closed' AND l.recovered_at IS NULL
          AND EXISTS (
            SELECT 1 FROM ticket f
            LEFT JOIN device d ON d.id = f.device_id LEFT JOIN emergency e ON e.ticket_id = f.id
            WHERE f.community_id = l.community_id AND f.status <> 'closed'
              AND (l.id = ANY(CAST(:tickets AS uuid[])) OR f.id = ANY(CAST(:tickets AS uuid[])))
              AND CASE WHEN e.kind IS NOT NULL
                       THEN e.kind = 'fire' AND e.withdrawn_at IS NULL AND f.grid_id = l.grid_id
                       ELSE f.what IN ('smoke', 'fire_point')
                            AND (d.building_id = c.building_id
                                 OR power((d.lat - c.lat) * :m_per_degree, 2)
                                    + power((d.lon - c.lon) * :m_per_degree
                                            * cos(radians(c.lat)), 2) <= power(:near_m, 2)) END)
        ORDER BY l.id FOR UPDATE OF l)
    UPDATE ticket t SET
        chain = {_CHAIN}, version = version + 1,
        step = CASE WHEN t.status = 'open' THEN 0 ELSE step END,
        next_escalation_at = CASE WHEN t.status = 'open'
            THEN CAST(:now AS timestamptz) + {first(_CHAIN)} ELSE next_escalation_at END
    FROM near WHERE t.id = near.id AND t.chain = '[]'
    RETURNING t.id
    """  # noqa: S608  (spelled by chain.py)
)


async def urge(session: Session, tickets: Sequence[UUID], *, now: datetime) -> list[UUID]:
    """Put lanes on the chain where one of these tickets, newly open, is the lane's or the fire's.

    Returns the lanes; their people are still to be told.
    """
    if not tickets:
        return []
    found = await session.execute(
        _URGE,
        {
            "tickets": list(tickets),
            "chain": orjson.dumps(LIFE).decode(),
            "now": now,
            "near_m": NEAR_M,
            "m_per_degree": _M_PER_DEGREE,
        },
    )
    return list(found.scalars())
