"""转派: whoever has a ticket passes it on to a colleague, with a reason."""

from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.db import Session
from core.errors import UserError
from models import Happened, Part, Status
from services import actors, workers
from services.tickets import rings
from services.tickets.acts import locked, logged, too_late
from services.tickets.answer import pass_on
from services.tickets.callers import HANDOVER


async def colleagues(
    session: Session, by: Actor, *, ticket: UUID, now: datetime
) -> list[dict[str, Any]]:
    """List who may take a ticket, those on duty and least busy first, with what they have in hand."""
    row = await _mine(session, by, ticket)
    found = await workers.listed(session, row.community_id, now=now, ticket=ticket)
    return [one for one in found if one["id"] != str(by.person)]


async def transfer(
    session: Session, by: Actor, *, ticket: UUID, to: UUID, reason: str, now: datetime
) -> None:
    """Send a colleague instead; the chain runs until they, or anybody, take it.

    Raises UserError `transfer-unreachable` for somebody who would not hear of it.
    """
    row = await _mine(session, by, ticket)
    await workers.require_here(session, row.community_id, to, row.grid_id)
    if to == by.person or to not in await actors.reachable(session, [to]):
        raise UserError("transfer-unreachable", status=409)
    data = {"to": str(to)}
    await logged(session, row, Happened.TRANSFERRED, by, now, data=data, note=reason)
    await pass_on(session, row, to=to, now=now)
    await rings.ring(session, [rings.Listener(ticket, to, Part.WORKER)], now=now)


async def _mine(session: Session, by: Actor, ticket: UUID) -> Any:
    row = await locked(session, by, ticket)
    if row.status != Status.ACKED or row.acked_by != by.person:
        raise too_late(row, by)
    if row.what == HANDOVER:
        raise UserError("transfer-not-a-talk", status=409)
    return row
