"""What the other devices of a flat say: a line on the card of whoever goes there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.db import Session, sql
from services.map_points import UNREACHED
from services.rules import baselines
from services.rules.baselines import Unusual
from services.rules.kinds import CHECK_IN

_TELLING = ("water_total", "contact_open", "motion", "worn", "heart_rate")


class Says(StrEnum):
    """What a device says of the flat."""

    SILENT = "silent"
    USED = "used"
    UNUSED = "unused"
    OPENED = "opened"
    MOVED = "moved"
    WORN = "worn"
    UNWORN = "unworn"
    PULSE = "pulse"
    ALARMS = "alarms"


@dataclass(frozen=True, slots=True)
class Sign:
    """One device's word: since or at when, and for a pulse how much."""

    says: Says
    kind: str
    at: datetime | None
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Signs:
    """All that is known of a flat besides the alarm."""

    devices: tuple[Sign, ...] = ()
    unusual: tuple[Unusual, ...] = ()


NO_SIGNS = Signs()


async def of(session: Session, ticket: UUID, *, now: datetime, unusual: bool = True) -> Signs:
    """Collect the newest word of each other device of the ticket's flat, and what is unusual today.

    A device that alarms too comes first: two signs weigh more than one.
    """
    rows = (
        await session.execute(
            sql(
                f"""
                SELECT * FROM (
                    SELECT d.id, d.kind, s.metric, s.value, s.ts, s.changed_at, p.last_seen,
                           p.online IS NOT FALSE AND NOT {UNREACHED} AS online
                    FROM ticket t JOIN device a ON a.id = t.device_id
                    JOIN device d ON d.home_index = a.home_index AND d.removed_at IS NULL
                    LEFT JOIN device_presence p ON p.device_id = d.id
                    LEFT JOIN device_state s ON s.device_id = d.id
                         AND s.metric = ANY(CAST(:telling AS text[]))
                    WHERE t.id = :ticket) AS said
                WHERE metric IS NOT NULL OR NOT online
                ORDER BY kind, id, metric
                """  # noqa: S608  (a literal of ours)
            ),
            {"ticket": ticket, "telling": list(_TELLING)},
        )
    ).all()
    found = {(row.id, sign.says): sign for row in rows if (sign := _sign(row, now))}
    strange = [
        await baselines.unusual(session, row.id, row.metric, now=now)
        for row in rows
        if unusual and row.metric in {"water_total", "contact_open"}
    ]
    alarms = await _alarms(session, ticket)
    return Signs((*alarms, *found.values()), tuple(one for one in strange if one is not None))


async def _alarms(session: Session, ticket: UUID) -> list[Sign]:
    """List the other devices of the flat that alarm now."""
    rows = await session.execute(
        sql(
            """
            SELECT o.kind, n.alarm_at FROM ticket t JOIN device d ON d.id = t.device_id
            JOIN device o ON o.home_index = d.home_index
            JOIN ticket n ON n.device_id = o.id AND n.status <> 'closed' AND n.recovered_at IS NULL
                 AND n.severity IN ('life', 'care')
            WHERE t.id = :ticket AND n.id <> t.id ORDER BY n.alarm_at
            """
        ),
        {"ticket": ticket},
    )
    return [Sign(Says.ALARMS, row.kind, row.alarm_at) for row in rows]


def _sign(row: Any, now: datetime) -> Sign | None:
    if not row.online or row.last_seen is None or now - row.last_seen > CHECK_IN:
        return Sign(Says.SILENT, row.kind, row.last_seen)
    if row.metric == "water_total":
        return Sign(Says.USED if row.changed_at else Says.UNUSED, row.kind, row.changed_at)
    if row.metric in {"contact_open", "motion"}:
        says = Says.OPENED if row.metric == "contact_open" else Says.MOVED
        return Sign(says, row.kind, row.changed_at) if row.changed_at else None
    if row.metric == "worn":
        return Sign(Says.WORN if row.value else Says.UNWORN, row.kind, row.ts)
    return Sign(Says.PULSE, row.kind, row.ts, row.value)
