"""One person opened: name, telephone, home, needs and contacts, to whoever may; written down."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from services import audit, masks
from services.permissions import At, Permission, require


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody to telephone about a person; `key` when they hold the key of the flat."""

    name: str
    phone: str
    relation: str
    key: bool


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """In which community, grid and flat somebody lives; `place` names it."""

    person: UUID
    community: UUID
    grid: UUID
    place: str
    name: str


@dataclass(frozen=True, slots=True)
class Record:
    """What is shown of a person who was opened; of the ID number never more than its end."""

    person: UUID
    name: str
    phone: str
    id_number: str
    place: str
    elder: bool
    groups: tuple[str, ...]
    helpers: tuple[Helper, ...]


async def home_of(session: Session, person: UUID) -> Whereabouts:
    """Find where somebody lives now; raises UserError `person-unknown` (404) where that is not known."""
    if (home := await lives_at(session, person)) is None:
        raise UserError("person-unknown", status=404)
    return home


async def lives_at(session: Session, person: UUID) -> Whereabouts | None:
    """Find where somebody lives now; None for somebody without a flat, or who has moved away."""
    row = (
        await session.execute(
            sql(
                """
                SELECT r.community_id, b.grid_id, b.name AS building, h.label, p.name
                FROM residence r JOIN person p ON p.id = r.person_id
                JOIN home h ON h.id = r.home_id JOIN building b ON b.id = h.building_id
                WHERE r.person_id = :person AND r.until IS NULL ORDER BY r.since DESC LIMIT 1
                """
            ),
            {"person": person},
        )
    ).one_or_none()
    if row is None:
        return None
    place = f"{row.building} {open_json(row.label, 'home.label')}"
    name = open_json(row.name, "person.name")
    return Whereabouts(person, row.community_id, row.grid_id, place, name)


async def opened(
    session: Session, by: Actor, person: UUID, *, community: UUID | None = None, now: datetime,
    reason: str = "", thing: UUID | None = None,
) -> Record:  # fmt: skip
    """Open a person and write the look down; raises `person-unknown` (404) outside a community.

    Contacts and the end of the ID number are for whoever sees the person without opening them, or
    has broken the glass.
    """
    home = await home_of(session, person)
    if community is not None and home.community != community:
        raise UserError("person-unknown", status=404)
    at = At(home.community, home.grid, person)
    require(by, Permission.PEOPLE_READ, at)
    whole = masks.whole(by, at)
    row = (
        await session.execute(
            sql(
                """
                SELECT p.phone, p.id_number, bool_or(r.elder) AS elder,
                       array_agg(r.groups) FILTER (WHERE r.groups IS NOT NULL) AS groups
                FROM person p JOIN residence r ON r.person_id = p.id AND r.until IS NULL
                WHERE p.id = :person GROUP BY p.id
                """
            ),
            {"person": person},
        )
    ).one()
    audit.note(
        session, by, Permission.PEOPLE_READ, community=home.community, now=now, subject=person,
        thing=thing, reason=reason,
    )  # fmt: skip
    groups = [one for sealed in row.groups or () for one in open_json(sealed, "residence.groups")]
    return Record(
        person, home.name, _open(row.phone, "person.phone"),
        masks.id_number(_open(row.id_number, "person.id_number")) if whole else "", home.place,
        row.elder, tuple(dict.fromkeys(groups)), await _helpers(session, person) if whole else (),
    )  # fmt: skip


async def _helpers(session: Session, person: UUID) -> tuple[Helper, ...]:
    """List contacts and relatives with a telephone, holders of a key first."""
    rows = await session.execute(
        sql(
            """
            SELECT c.name, c.phone, c.relation, c.key_holder, c.position, 'contact' AS made
            FROM contact c WHERE c.person_id = :person AND c.ended_at IS NULL
            UNION ALL
            SELECT p.name, p.phone, l.relation, FALSE, 1000, 'family_link'
            FROM family_link l JOIN person p ON p.id = l.relative_id
            WHERE l.elder_id = :person AND l.ended_at IS NULL
            ORDER BY 4 DESC, 5
            """
        ),
        {"person": person},
    )
    return tuple(_helper(row) for row in rows)


def _helper(row: Any) -> Helper:
    whose = "contact" if row.made == "contact" else "person"
    return Helper(
        open_json(row.name, f"{whose}.name"), _open(row.phone, f"{whose}.phone"),
        _open(row.relation, f"{row.made}.relation"), row.key_holder,
    )  # fmt: skip


def _open(sealed: bytes | None, context: str) -> str:
    return str(open_json(sealed, context)) if sealed is not None else ""
