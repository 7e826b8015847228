"""Alarms of one kind in one stair: each flat keeps its own, and their cards know of each other.

Smoke spreads by the stairs, so a flat that joins within five minutes rings, and the cards of the
others name it. Calls for help, falls and gas stand alone. Who cannot walk out comes first.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from core.crypto import open_json
from core.db import Session, sql

WITHIN = timedelta(minutes=5)
GROUPED = frozenset({"smoke", "fire_point", "carbon_monoxide"})
NAMED = 8  # flats on a card; of more it says how many
_CANNOT_WALK = frozenset({"wheelchair", "bedridden", "disabled"})
_FLATS = sql(
    """
    SELECT t.id, d.place FROM ticket t JOIN device d ON d.id = t.device_id
    WHERE t.id = ANY(CAST(:tickets AS uuid[])) AND t.severity IN ('life', 'care')
      AND d.home_index IS NOT NULL
    """
)
_LIVING = sql(
    """
    SELECT h.id, h.stair, p.needs, r.groups FROM home h
    LEFT JOIN residence r ON r.home_id = h.id AND r.until IS NULL
    LEFT JOIN person p ON p.id = r.person_id
    WHERE h.id = ANY(CAST(:homes AS uuid[]))
    """
)
_MARK = sql(
    """
    UPDATE ticket t SET stair = w.stair, immobile = w.immobile
    FROM unnest(CAST(:tickets AS uuid[]), CAST(:stairs AS int[]), CAST(:immobile AS bool[]))
        AS w(ticket, stair, immobile)
    WHERE t.id = w.ticket
    """
)
_BESIDE = """
    FROM ticket t JOIN device d ON d.id = t.device_id
    JOIN device e ON e.building_id = d.building_id
    JOIN ticket o ON o.device_id = e.id AND o.what = t.what AND o.stair = t.stair
         AND o.id <> t.id AND o.status <> 'closed'
         AND o.opened_at BETWEEN t.opened_at - CAST(:within AS interval)
                             AND t.opened_at + CAST(:within AS interval)
"""
_JOINED = sql(
    f"""
    WITH others AS MATERIALIZED (
        SELECT id FROM ticket WHERE id IN (
            SELECT o.id {_BESIDE}
            WHERE t.id = ANY(CAST(:tickets AS uuid[])) AND t.what = ANY(CAST(:grouped AS text[])))
          AND id <> ALL(CAST(:tickets AS uuid[])) ORDER BY id FOR UPDATE)
    UPDATE ticket SET version = version + 1 FROM others WHERE ticket.id = others.id
    RETURNING ticket.id
    """  # noqa: S608  (a literal of this module)
)
_MATES = sql(
    f"""
    SELECT e.place, o.immobile, t.immobile AS own, count(*) OVER () AS all_of_them {_BESIDE}
    WHERE t.id = :ticket ORDER BY o.immobile DESC, o.opened_at, o.id LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class Mates:
    """The other flats of the stair that alarm too; `first` of them, and perhaps this one."""

    first: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    more: int = 0
    own_first: bool = False


ALONE = Mates()


async def mark(session: Session, tickets: Mapping[UUID, str]) -> list[UUID]:
    """Note where newly open tickets are and who cannot walk there, before anybody is told.

    Takes each with what it is about; returns tickets of the same stairs whose cards have to name
    them.
    """
    if not tickets:
        return []
    rows = (await session.execute(_FLATS, {"tickets": list(tickets)})).all()
    homes = {row.id: open_json(row.place, "device.place").get("home") for row in rows}
    homes = {ticket: UUID(home) for ticket, home in homes.items() if home}
    if not homes:
        return []
    stairs, unable = await _living(session, set(homes.values()))
    placed = sorted(ticket for ticket, home in homes.items() if home in stairs)
    await session.execute(
        _MARK,
        {
            "tickets": placed,
            "stairs": [stairs[homes[one]] for one in placed],
            "immobile": [unable[homes[one]] for one in placed],
        },
    )
    if not GROUPED & set(tickets.values()):
        return []
    joined = await session.execute(
        _JOINED, {"tickets": placed, "grouped": sorted(GROUPED), "within": WITHIN}
    )
    return list(joined.scalars())


async def mates(session: Session, ticket: UUID) -> Mates:
    """Read which other flats of the stair alarm within five minutes of this one."""
    rows = (
        await session.execute(_MATES, {"ticket": ticket, "within": WITHIN, "limit": NAMED})
    ).all()
    if not rows:
        return ALONE
    return Mates(
        tuple(_name(row) for row in rows if row.immobile),
        tuple(_name(row) for row in rows if not row.immobile),
        rows[0].all_of_them - len(rows), rows[0].own,
    )  # fmt: skip


async def _living(session: Session, homes: set[UUID]) -> tuple[dict[UUID, int], dict[UUID, bool]]:
    """Map homes to their stair, and to whether somebody there cannot walk."""
    stairs: dict[UUID, int] = {}
    unable: dict[UUID, bool] = defaultdict(bool)
    for row in await session.execute(_LIVING, {"homes": sorted(homes)}):
        stairs[row.id] = row.stair
        codes = set(open_json(row.needs, "person.needs") or ()) if row.needs else set()
        codes |= set(open_json(row.groups, "residence.groups") or ()) if row.groups else set()
        unable[row.id] |= bool(codes & _CANNOT_WALK)
    return stairs, unable


def _name(row: Any) -> str:
    return str(open_json(row.place, "device.place")["name"])
