"""What people do with a ticket: acknowledge, arrive, resolve, dispatch, close.

Each is one conditional update; whoever comes second learns who was first.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from core.actor import Actor
from core.clock import local
from core.crypto import open_json
from core.db import Session, sql, wake
from core.errors import UserError
from models import Happened, Part, Severity, Status
from services.permissions import At, Permission, allowed, require
from services.tickets import asking, audience, lanes, rings
from services.tickets.chain import (
    CARE,
    Chain,
    first,
    own,
    policy_of,
    red_again,
    snapshot,
    watch,
)
from services.tickets.events import Entry, record

_CHAIN = f"coalesce({own('ticket.community_id', 'CAST(:policy AS text)')}, CAST(:chain AS jsonb))"
_OWN_WATCH = own("ticket.community_id", "CAST(:policy AS text)", column="watch")
_WATCH = f"coalesce({_OWN_WATCH}, CAST(:watch AS jsonb))"


class Found(StrEnum):
    """What was found at the door."""

    FALSE_ALARM = "false_alarm"
    REAL_HANDLED = "real_handled"
    FAULTY_DEVICE = "faulty_device"
    MISTAKEN = "mistaken"
    TEST = "test"


class Seen(StrEnum):
    """How somebody knows that the person is safe; life and care take nothing less."""

    IN_PERSON = "in_person"
    BY_VOICE = "by_voice"
    BY_FAMILY = "by_family"
    NOT_FOUND = "not_found"


async def acknowledge(session: Session, by: Actor, *, ticket: UUID, now: datetime) -> None:
    """Take an open ticket; raises UserError naming who took it first."""
    row = await locked(session, by, ticket)
    if row.status != Status.OPEN:
        raise too_late(row, by)
    await changed(
        session,
        row,
        "status = 'acked', acked_at = :now, acked_by = :person, next_escalation_at = NULL, "
        f"promised_at = NULL, watch_step = 0, watch = {_WATCH}, watch_at = "
        f"CAST(:now AS timestamptz) + make_interval(secs => CAST({_WATCH} ->> 'arrive_s' AS float))",
        now=now,
        person=by.person,
        policy=policy_of(row.severity, row.what),
        watch=orjson.dumps(watch(row.severity, row.what)).decode(),
    )
    await logged(session, row, Happened.ACKED, by, now)


async def take_along(session: Session, by: Actor, *, ticket: UUID, now: datetime) -> list[UUID]:
    """Take every open alarm behind the same door; returns those, locked in the order of their ids."""
    await locked(session, by, ticket)
    found = await session.execute(
        sql(
            """
            SELECT n.id FROM ticket t JOIN device d ON d.id = t.device_id
            JOIN device o ON o.home_index = d.home_index
            JOIN ticket n ON n.device_id = o.id AND n.id <> t.id AND n.status = 'open'
            WHERE t.id = :ticket ORDER BY n.id FOR UPDATE OF n
            """
        ),
        {"ticket": ticket},
    )
    taken = list(found.scalars())
    for one in taken:
        await acknowledge(session, by, ticket=one, now=now)
    return taken


async def arrive(session: Session, by: Actor, *, ticket: UUID, now: datetime) -> None:
    """Say that the acknowledger stands at the door; a second time changes nothing."""
    row = await locked(session, by, ticket)
    if row.status != Status.ACKED or row.acked_by != by.person:
        raise too_late(row, by)
    if row.arrived_at is not None:
        return
    await changed(
        session,
        row,
        "arrived_at = :now, watch_step = 0, watch_at = "
        "CAST(:now AS timestamptz) + make_interval(secs => CAST(watch ->> 'quiet_s' AS float))",
        now=now,
    )
    await logged(session, row, Happened.ARRIVED, by, now)


async def resolve(
    session: Session,
    by: Actor,
    *,
    ticket: UUID,
    found: Found,
    seen: Seen,
    note: str | None,
    photo: str | None,
    now: datetime,
) -> Status:
    """Finish the work; returns the status that follows.

    With the device recovered (or without a device) the ticket closes at once, else it waits,
    amber, and turns red again after 15 min (life) or 4 h. "Not found" opens a new epoch with the
    full chain: the person must still be looked for.
    """
    row = await locked(session, by, ticket)
    may = row.status == Status.ACKED and (row.acked_by == by.person or _may_dispatch(by, row))
    if not may:
        raise too_late(row, by)
    data = {"found": found.value, "seen": seen.value} | ({"photo": photo} if photo else {})
    if seen is Seen.NOT_FOUND and row.severity in audience.TOLD_AT_ONCE:
        await logged(session, row, Happened.NOT_FOUND, by, now, data=data, note=note)
        await reopen(session, ticket, now=now, unasked="not_found")
        return Status.OPEN
    await logged(session, row, Happened.RESOLVED, by, now, data=data, note=note)
    if row.device_id is None or row.recovered_at is not None:
        await changed(
            session,
            row,
            "status = 'closed', resolved_at = :now, closed_at = :now, next_escalation_at = NULL",
            now=now,
        )
        await logged(session, row, Happened.CLOSED, by, now)
        return Status.CLOSED
    await changed(
        session,
        row,
        "status = 'resolved', resolved_at = :now, next_escalation_at = CAST(:now AS timestamptz) + CAST(:wait AS interval)",
        now=now,
        wait=red_again(row.severity),
    )
    return Status.RESOLVED


async def dispatch(
    session: Session, by: Actor, *, ticket: UUID, worker: UUID, now: datetime
) -> None:
    """Send a worker of the ticket's grid; only an operator may.

    The chain goes on until somebody acknowledges. A ticket without a grid (an unregistered device) may go to any worker of the community.
    """
    row = await locked(session, by, ticket)
    require(by, Permission.TICKETS_DISPATCH, At(row.community_id))
    if row.status != Status.OPEN:
        raise too_late(row, by)
    await require_worker(session, row, worker)
    await changed(session, row, "assigned_to = :worker", now=now, worker=worker)
    await logged(session, row, Happened.DISPATCHED, by, now, data={"worker": str(worker)})
    await rings.ring(session, [rings.Listener(ticket, worker, Part.WORKER)], now=now)


async def reopen(
    session: Session, ticket: UUID, *, now: datetime, unasked: str | None = None
) -> None:
    """Turn a ticket open in a new epoch with the full chain; the caller has locked it.

    `unasked` says why nobody needs to be asked first whether the person is safe.
    """
    row = (
        await session.execute(
            sql("SELECT id, community_id, epoch, severity, what FROM ticket WHERE id = :ticket"),
            {"ticket": ticket},
        )
    ).one()
    policy = policy_of(row.severity, row.what)
    await _again(session, row, policy, snapshot(row.severity, row.what), now=now)
    if row.severity == Severity.CARE:
        await asking.begin(session, [ticket], now=now, unasked=unasked)
    lanes_too = await lanes.urge(session, [ticket], now=now)
    await audience.tell(session, list({ticket, *lanes_too}), now=now)


async def pass_on(session: Session, row: Any, *, to: UUID | None, now: datetime) -> None:
    """Open a ticket that somebody had for somebody else; the family has heard and is not rung.

    The chain begins anew and runs until the other takes it. Nobody is asked first any more.
    """
    policy, chain = policy_of(row.severity, row.what), snapshot(row.severity, row.what)
    if row.severity == Severity.CARE:
        policy, chain = "care", CARE
    await _again(session, row, policy, chain, now=now, to=to)


async def _again(
    session: Session, row: Any, policy: str, chain: Chain, *, now: datetime, to: UUID | None = None
) -> None:
    await changed(
        session,
        row,
        "status = 'open', epoch = epoch + 1, step = 0, "
        f"chain = {_CHAIN}, acked_at = NULL, acked_by = NULL, "
        "assigned_to = :to, arrived_at = NULL, resolved_at = NULL, "
        f"next_escalation_at = CAST(:now AS timestamptz) + {first(_CHAIN)}",
        now=now,
        to=to,
        policy=policy,
        chain=orjson.dumps(chain).decode(),
    )
    await record(session, [Entry(row.community_id, row.id, row.epoch + 1, Happened.REOPENED, now)])


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


def _may_dispatch(by: Actor, row: Any) -> bool:
    return allowed(by, Permission.TICKETS_DISPATCH, At(row.community_id))


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


async def require_worker(session: Session, row: Any, worker: UUID) -> None:
    """Raise UserError unless somebody works where the ticket lies."""
    found = await session.execute(
        sql(
            """
            SELECT 1 FROM membership
            WHERE person_id = :worker AND role = 'worker' AND community_id = :community
              AND (scope_kind = 'community' OR CAST(:grid AS uuid) IS NULL
                   OR scope_id = CAST(:grid AS uuid))
            LIMIT 1
            """
        ),
        {"worker": worker, "community": row.community_id, "grid": row.grid_id},
    )
    if found.scalar_one_or_none() is None:
        raise UserError("worker-not-of-grid", status=422)
