"""What is silenced now and what came of it, for those who may silence devices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from models import SilenceKind
from services import installations
from services.permissions import At, Permission, reach, require
from services.places import Site


@dataclass(frozen=True, slots=True)
class Silenced:
    """A silence or test that is asked for or runs; `held` are the rules that would have rung."""

    id: UUID
    device: str
    kind: SilenceKind
    reason: str
    asked_by: UUID
    asker: str
    agreer: str
    minutes: int
    ends_at: datetime | None
    held: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Over:
    """A silence that has ended, if it ever began, and what was held back: does it ring now."""

    people: tuple[UUID, ...]
    device: str
    kind: SilenceKind
    began: bool
    held: tuple[tuple[str, bool], ...]


_SHOWN = """
    SELECT q.id, q.kind, q.reason, q.asked_by, q.agreed_by, q.minutes, q.begins_at, q.ends_at,
           d.place, a.name AS asker, b.name AS agreer, h.held
    FROM silence q JOIN device d ON d.id = q.device_id
    JOIN person a ON a.id = q.asked_by LEFT JOIN person b ON b.id = q.agreed_by
    LEFT JOIN (SELECT because_id, jsonb_agg(jsonb_build_array(key, alarmed) ORDER BY at) AS held
               FROM suppression GROUP BY because_id) AS h ON h.because_id = q.id
"""


async def listing(session: Session, by: Actor) -> list[Silenced]:
    """List what is silenced or asked for in the actor's grids, the next to end first."""
    may = reach(by, Permission.DEVICES_SILENCE)
    rows = await session.execute(
        sql(
            _SHOWN
            + """
            WHERE q.ended_at IS NULL AND (d.community_id = ANY(CAST(:communities AS uuid[]))
                                          OR d.grid_id = ANY(CAST(:grids AS uuid[])))
            ORDER BY q.ends_at NULLS FIRST, q.id
            """
        ),
        {"communities": list(may.communities), "grids": list(may.grids)},
    )
    return [_silenced(row) for row in rows]


async def one(session: Session, silence: UUID) -> Silenced:
    """Read a single one, for callers who have just asked for it or agreed to it."""
    rows = await session.execute(sql(_SHOWN + "WHERE q.id = :id"), {"id": silence})
    return _silenced(rows.one())


async def over(session: Session, silences: Sequence[UUID]) -> list[Over]:
    """Read what came of those that have ended, as soon as it was judged again."""
    rows = await session.execute(
        sql(_SHOWN + "WHERE q.id = ANY(CAST(:ids AS uuid[])) ORDER BY q.id"),
        {"ids": list(silences)},
    )
    return [
        Over(
            tuple(who for who in (row.asked_by, row.agreed_by) if who is not None), _name(row),
            SilenceKind(row.kind), row.begins_at is not None,
            tuple((key, bool(alarmed)) for key, alarmed in row.held or ()),
        )
        for row in rows
    ]  # fmt: skip


async def seconds(session: Session, silence: UUID, *, now: datetime) -> list[UUID]:
    """List who may be the second person: those on duty in the device's grid, and the operators."""
    rows = await session.execute(
        sql(
            """
            SELECT s.person_id FROM silence q JOIN device d ON d.id = q.device_id
            JOIN shift s ON s.grid_id = d.grid_id AND s.starts_at <= :now AND s.ends_at > :now
                 AND s.confirmed_at IS NOT NULL AND s.left_at IS NULL
            WHERE q.id = :id AND s.person_id <> q.asked_by
            UNION SELECT m.person_id FROM silence q
            JOIN membership m ON m.community_id = q.community_id AND m.role = 'operator'
            WHERE q.id = :id AND m.person_id <> q.asked_by ORDER BY 1
            """
        ),
        {"id": silence, "now": now},
    )
    return list(rows.scalars())


async def devices(session: Session, by: Actor, at: Site) -> list[tuple[UUID, str, str]]:
    """List (id, name, kind) of the devices of a flat, or of a house and what is around it."""
    require(by, Permission.DEVICES_SILENCE, At(at.community, at.grid))
    found = await installations.standing(session, by, at)
    rows = await session.execute(
        sql("SELECT id, kind FROM device WHERE id = ANY(CAST(:ids AS uuid[]))"),
        {"ids": [one.id for one in found]},
    )
    kinds: dict[UUID, str] = {row.id: row.kind for row in rows}
    return [(one.id, one.name, kinds[one.id]) for one in found]


def _silenced(row: Any) -> Silenced:
    return Silenced(
        row.id, _name(row), SilenceKind(row.kind), open_json(row.reason, "silence.reason"),
        row.asked_by, open_json(row.asker, "person.name"),
        open_json(row.agreer, "person.name") if row.agreer else "",
        row.minutes, row.ends_at, tuple(key for key, _ in row.held or ()),
    )  # fmt: skip


def _name(row: Any) -> str:
    return str(open_json(row.place, "device.place")["name"])
