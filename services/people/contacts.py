"""Whom to telephone about somebody, and who has the key of the flat."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json, seal_json
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from services import identity
from services.people.moves import written_about
from services.people.spoken import Told

MOST = 5


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to telephone; `phone` is empty where none is known, `relation` a code or a word."""

    id: UUID
    person: UUID
    name: str
    phone: str
    relation: str
    key_holder: bool


async def of(session: Session, people: Collection[UUID]) -> list[Contact]:
    """List the contacts of these people in their order, for callers who may read them."""
    rows = await session.execute(
        sql(
            """
            SELECT id, person_id, name, phone, relation, key_holder FROM contact
            WHERE person_id = ANY(CAST(:people AS uuid[])) AND ended_at IS NULL
            ORDER BY person_id, position, id
            """
        ),
        {"people": list(people)},
    )
    return [
        Contact(
            row.id, row.person_id, open_json(row.name, "contact.name"),
            open_json(row.phone, "contact.phone") if row.phone else "",
            open_json(row.relation, "contact.relation") if row.relation else "",
            row.key_holder,
        )
        for row in rows
    ]  # fmt: skip


async def add(session: Session, by: Actor, *, person: UUID, told: Told, now: datetime) -> UUID:
    """Add a contact, or renew the one with the same number.

    Raises UserError `contact-what` without a name or number, `contact-phone-wrong` for a number
    that is none, `contacts-full` after five.
    """
    if not told.name or not told.phone:
        raise UserError("contact-what")
    phone = identity.normalised_phone(told.phone)
    if phone is None:
        raise UserError("contact-phone-wrong")
    door = await written_about(session, by, person, now=now)
    index = identity.phone_index(phone)
    known = (
        await session.execute(
            sql(
                """
                SELECT id, phone_index, position FROM contact
                WHERE person_id = :person AND ended_at IS NULL ORDER BY position FOR UPDATE
                """
            ),
            {"person": person},
        )
    ).all()
    same = next((row for row in known if row.phone_index == index), None)
    if same is None and len(known) >= MOST:
        raise UserError("contacts-full", most=MOST)
    place = same.position if same else 1 + max((row.position for row in known), default=0)
    if same is not None:
        await _ended(session, same.id, now=now)
    made = uuid7()
    await session.execute(
        sql(
            """
            INSERT INTO contact (id, community_id, person_id, name, phone, phone_index, relation,
                                 key_holder, position, made_at)
            VALUES (:id, :community, :person, :name, :phone, :index, :relation, :key, :place, :now)
            """
        ),
        {
            "id": made, "community": door.community, "person": person,
            "name": seal_json(told.name, "contact.name"),
            "phone": seal_json(phone, "contact.phone"), "index": index,
            "relation": seal_json(told.relation, "contact.relation") if told.relation else None,
            "key": told.key_holder, "place": place, "now": now,
        },
    )  # fmt: skip
    return made


async def end(session: Session, by: Actor, *, contact: UUID, now: datetime) -> Contact:
    """End a contact; the row stays. Raises UserError `contact-gone` for one that has ended."""
    rows = await session.execute(
        sql("SELECT person_id FROM contact WHERE id = :id AND ended_at IS NULL"), {"id": contact}
    )
    person = rows.scalar_one_or_none()
    if person is None:
        raise UserError("contact-gone", status=409)
    await written_about(session, by, person, now=now)
    found = next(one for one in await of(session, [person]) if one.id == contact)
    await _ended(session, contact, now=now)
    return found


async def _ended(session: Session, contact: UUID, *, now: datetime) -> None:
    await session.execute(
        sql("UPDATE contact SET ended_at = :now WHERE id = :id"), {"now": now, "id": contact}
    )
