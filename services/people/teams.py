"""Teams: people who do something together, with somebody who leads."""

from dataclasses import dataclass
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from services.permissions import At, Permission, require

NAME_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Team:
    """A team with its people's names, leads first."""

    id: UUID
    name: str
    leads: tuple[str, ...]
    members: tuple[str, ...]


async def make(session: Session, by: Actor, *, community: UUID, name: str) -> UUID:
    """Make a team, or find the one of this name."""
    require(by, Permission.HOMES_WRITE, At(community))
    name = name.strip()
    if not 0 < len(name) <= NAME_LIMIT:
        raise UserError("team-name", limit=NAME_LIMIT)
    made = await session.execute(
        sql(
            """
            INSERT INTO team (id, community_id, name) VALUES (:id, :community, :name)
            ON CONFLICT (community_id, name) DO UPDATE SET name = excluded.name RETURNING id
            """
        ),
        {"id": uuid7(), "community": community, "name": name},
    )
    return UUID(str(made.scalar_one()))


async def put(session: Session, by: Actor, *, team: UUID, person: UUID, lead: bool = False) -> None:
    """Let somebody belong to a team, or change whether they lead it."""
    community = await _of(session, by, team)
    await session.execute(
        sql(
            """
            INSERT INTO team_member (team_id, person_id, community_id, lead)
            VALUES (:team, :person, :community, :lead)
            ON CONFLICT (team_id, person_id) DO UPDATE SET lead = excluded.lead
            """
        ),
        {"team": team, "person": person, "community": community, "lead": lead},
    )


async def take_out(session: Session, by: Actor, *, team: UUID, person: UUID) -> None:
    """Let somebody belong to a team no more."""
    await _of(session, by, team)
    await session.execute(
        sql("DELETE FROM team_member WHERE team_id = :team AND person_id = :person"),
        {"team": team, "person": person},
    )


async def listed(session: Session, by: Actor, *, community: UUID) -> list[Team]:
    """List a community's teams by name, to its staff."""
    require(by, Permission.PEOPLE_FIND, At(community))
    rows = await session.execute(
        sql(
            """
            SELECT t.id, t.name, m.lead, p.name AS member FROM team t
            LEFT JOIN team_member m ON m.team_id = t.id LEFT JOIN person p ON p.id = m.person_id
            WHERE t.community_id = :community ORDER BY t.name, m.person_id
            """
        ),
        {"community": community},
    )
    found: dict[UUID, tuple[str, list[str], list[str]]] = {}
    for row in rows:
        _, leads, members = found.setdefault(row.id, (row.name, [], []))
        if row.member is not None:
            (leads if row.lead else members).append(open_json(row.member, "person.name"))
    return [
        Team(team, name, tuple(leads), tuple(members))
        for team, (name, leads, members) in found.items()
    ]


async def _of(session: Session, by: Actor, team: UUID) -> UUID:
    rows = await session.execute(
        sql("SELECT community_id FROM team WHERE id = :team"), {"team": team}
    )
    community = rows.scalar_one_or_none()
    if community is None:
        raise UserError("team-unknown", status=404)
    require(by, Permission.HOMES_WRITE, At(community))
    return UUID(str(community))
