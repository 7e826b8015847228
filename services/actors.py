"""Who a person is to the services: name and grants."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.actor import Actor, Grant, Role, ScopeKind
from core.crypto import open_json
from core.db import Session, sql


@dataclass(frozen=True, slots=True)
class Profile:
    """How a person is spoken to."""

    id: UUID
    name: str
    lang: str
    large_type: bool
    talking: bool = False  # in a talk with a worker, or a worker in one
    card: bytes | None = None  # what a number answers here (services/lastcards), sealed


async def actor(session: Session, person: UUID, *, way: str = "") -> Actor:
    """Load a person's grants; someone unknown has none."""
    rows = await _with_grants(session, person, channel="")
    return _actor(person, rows, way) if rows else Actor(person, "", (), way=way)


async def speaker(session: Session, person: UUID, *, channel: str) -> tuple[Actor, Profile]:
    """Load who somebody is and how they are spoken to here; raises LookupError for a stranger.

    The language is that of their last words in the channel.
    """
    rows = await _with_grants(session, person, channel=channel)
    if not rows:
        raise LookupError(f"no person {person}")
    by = _actor(person, rows, channel)
    one = rows[0]
    return by, Profile(person, by.name, one.lang, one.large_type, one.talking, one.card)


async def _with_grants(session: Session, person: UUID, *, channel: str) -> Sequence[Any]:
    """Read a row for each grant, one for a person without any, none for someone unknown.

    Whose relative somebody is says the link alone, with the elder's consent: it ends with that. A
    role over a street is one in each of its communities.
    """
    rows = await session.execute(
        sql(
            """
            SELECT p.name, coalesce(c.lang, p.lang) AS lang, p.large_type, m.role, m.community_id,
                   m.scope_kind, m.scope_id,
                   EXISTS (SELECT 1 FROM handover h WHERE h.ended_at IS NULL
                           AND (h.person_id = p.id OR h.worker_id = p.id)) AS talking,
                   l.card
            FROM person p
            LEFT JOIN last_card l ON l.person_id = p.id AND l.channel = :channel
            LEFT JOIN conversation c ON c.person_id = p.id AND c.channel = :channel
            LEFT JOIN (
                SELECT coalesce(s.id, o.community_id) AS community_id, o.role, o.scope_kind, o.scope_id
                FROM membership o
                LEFT JOIN community s ON o.scope_kind = 'street' AND s.street_id = o.scope_id
                WHERE o.person_id = :person
                  AND NOT (o.role = 'family' AND o.scope_kind = 'person')
                UNION ALL
                SELECT community_id, 'family', 'person', elder_id FROM family_link
                WHERE relative_id = :person AND ended_at IS NULL) m ON TRUE
            WHERE p.id = :person
            """
        ),
        {"person": person, "channel": channel},
    )
    return rows.all()


def _actor(person: UUID, rows: Sequence[Any], way: str) -> Actor:
    grants = tuple(
        Grant(Role(row.role), row.community_id, ScopeKind(row.scope_kind), row.scope_id)
        for row in rows
        if row.role is not None
    )
    return Actor(person, open_json(rows[0].name, "person.name"), grants, way=way)


async def profile(session: Session, person: UUID, *, channel: str = "") -> Profile:
    """Load how to speak to a person; in a channel, by the language of their last words there."""
    row = (
        await session.execute(
            sql(
                """
                SELECT p.id, p.name, coalesce(c.lang, p.lang) AS lang, p.large_type
                FROM person p
                LEFT JOIN conversation c ON c.person_id = p.id AND c.channel = :channel
                WHERE p.id = :person
                """
            ),
            {"person": person, "channel": channel},
        )
    ).one()
    return Profile(row.id, open_json(row.name, "person.name"), row.lang, row.large_type)


async def names(session: Session, people: list[UUID]) -> dict[UUID, str]:
    """Open the names of these people."""
    rows = await session.execute(
        sql("SELECT id, name FROM person WHERE id = ANY(CAST(:people AS uuid[]))"),
        {"people": people},
    )
    return {row.id: open_json(row.name, "person.name") for row in rows}


async def reachable(session: Session, people: Collection[UUID]) -> dict[UUID, str]:
    """Map those who can be reached to the channel that they used last."""
    rows = await session.execute(
        sql(
            """
            SELECT DISTINCT ON (person_id) person_id, channel FROM channel_account
            WHERE reachable AND person_id = ANY(CAST(:people AS uuid[]))
            ORDER BY person_id, used_at DESC NULLS LAST, id
            """
        ),
        {"people": list(people)},
    )
    return {row.person_id: row.channel for row in rows}
