"""Elders and the relatives who hear of their alarms: made with consent, ended by either side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.actor import Actor, Role, ScopeKind
from core.crypto import open_json, seal_json
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from services import actors, audit
from services.duty import on_duty, workers_of
from services.people import flats
from services.people.invitations import Invited
from services.permissions import At, Permission, allowed, require

_RELATION = "family_link.relation"


@dataclass(frozen=True, slots=True)
class Link:
    """An elder and a relative; `consent_by` names who agreed, `by_elder` that it was the elder."""

    elder: UUID
    elder_name: str
    relative: UUID
    relative_name: str
    relation: str
    consent_by: str
    by_elder: bool


async def link(
    session: Session, by: Actor, *, elder: UUID, relative: UUID, relation: str, now: datetime
) -> Link:
    """Join a relative to an elder, at the word of the elder or of a worker who had it from them.

    Raises UserError `family-self`, `family-already`, `not-allowed`.
    """
    if elder == relative:
        raise UserError("family-self", status=409)
    at = await _at(session, elder)
    require(by, Permission.FAMILY_DECIDE, at)
    made = await session.execute(
        sql(
            """
            INSERT INTO family_link (id, community_id, elder_id, relative_id, relation, consent_by,
                                     consented_at)
            VALUES (:id, :community, :elder, :relative, :relation, :consent, :now)
            ON CONFLICT (elder_id, relative_id) DO UPDATE
            SET relation = coalesce(excluded.relation, family_link.relation), ended_at = NULL,
                consent_by = excluded.consent_by, consented_at = excluded.consented_at
            WHERE family_link.ended_at IS NOT NULL
            RETURNING id
            """
        ),
        {
            "id": uuid7(), "community": at.community, "elder": elder, "relative": relative,
            "relation": seal_json(relation, _RELATION) if relation else None,
            "consent": by.through or by.person, "now": now,
        },
    )  # fmt: skip
    if made.scalar_one_or_none() is None:
        raise UserError("family-already", status=409)
    await session.execute(
        sql(
            """
            INSERT INTO membership (id, person_id, community_id, role, scope_kind, scope_id)
            VALUES (:id, :relative, :community, :role, :kind, :elder)
            ON CONFLICT (person_id, role, scope_id) DO NOTHING
            """
        ),
        {
            "id": uuid7(), "relative": relative, "community": at.community, "elder": elder,
            "role": Role.FAMILY.value, "kind": ScopeKind.PERSON.value,
        },
    )  # fmt: skip
    _noted(session, by, at, elder, relative, now=now)
    return await _one(session, elder, relative)


async def set_relation(session: Session, by: Actor, *, elder: UUID, relation: str) -> None:
    """Say afterwards whose the actor is to an elder they are joined to."""
    at = await _at(session, elder)
    require(by, Permission.FAMILY_DECIDE, At(at.community, person=by.person))
    told = await session.execute(
        sql(
            """
            UPDATE family_link SET relation = :relation
            WHERE elder_id = :elder AND relative_id = :relative AND ended_at IS NULL RETURNING id
            """
        ),
        {"relation": seal_json(relation, _RELATION), "elder": elder, "relative": by.person},
    )
    if told.scalar_one_or_none() is None:
        raise UserError("family-gone", status=409)


async def unlink(
    session: Session, by: Actor, *, elder: UUID, relative: UUID, now: datetime
) -> Link:
    """End a link: either of the two may, and the staff of the elder's grid.

    Raises UserError `family-gone` when it has ended already, `not-allowed`.
    """
    at = await _at(session, elder)
    if not allowed(by, Permission.FAMILY_DECIDE, At(at.community, person=relative)):
        require(by, Permission.FAMILY_DECIDE, at)
    ended = await _one(session, elder, relative)
    gone = await session.execute(
        sql(
            """
            WITH m AS (DELETE FROM membership WHERE person_id = :relative AND role = 'family'
                       AND scope_kind = 'person' AND scope_id = :elder)
            UPDATE family_link SET ended_at = :now
            WHERE elder_id = :elder AND relative_id = :relative AND ended_at IS NULL RETURNING id
            """
        ),
        {"now": now, "elder": elder, "relative": relative},
    )
    if gone.scalar_one_or_none() is None:
        raise UserError("family-gone", status=409)
    _noted(session, by, at, elder, relative, now=now)
    return ended


async def links(session: Session, person: UUID) -> list[Link]:
    """List whom a person is linked with: own relatives, and all relatives of own elders."""
    return await _links(
        session,
        """
        f.elder_id = :person OR f.elder_id IN (SELECT elder_id FROM family_link
            WHERE relative_id = :person AND ended_at IS NULL)
        """,
        person=person,
    )


async def relatives(session: Session, elder: UUID) -> list[UUID]:
    """List who hears of an elder's alarms."""
    return [one.relative for one in await _links(session, "f.elder_id = :elder", elder=elder)]


