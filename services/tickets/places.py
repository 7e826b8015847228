"""Where somebody lives, for tickets that come from a person and not from a device."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql


@dataclass(frozen=True, slots=True)
class Where:
    """The community, the grid if there is one for certain, and the place without any name."""

    community: UUID
    grid: UUID | None = None
    place: str | None = None


async def elders_of(session: Session, relative: UUID) -> list[UUID]:
    """List the elders whose relative somebody is, with the elders' consent."""
    rows = await session.execute(
        sql(
            """
            SELECT elder_id FROM family_link
            WHERE relative_id = :relative AND ended_at IS NULL ORDER BY elder_id
            """
        ),
        {"relative": relative},
    )
    return list(rows.scalars())


async def where(session: Session, by: Actor, people: Sequence[UUID]) -> Where | None:
    """Find the homes of these people, else the community alone that `by` belongs to.

    Several homes are all named; their grid counts only if it is the same. None for somebody of
    no community where there are several.
    """
    homes = await _homes(session, people)
    if homes:
        grids = {row.grid_id for row in homes}
        places = {f"{row.building} {open_json(row.label, 'home.label')}" for row in homes}
        grid = grids.pop() if len(grids) == 1 else None
        return Where(homes[0].community_id, grid, "；".join(sorted(places)))
    if by.grants:
        return Where(by.grants[0].community)
    found = (await session.execute(sql("SELECT id FROM community LIMIT 2"))).scalars().all()
    return Where(found[0]) if len(found) == 1 else None


async def _homes(session: Session, people: Sequence[UUID]) -> Sequence[Any]:
    rows = await session.execute(
        sql(
            """
            SELECT DISTINCT ON (r.person_id) r.community_id, b.grid_id, b.name AS building, h.label
            FROM residence r JOIN home h ON h.id = r.home_id
            JOIN building b ON b.id = h.building_id
            WHERE r.until IS NULL AND r.person_id = ANY(CAST(:people AS uuid[]))
            ORDER BY r.person_id, r.since DESC
            """
        ),
        {"people": list(people)},
    )
    return rows.all()
