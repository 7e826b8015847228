"""Who works here: the scopes of their roles and their teams, before a table changes them."""

from dataclasses import dataclass
from uuid import UUID

from core.actor import Role
from core.db import sql
from services.imports import Desk, folk
from services.imports.folk import Human


@dataclass(frozen=True, slots=True)
class Works:
    """What somebody does: the scopes of a role, and the teams with who leads."""

    scopes: frozenset[tuple[Role, UUID]] = frozenset()
    teams: frozenset[tuple[str, bool]] = frozenset()


async def working(desk: Desk) -> dict[UUID, tuple[Human, Works]]:
    """Read who works here."""
    rows = await desk.session.execute(
        sql(
            """
            SELECT p.id, p.name, p.phone, p.id_number, p.sex, p.born, p.needs, m.role, m.scope_id
            FROM membership m JOIN person p ON p.id = m.person_id
            WHERE m.community_id = :community AND m.role IN ('worker', 'operator') ORDER BY p.id
            """
        ),
        {"community": desk.community},
    )
    people: dict[UUID, Human] = {}
    scopes: dict[UUID, set[tuple[Role, UUID]]] = {}
    for row in rows:
        people.setdefault(row.id, folk.opened(row.id, row))
        scopes.setdefault(row.id, set()).add((Role(row.role), row.scope_id))
    teams = await _members(desk)
    return {
        one: (human, Works(frozenset(scopes[one]), frozenset(teams.get(one, ()))))
        for one, human in people.items()
    }


async def _members(desk: Desk) -> dict[UUID, set[tuple[str, bool]]]:
    rows = await desk.session.execute(
        sql(
            """
            SELECT m.person_id, t.name, m.lead FROM team_member m JOIN team t ON t.id = m.team_id
            WHERE m.community_id = :community
            """
        ),
        {"community": desk.community},
    )
    found: dict[UUID, set[tuple[str, bool]]] = {}
    for row in rows:
        found.setdefault(row.person_id, set()).add((row.name, row.lead))
    return found
