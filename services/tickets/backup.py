"""求助: the worker at the door asks for a second pair of hands."""

from datetime import datetime
from uuid import UUID

from core.actor import Actor
from core.db import Session, sql
from core.errors import UserError
from models import Happened, Status
from services.actors import names
from services.permissions import Permission, require
from services.tickets import audience, rings
from services.tickets.acts import place_of
from services.tickets.events import Entry, record


async def ask(session: Session, by: Actor, *, ticket: UUID, now: datetime) -> list[str]:
    """Ring backup and team lead of the grid at once; returns the names of who was told.

    Only whoever took the ticket may. The escalation's steps are not touched: somebody has it.
    """
    row = (
        await session.execute(
            sql(
                """
                SELECT id, community_id, grid_id, epoch, status, acked_by, assigned_to FROM ticket
                WHERE id = :ticket FOR UPDATE
                """
            ),
            {"ticket": ticket},
        )
    ).one_or_none()
    if row is None:
        raise UserError("ticket-unknown", status=404)
    require(by, Permission.TICKETS_WORK, place_of(row))
    if row.status != Status.ACKED or row.acked_by != by.person or row.grid_id is None:
        raise UserError("ticket-help-not-yours", status=409)
    duties = ("backup", "lead")
    found = await audience.of_grid(session, ticket, row.grid_id, duties, now=now)
    others = [one for one in found if one.person != by.person]
    if not others:
        raise UserError("ticket-help-nobody", status=409)
    told = {"asked_by": str(by.person), "told": [str(one.person) for one in others]}
    entry = Entry(
        row.community_id, ticket, row.epoch, Happened.TOLD, now, person=by.person, data=told
    )
    await record(session, [entry])
    await rings.ring(session, others, now=now)
    known = await names(session, [one.person for one in others])
    return sorted(known.values())