async def workers(session: Session, elder: UUID, *, now: datetime) -> list[UUID]:
    """List the workers who look after an elder: those on duty in the grid, else all of it."""
    grids = [one.grid for one in await flats.lived_in(session, elder)][:1]
    posts = await on_duty(session, grids, now=now)
    everyone = await workers_of(session, grids)
    return [who for at in grids for who in posts.get(at, {}).get("worker") or everyone[at]]


async def by_code(session: Session, by: Actor, invited: Invited, *, now: datetime) -> Link:
    """Join the bearer of a code to its elder, in the name of who made the code."""
    assert invited.elder is not None
    assert by.person is not None
    maker = await actors.actor(session, invited.made_by)
    return await link(session, maker, elder=invited.elder, relative=by.person, relation="", now=now)


async def _one(session: Session, elder: UUID, relative: UUID) -> Link:
    found = await _links(
        session, "f.elder_id = :elder AND f.relative_id = :relative", elder=elder,
        relative=relative,
    )  # fmt: skip
    if not found:
        raise UserError("family-gone", status=409)
    return found[0]


async def _links(session: Session, condition: str, **values: UUID) -> list[Link]:
    rows = await session.execute(
        sql(
            f"""
            SELECT f.elder_id, e.name AS elder, f.relative_id, r.name AS relative, f.relation,
                   f.consent_by, c.name AS consent
            FROM family_link f JOIN person e ON e.id = f.elder_id
            JOIN person r ON r.id = f.relative_id LEFT JOIN person c ON c.id = f.consent_by
            WHERE f.ended_at IS NULL AND ({condition}) ORDER BY f.elder_id, f.consented_at, f.id
            """  # noqa: S608  (conditions are literals of this module)
        ),
        values,
    )
    return [
        Link(
            row.elder_id, open_json(row.elder, "person.name"),
            row.relative_id, open_json(row.relative, "person.name"),
            open_json(row.relation, _RELATION) if row.relation else "",
            open_json(row.consent, "person.name") if row.consent else "",
            row.consent_by in {None, row.elder_id},
        )
        for row in rows
    ]  # fmt: skip


async def _at(session: Session, elder: UUID) -> At:
    """Say where an elder lives; one who moved away still belongs to the community of the links."""
    doors = await flats.lived_in(session, elder)
    if doors:
        return At(doors[0].community, doors[0].grid, elder)
    row = await session.execute(
        sql(
            """
            SELECT community_id FROM family_link WHERE elder_id = :elder
            UNION ALL SELECT community_id FROM membership WHERE person_id = :elder LIMIT 1
            """
        ),
        {"elder": elder},
    )
    community = row.scalar_one_or_none()
    if community is None:
        raise UserError("person-lives-nowhere", status=409)
    return At(community, None, elder)


def _noted(
    session: Session, by: Actor, at: At, elder: UUID, relative: UUID, *, now: datetime
) -> None:
    audit.note(
        session, by, Permission.FAMILY_DECIDE, community=at.community, subject=elder,
        thing=relative, now=now,
    )  # fmt: skip


def others(found: Sequence[UUID], *besides: UUID) -> list[UUID]:
    """Leave out those who know already."""
    return [one for one in dict.fromkeys(found) if one not in besides]
