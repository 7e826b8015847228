"""What people do with a ticket: acknowledge, arrive, resolve, dispatch, close.

Each is one conditional update; whoever comes second learns who was first.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from core.actor import Actor
from core.db import Session, sql
from models import Happened, Part, Severity, Status
from services import workers
from services.permissions import At, Permission, allowed, require
from services.tickets import asking, audience, lanes, rings
from services.tickets.acts import changed, locked, logged, too_late
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
    require(by, Permission.TICKETS_DISPATCH, At(row.community_id, row.grid_id))
    if row.status != Status.OPEN:
        raise too_late(row, by)
    await workers.require_here(session, row.community_id, worker, row.grid_id)
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


def _may_dispatch(by: Actor, row: Any) -> bool:
    return allowed(by, Permission.TICKETS_DISPATCH, At(row.community_id, row.grid_id))
