"""People of a community to whom no channel leads now, for the operator."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from services import masks
from services.permissions import At, Permission, require

LIMIT = 500
ROLES = ("worker", "elder", "family")
_NOBODY = """
    m.community_id = :community AND m.role IN ('worker', 'elder', 'family')
    AND NOT EXISTS (SELECT 1 FROM channel_account a WHERE a.person_id = m.person_id AND a.reachable)
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can't be reached; `left` says that they once could.

    `where` are a worker's grids, an elder's home, the homes of a relative's elders: by it and the
    masked name people of the community know who it is. Only a worker's name is whole.
    """

    id: UUID
    who: str
    role: str
    left: bool
    where: tuple[str, ...]


async def people(session: Session, by: Actor, *, community: UUID) -> list[Person]:
    """List at most 500 of them, workers first; operators of the community only."""
    require(by, Permission.DELIVERY_READ, At(community))
    rows = (
        await session.execute(
            sql(
                f"""
                SELECT p.id, p.name, m.role, array_agg(g.name ORDER BY g.number) AS grids, EXISTS (
                           SELECT 1 FROM channel_account a WHERE a.person_id = p.id) AS had
                FROM membership m JOIN person p ON p.id = m.person_id
                LEFT JOIN grid g ON g.id = m.scope_id
                WHERE {_NOBODY} GROUP BY p.id, m.role
                ORDER BY array_position(ARRAY['worker', 'elder', 'family'], m.role), p.id
                LIMIT {LIMIT}
                """  # noqa: S608  (literals of this module)
            ),
            {"community": community},
        )
    ).all()
    homes = await _homes(session, [row.id for row in rows if row.role != "worker"], community)
    return [_person(row, homes.get(row.id, ())) for row in rows]


async def count(session: Session, by: Actor, *, community: UUID) -> int:
    """Count the people whom nothing reaches, each once."""
    require(by, Permission.DELIVERY_READ, At(community))
    row = await session.execute(
        sql(f"SELECT count(DISTINCT m.person_id) FROM membership m WHERE {_NOBODY}"),  # noqa: S608
        {"community": community},
    )
    return int(row.scalar_one())


async def _homes(
    session: Session, some: list[UUID], community: UUID
) -> dict[UUID, tuple[str, ...]]:
    """Map people to their own homes and those of their elders."""
    rows = await session.execute(
        sql(
            """
            SELECT DISTINCT w.person_id, b.name, h.label
            FROM (SELECT r.person_id, r.person_id AS lives FROM residence r
                  WHERE r.person_id = ANY(CAST(:some AS uuid[]))
                  UNION
                  SELECT l.relative_id, l.elder_id FROM family_link l
                  WHERE l.relative_id = ANY(CAST(:some AS uuid[])) AND l.ended_at IS NULL) w
            JOIN residence r ON r.person_id = w.lives AND r.until IS NULL
                             AND r.community_id = :community
            JOIN home h ON h.id = r.home_id JOIN building b ON b.id = h.building_id
            """
        ),
        {"some": some, "community": community},
    )
    found: dict[UUID, list[str]] = {}
    for row in rows:
        place = f"{row.name} {open_json(row.label, 'home.label')}"
        found.setdefault(row.person_id, []).append(place)
    return {person: tuple(sorted(places)) for person, places in found.items()}


def _person(row: Any, homes: tuple[str, ...]) -> Person:
    worker = row.role == "worker"
    name = masks.shown(row.name, whole=worker)
    grids = tuple(grid for grid in row.grids if grid)
    return Person(row.id, name, row.role, row.had, grids if worker else homes)
