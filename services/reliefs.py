"""A shift's end: what somebody still has in hand goes to the next one, and nothing is left over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from models import Happened, Part
from services import duty, handovers
from services.actors import names
from services.permissions import At, Permission, require
from services.tickets import rings
from services.tickets.answer import acknowledge, pass_on, reopen
from services.tickets.callers import HANDOVER
from services.tickets.events import Entry, record

BATCH = 100
TAKEN_WITHIN = timedelta(minutes=15)
_FORGOTTEN = timedelta(days=1)
_IN_HAND = """
    SELECT id, community_id, grid_id, what, severity, epoch FROM ticket
    WHERE acked_by = :person AND grid_id = :grid AND status = 'acked' ORDER BY id FOR UPDATE
"""


@dataclass(frozen=True, slots=True)
class Relief:
    """Tickets that wait for the next one: from whom, how many, and who may take them."""

    id: UUID
    grid: str
    giver: UUID
    giver_name: str
    tickets: tuple[tuple[UUID, str, str], ...]  # id, what, place
    takers: tuple[UUID, ...]
    taker_names: tuple[str, ...]


async def begin(session: Session, *, now: datetime) -> list[Relief]:
    """Take the shifts that have ended; those whose people still have tickets become reliefs."""
    rows = await session.execute(
        sql(
            f"""
            WITH over AS MATERIALIZED (
                SELECT id FROM shift
                WHERE relieved_at IS NULL AND ends_at <= :now AND ends_at > :forgotten
                ORDER BY ends_at LIMIT {BATCH} FOR UPDATE SKIP LOCKED)
            UPDATE shift s SET relieved_at = :now FROM over, grid g
            WHERE s.id = over.id AND g.id = s.grid_id
            RETURNING s.id, s.community_id, s.grid_id, g.name AS grid, s.person_id, EXISTS (
                SELECT 1 FROM shift n WHERE n.person_id = s.person_id AND n.grid_id = s.grid_id
                  AND n.starts_at <= :now AND n.ends_at > :now AND n.left_at IS NULL) AS goes_on
            """  # noqa: S608  (a literal of this module)
        ),
        {"now": now, "forgotten": now - _FORGOTTEN},
    )
    found = [await _begin(session, row, now=now) for row in rows.all() if not row.goes_on]
    return [one for one in found if one is not None]


async def _begin(session: Session, row: Any, *, now: datetime) -> Relief | None:
    tickets = await _in_hand(session, row.person_id, row.grid_id)
    if not tickets:
        return None
    relief = uuid7()
    made = await session.execute(
        sql(
            """
            INSERT INTO relief (id, community_id, grid_id, shift_id, from_id, begun_at, due_at)
            VALUES (:id, :community, :grid, :shift, :person, :now, :due)
            ON CONFLICT (shift_id) DO NOTHING RETURNING 1
            """
        ),
        {
            "id": relief, "community": row.community_id, "grid": row.grid_id, "shift": row.id,
            "person": row.person_id, "now": now, "due": now + TAKEN_WITHIN,
        },
    )  # fmt: skip
    if made.scalar_one_or_none() is None:
        return None
    takers = await _takers(session, row.grid_id, besides=row.person_id, now=now)
    known = await names(session, [row.person_id, *takers])
    return Relief(
        relief, row.grid, row.person_id, known[row.person_id], tickets, tuple(takers),
        tuple(known[one] for one in takers),
    )  # fmt: skip


async def _in_hand(session: Session, person: UUID, grid: UUID) -> tuple[tuple[UUID, str, str], ...]:
    rows = await session.execute(
        sql(
            """
            SELECT t.id, t.what, t.place AS own, d.place AS device FROM ticket t
            LEFT JOIN device d ON d.id = t.device_id
            WHERE t.acked_by = :person AND t.grid_id = :grid AND t.status = 'acked'
            ORDER BY t.severity <> 'life', t.opened_at
            """
        ),
        {"person": person, "grid": grid},
    )
    return tuple((row.id, row.what, _place(row)) for row in rows)


def _place(row: Any) -> str:
    if row.own is not None:
        return str(open_json(row.own, "ticket.place"))
    return str(open_json(row.device, "device.place")["name"]) if row.device is not None else ""


async def _takers(session: Session, grid: UUID, *, besides: UUID, now: datetime) -> list[UUID]:
    """List who is to take over: the next in the rota, confirmed or not, else the grid's workers."""
    rows = await session.execute(
        sql(
            """
            SELECT person_id, min(array_position(ARRAY['worker', 'backup', 'lead'], duty)) AS rank
            FROM shift WHERE grid_id = :grid AND starts_at <= :soon AND ends_at > :now
              AND left_at IS NULL AND ends_at > starts_at AND person_id <> :besides
            GROUP BY person_id ORDER BY rank, person_id
            """
        ),
        {"grid": grid, "now": now, "soon": now + duty.EARLY, "besides": besides},
    )
    ranked = rows.all()
    first = [row.person_id for row in ranked if row.rank == ranked[0].rank]
    if first:
        return first
    everyone = (await duty.workers_of(session, [grid])).get(grid, [])
    return [one for one in everyone if one != besides]


