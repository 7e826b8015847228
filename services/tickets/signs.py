"""What the other devices of a flat say: a line on the card of whoever goes there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.db import Session, sql
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


async def of(session: Session, ticket: UUID, *, now: datetime) -> Signs:
    """Collect the newest word of each device of the ticket's flat, and what is unusual today."""
    rows = (
        await session.execute(
            sql(
                """
                SELECT o.id, o.kind, s.metric, s.value, s.ts, s.changed_at, p.last_seen,
                       coalesce(p.online, true) AS online
                FROM ticket t JOIN device d ON d.id = t.device_id
                JOIN device o ON o.home_index = d.home_index AND o.removed_at IS NULL
                LEFT JOIN device_presence p ON p.device_id = o.id
                LEFT JOIN device_state s ON s.device_id = o.id
                     AND s.metric = ANY(CAST(:telling AS text[]))
                WHERE t.id = :ticket AND (s.metric IS NOT NULL OR NOT p.online)
                ORDER BY o.kind, o.id, s.metric
                """
            ),
            {"ticket": ticket, "telling": list(_TELLING)},
        )
    ).all()
    found = {(row.id, sign.says): sign for row in rows if (sign := _sign(row, now))}
    unusual = [
        await baselines.unusual(session, row.id, row.metric, now=now)
        for row in rows
        if row.metric in {"water_total", "contact_open"}
    ]
    return Signs(tuple(found.values()), tuple(one for one in unusual if one is not None))


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
