"""What every act on a ticket shares: its lock and the right to it, the change, the log, the refusal."""

from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.clock import local
from core.crypto import open_json
from core.db import Session, sql, wake
from core.errors import UserError
from models import Happened, Status
from services.permissions import At, Permission, require
from services.tickets import rings
from services.tickets.events import Entry, record


async def locked(session: Session, by: Actor, ticket: UUID) -> Any:
    """Lock the ticket and check that this actor may work on it."""
    row = (
        await session.execute(
            sql(
                """
                SELECT id, community_id, grid_id, device_id, what, severity, status, epoch, acked_by,
                       acked_at, arrived_at, promised_at, recovered_at, assigned_to,
                       (SELECT name FROM person WHERE person.id = ticket.acked_by) AS who
                FROM ticket WHERE id = :ticket FOR UPDATE
                """
            ),
            {"ticket": ticket},
        )
    ).one_or_none()
    if row is None:
        raise UserError("ticket-unknown", status=404)
    require(by, Permission.TICKETS_WORK, place_of(row))
    return row


def place_of(row: Any) -> At:
    """Say where a ticket lies; one without a grid is anybody's who works in the community.

    Whoever was sent to it may work on it, wherever else they work.
    """
    return At(
        row.community_id, row.grid_id, anywhere=row.grid_id is None, parties=(row.assigned_to,)
    )


async def changed(session: Session, row: Any, changes: str, **values: Any) -> None:
    """Set columns (a literal of this module), raise the version, edit every card."""
    await session.execute(
        sql(f"UPDATE ticket SET version = version + 1, {changes} WHERE id = :id"),  # noqa: S608
        values | {"id": row.id},
    )
    await rings.refresh(session, [row.id], now=values["now"])
    wake(session, "console", community=str(row.community_id))


async def logged(
    session: Session,
    row: Any,
    kind: Happened,
    by: Actor,
    now: datetime,
    *,
    data: dict[str, Any] | None = None,
    note: str | None = None,
) -> None:
    """Append what this actor did to the ticket's log."""
    entry = Entry(row.community_id, row.id, row.epoch, kind, now, by.person, data or {}, note)
    await record(session, [entry])


def too_late(row: Any, by: Actor) -> UserError:
    """Say why this can't be done any more: somebody has it, or it is over, or not yet begun."""
    if row.status == Status.OPEN:
        return UserError("ticket-ack-first", status=409)
    if row.status in {Status.RESOLVED, Status.CLOSED}:
        return UserError("ticket-is-over", status=409)
    if row.acked_by == by.person:
        return UserError("ticket-yours-already", status=409)
    return UserError(
        "ticket-taken",
        status=409,
        who=open_json(row.who, "person.name"),
        time=local(row.acked_at).strftime("%H:%M"),
    )
