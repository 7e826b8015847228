"""How to reach the people of a call: shown on request while the ticket lives, and noted down."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from models import Happened, Part, Status
from services import audit
from services.permissions import Permission
from services.tickets import callers, queries
from services.tickets.acts import locked
from services.tickets.events import Entry, record


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to telephone; `phone` is empty where none is known."""

    part: Part
    name: str
    phone: str
    person: UUID


async def of_ticket(session: Session, by: Actor, *, ticket: UUID, now: datetime) -> list[Contact]:
    """List caller, elders and relatives to those who may work on the ticket, while it lives."""
    row = await locked(session, by, ticket)
    if row.status == Status.CLOSED:
        raise UserError("ticket-is-over", status=409)
    people = await _people(session, ticket)
    rows = await session.execute(
        sql("SELECT id, name, phone FROM person WHERE id = ANY(CAST(:people AS uuid[]))"),
        {"people": list(people)},
    )
    found = [
        Contact(
            people[one.id],
            open_json(one.name, "person.name"),
            open_json(one.phone, "person.phone") if one.phone else "",
            one.id,
        )
        for one in rows
    ]
    entry = Entry(row.community_id, ticket, row.epoch, Happened.LOOKED, now, by.person)
    await record(session, [entry])
    for person in people:
        audit.note(
            session, by, Permission.PEOPLE_READ, community=row.community_id, now=now,
            subject=person, thing=ticket,
        )  # fmt: skip
    order = [Part.CALLER, Part.ELDER, Part.FAMILY]
    return sorted(found, key=lambda one: (order.index(one.part), one.name))


async def _people(session: Session, ticket: UUID) -> dict[UUID, Part]:
    """Map those whom a ticket is about, and their relatives, to what they are in it."""
    called = await callers.household(session, [ticket])
    if called:
        return {person: part for _, person, part in reversed(called)}
    elders = await queries.about(session, ticket)
    relatives = await callers.relatives_of(session, elders)
    return dict.fromkeys(relatives, Part.FAMILY) | dict.fromkeys(elders, Part.ELDER)