async def take(
    session: Session, by: Actor, *, relief: UUID, channel: str, now: datetime
) -> list[UUID]:
    """Take over what is still in the other's hand; the family is edited, not rung.

    Raises UserError `relief-is-over` when somebody else has, or it went back to everybody.
    """
    row = await _locked(session, relief)
    if row is None:
        raise UserError("relief-is-over", status=409)
    require(by, Permission.DUTY_TAKE, At(row.community_id, row.grid_id))
    if row.ended_at is not None or row.from_id == by.person:
        raise UserError("relief-is-over", status=409)
    tickets = await _lock_in_hand(session, row)
    await record(session, _entries(tickets, Happened.RELIEVED, row.from_id, now))
    for one in tickets:
        await pass_on(session, one, to=by.person, now=now)
        await acknowledge(session, by, ticket=one.id, now=now)
        if one.what == HANDOVER:
            await handovers.begin(session, by, ticket=one.id, channel=channel, now=now)
    assert by.person is not None  # a machine takes nothing over
    mine = [rings.Listener(one.id, by.person, Part.WORKER) for one in tickets]
    await rings.ring(session, mine, now=now)
    await _end(session, relief, by=by.person, now=now)
    return [one.id for one in tickets]


async def overdue(session: Session, *, now: datetime) -> int:
    """Give back to everybody what the next one has not taken; a talk stays with whoever has it."""
    rows = await session.execute(
        sql(
            """
            SELECT id, from_id, grid_id FROM relief WHERE ended_at IS NULL AND due_at <= :now
            ORDER BY due_at LIMIT :batch FOR UPDATE SKIP LOCKED
            """
        ),
        {"now": now, "batch": BATCH},
    )
    found = rows.all()
    for row in found:
        tickets = [one for one in await _lock_in_hand(session, row) if one.what != HANDOVER]
        await record(session, _entries(tickets, Happened.RETURNED, row.from_id, now))
        for one in tickets:
            await reopen(session, one.id, now=now, unasked="handover")
        await _end(session, row.id, by=None, now=now)
    return len(found)


async def _locked(session: Session, relief: UUID) -> Any:
    rows = await session.execute(
        sql(
            "SELECT id, community_id, grid_id, from_id, ended_at FROM relief WHERE id = :id FOR UPDATE"
        ),
        {"id": relief},
    )
    return rows.one_or_none()


async def _lock_in_hand(session: Session, row: Any) -> Sequence[Any]:
    rows = await session.execute(sql(_IN_HAND), {"person": row.from_id, "grid": row.grid_id})
    return rows.all()


def _entries(tickets: Sequence[Any], kind: Happened, giver: UUID, now: datetime) -> list[Entry]:
    return [Entry(one.community_id, one.id, one.epoch, kind, now, person=giver) for one in tickets]


async def _end(session: Session, relief: UUID, *, by: UUID | None, now: datetime) -> None:
    await session.execute(
        sql("UPDATE relief SET ended_at = :now, taken_by = :by WHERE id = :id"),
        {"id": relief, "now": now, "by": by},
    )
