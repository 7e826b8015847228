"""What the desk does with a ticket: send somebody, write something down, see whom to telephone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from models import Happened, Status
from services import field, office
from services.field import Brief
from services.permissions import At, Permission, require
from services.tickets import answer, journal, transfer
from services.tickets.acts import changed, locked, logged

NOTE_LIMIT = 500


@dataclass(frozen=True, slots=True)
class CallList:
    """Whom to telephone about a ticket: its people, and (name, telephone) of whoever was sent."""

    brief: Brief
    staff: tuple[tuple[str, str], ...]
    duty_phone: str | None


async def send(session: Session, by: Actor, *, ticket: UUID, worker: UUID, now: datetime) -> None:
    """Send a worker, also to a ticket that the actor has taken: that is passed on to them.

    The chain runs until somebody acknowledges.
    """
    row = await locked(session, by, ticket)
    require(by, Permission.TICKETS_DISPATCH, At(row.community_id, row.grid_id))
    if row.status == Status.ACKED and row.acked_by == by.person:
        await transfer.transfer(session, by, ticket=ticket, to=worker, reason="", now=now)
    else:
        await answer.dispatch(session, by, ticket=ticket, worker=worker, now=now)


async def note(session: Session, by: Actor, *, ticket: UUID, text: str, now: datetime) -> None:
    """Write something into the log of a ticket that lives; raises UserError for an empty note."""
    said = _written(text)
    row = await locked(session, by, ticket)
    require(by, Permission.TICKETS_DISPATCH, At(row.community_id, row.grid_id))
    if row.status == Status.CLOSED:
        raise UserError("ticket-is-over", status=409)
    await journal.note(session, row, Happened.NOTED, by, now=now, text=said)


async def close(session: Session, by: Actor, *, ticket: UUID, reason: str, now: datetime) -> None:
    """Close what is resolved without the evidence it waits for; the reason stands in its log.

    Raises UserError for an empty reason, and for a ticket that nobody has resolved yet.
    """
    said = _written(reason)
    row = await locked(session, by, ticket)
    require(by, Permission.TICKETS_DISPATCH, At(row.community_id, row.grid_id))
    if row.status == Status.CLOSED:
        raise UserError("ticket-is-over", status=409)
    if row.status != Status.RESOLVED:
        raise UserError("ticket-resolve-first", status=409)
    await changed(
        session, row, "status = 'closed', closed_at = :now, next_escalation_at = NULL", now=now
    )
    await logged(session, row, Happened.CLOSED, by, now, note=said)


def _written(text: str) -> str:
    said = text.strip()
    if not said or len(said) > NOTE_LIMIT:
        raise UserError("note-length", limit=NOTE_LIMIT)
    return said


async def call_list(session: Session, by: Actor, *, ticket: UUID, now: datetime) -> CallList:
    """Show telephones while the ticket lives; every look is written down."""
    row = await locked(session, by, ticket)
    seen = await field.brief(session, by, ticket=ticket, now=now)
    rows = await session.execute(
        sql(
            """
            SELECT p.name, p.phone FROM ticket t JOIN person p ON p.id IN (t.acked_by, t.assigned_to)
            WHERE t.id = :ticket AND p.id IS DISTINCT FROM CAST(:me AS uuid)
            ORDER BY p.id = t.acked_by DESC
            """
        ),
        {"ticket": ticket, "me": by.person},
    )
    staff = tuple(
        (
            open_json(one.name, "person.name"),
            open_json(one.phone, "person.phone") if one.phone else "",
        )
        for one in rows
    )
    centre = await office.staffed_at(session, row.community_id, now=now)
    return CallList(seen, staff, centre.duty_phone)
