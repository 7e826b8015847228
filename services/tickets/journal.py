"""What those who deal with a ticket note down: who dialled which number, who saw the person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql, wake
from core.errors import UserError
from models import Happened, Severity, Status
from services.permissions import At, Permission, require
from services.tickets import rings
from services.tickets.acts import locked
from services.tickets.answer import Seen
from services.tickets.events import Entry, record

NUMBERS = frozenset({"110", "119", "120"})
_SHOWN = (Happened.DIALLED, Happened.AT_DOOR, Happened.SEEN, Happened.RESOLVED)


@dataclass(frozen=True, slots=True)
class Noted:
    """One thing that somebody noted; `data` holds codes."""

    kind: Happened
    person: UUID | None
    who: str
    at: datetime
    data: dict[str, Any]


async def of(session: Session, ticket: UUID, epoch: int) -> tuple[Noted, ...]:
    """List what was noted since the ticket last opened, oldest first."""
    rows = await session.execute(
        sql(
            """
            SELECT e.kind, e.person_id, p.name, e.at, e.data FROM ticket_event e
            LEFT JOIN person p ON p.id = e.person_id
            WHERE e.ticket_id = :ticket AND e.epoch = :epoch
              AND e.kind = ANY(CAST(:kinds AS text[])) ORDER BY e.id
            """
        ),
        {"ticket": ticket, "epoch": epoch, "kinds": [kind.value for kind in _SHOWN]},
    )
    return tuple(
        Noted(
            Happened(row.kind), row.person_id,
            open_json(row.name, "person.name") if row.name else "", row.at, row.data,
        )
        for row in rows
    )  # fmt: skip


async def dialled(session: Session, by: Actor, *, ticket: UUID, number: str, now: datetime) -> None:
    """Note that somebody has dialled a number themselves; nobody else ever does.

    Whoever has a card of the ticket may say so. A second time changes nothing.
    """
    row = (
        await session.execute(
            sql(
                """
                SELECT id, community_id, grid_id, status, epoch,
                       ARRAY(SELECT person_id FROM ticket_card c WHERE c.ticket_id = t.id) AS told
                FROM ticket t WHERE id = :ticket FOR UPDATE
                """
            ),
            {"ticket": ticket},
        )
    ).one_or_none()
    if row is None or number not in NUMBERS:
        raise UserError("ticket-unknown", status=404)
    at = At(row.community_id, row.grid_id, parties=tuple(row.told))
    require(by, Permission.TICKETS_NOTE, at)
    if row.status == Status.CLOSED:
        raise UserError("ticket-is-over", status=409)
    noted = await of(session, ticket, row.epoch)
    if any(one.kind is Happened.DIALLED and one.data["number"] == number for one in noted):
        return
    await note(session, row, Happened.DIALLED, by, now=now, data={"number": number})


async def seen(session: Session, by: Actor, *, ticket: UUID, now: datetime) -> None:
    """Note that the worker at the door sees the person, which the family hears at once."""
    row = await at_the_door(session, by, ticket)
    if row.severity not in {Severity.LIFE, Severity.CARE}:
        raise UserError("ticket-is-over", status=409)
    if await is_seen(session, ticket, row.epoch):
        return
    await note(session, row, Happened.SEEN, by, now=now, data={"seen": Seen.IN_PERSON.value})


async def is_seen(session: Session, ticket: UUID, epoch: int) -> bool:
    """Tell whether somebody has seen the person since the ticket last opened."""
    return any(one.kind is Happened.SEEN for one in await of(session, ticket, epoch))


async def at_the_door(session: Session, by: Actor, ticket: UUID) -> Any:
    """Lock the ticket for whoever took it and stands there; raises UserError for anybody else."""
    row = await locked(session, by, ticket)
    if row.status in {Status.RESOLVED, Status.CLOSED}:
        raise UserError("ticket-is-over", status=409)
    if row.acked_by != by.person or row.arrived_at is None:
        raise UserError("door-arrive-first", status=409)
    return row


async def note(
    session: Session, row: Any, kind: Happened, by: Actor, *, now: datetime,
    data: dict[str, Any] | None = None, text: str | None = None,
) -> None:  # fmt: skip
    """Write it into the log of a ticket that the caller has locked, and edit every card."""
    await session.execute(
        sql("UPDATE ticket SET version = version + 1 WHERE id = :id"), {"id": row.id}
    )
    entry = Entry(row.community_id, row.id, row.epoch, kind, now, by.person, data or {}, text)
    await record(session, [entry])
    await rings.refresh(session, [row.id], now=now)
    wake(session, "console", community=str(row.community_id))
