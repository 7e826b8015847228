"""救命 in chat: a life ticket at once, without a confirmation, and how it is taken back.

One live ticket per person in danger: the elder that the words are about, else the caller. Calling
again rings everyone again. Taking it back closes nothing: a worker still has to see or hear the
person, for whoever holds the telephone may not be the one in danger.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import seal_json
from core.db import Session, sql, wake
from core.errors import UserError
from models import CallKind, Happened, Status
from services.permissions import At, Permission, require
from services.tickets import alarms, audience, lanes, rings
from services.tickets.callers import EMERGENCY
from services.tickets.events import Entry, record
from services.tickets.judge import Signal
from services.tickets.places import elders_of, where


async def call(
    session: Session, by: Actor, *, kind: str, said: str, elder: bool, now: datetime
) -> UUID | None:
    """Open the ticket or ring its people again; None where no community is known to tell."""
    assert by.person is not None
    elders = await elders_of(session, by.person) if elder else []
    at = await where(session, by, elders or [by.person])
    if at is None:
        return None
    require(by, Permission.EMERGENCY_CALL, At(at.community, person=by.person))
    key = f"{EMERGENCY}:{elders[0] if len(elders) == 1 else by.person}"
    known = await _live(session, key)
    signal = Signal(
        key=key, what=EMERGENCY, severity="life", community=at.community, grid=at.grid,
        device=None, active=True, ts=now, place=at.place,
    )  # fmt: skip
    await alarms.apply(session, [signal], now=now)
    ticket = await _live(session, key)
    assert ticket is not None
    await _note(
        session, by, community=at.community, ticket=ticket.id, kind=kind, said=said, elders=elders
    )
    if known is not None:
        entry = Entry(
            at.community, ticket.id, ticket.epoch, Happened.ALARM_AGAIN, now, by.person, note=said
        )
        await record(session, [entry])
        await session.execute(
            sql("UPDATE ticket SET version = version + 1 WHERE id = :id"), {"id": ticket.id}
        )
        await audience.tell(session, [ticket.id], now=now)
    else:
        await rings.ring(session, await audience.household(session, ticket.id), now=now)
    if kind == CallKind.FIRE:
        await audience.tell(session, await lanes.urge(session, [ticket.id], now=now), now=now)
    wake(session, "console", community=str(at.community))
    return UUID(str(ticket.id))


async def withdraw(session: Session, by: Actor, *, ticket: UUID, now: datetime) -> None:
    """误触: tell the workers that the caller says so; a second time changes nothing."""
    row = (
        await session.execute(
            sql(
                """
                SELECT t.id, t.community_id, t.status, t.epoch, e.caller_id, e.withdrawn_at
                FROM ticket t JOIN emergency e ON e.ticket_id = t.id
                WHERE t.id = :ticket FOR UPDATE
                """
            ),
            {"ticket": ticket},
        )
    ).one_or_none()
    if row is None:
        raise UserError("ticket-unknown", status=404)
    require(by, Permission.EMERGENCY_CALL, At(row.community_id, person=row.caller_id))
    if row.status == Status.CLOSED:
        raise UserError("ticket-is-over", status=409)
    if row.withdrawn_at is not None:
        return
    await session.execute(
        sql(
            """
            WITH e AS (UPDATE emergency SET withdrawn_at = :now WHERE ticket_id = :ticket)
            UPDATE ticket SET version = version + 1 WHERE id = :ticket
            """
        ),
        {"now": now, "ticket": ticket},
    )
    entry = Entry(row.community_id, row.id, row.epoch, Happened.WITHDRAWN, now, by.person)
    await record(session, [entry])
    await rings.ring_workers(session, ticket, now=now)
    wake(session, "console", community=str(row.community_id))


async def to_take_back(session: Session, person: UUID) -> UUID | None:
    """Find the person's newest call while it can still be taken back."""
    rows = await session.execute(
        sql(
            """
            SELECT t.id, t.status, e.withdrawn_at FROM emergency e JOIN ticket t ON t.id = e.ticket_id
            WHERE e.caller_id = :person ORDER BY t.opened_at DESC, t.id DESC LIMIT 1
            """
        ),
        {"person": person},
    )
    row = rows.one_or_none()
    if row is None or row.status == Status.CLOSED or row.withdrawn_at is not None:
        return None
    return UUID(str(row.id))


async def _live(session: Session, key: str) -> Any:
    rows = await session.execute(
        sql("SELECT id, epoch FROM ticket WHERE key = :key AND status <> 'closed'"), {"key": key}
    )
    return rows.one_or_none()


async def _note(
    session: Session, by: Actor, *, community: UUID, ticket: UUID, kind: str, said: str,
    elders: list[UUID],
) -> None:  # fmt: skip
    """Keep the newest words; a mere cry does not make one forget that it burns."""
    await session.execute(
        sql(
            """
            INSERT INTO emergency (ticket_id, community_id, caller_id, kind, elders, said)
            VALUES (:ticket, :community, :caller, :kind, :elders, :said)
            ON CONFLICT (ticket_id) DO UPDATE SET said = excluded.said, withdrawn_at = NULL,
                kind = CASE WHEN excluded.kind = 'help' THEN emergency.kind ELSE excluded.kind END
            """
        ),
        {
            "ticket": ticket, "community": community, "caller": by.person, "kind": kind,
            "elders": seal_json([str(one) for one in elders], "emergency.elders"),
            "said": seal_json(said, "emergency.said"),
        },
    )  # fmt: skip
