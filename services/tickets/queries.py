"""What cards and lists show of tickets."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from core.crypto import open_json
from core.db import Session, sql
from models import How, Severity, Status
from services.actors import names
from services.office import is_staffed
from services.tickets import protects
from services.tickets.chain import asks
from services.tickets.journal import Noted
from services.tickets.scene import Scene
from services.tickets.signs import NO_SIGNS, Signs
from services.tickets.stairs import ALONE, Mates


@dataclass(frozen=True, slots=True)
class Call:
    """What a ticket shows besides when a person opened it.

    `kind` is empty for a talk; `told` says whether anybody who may answer has a card of it;
    `phone` and `answers_from` are the community's.
    """

    kind: str
    caller: str
    said: str
    withdrawn: bool
    told: bool
    phone: str
    answers_from: str


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody who was asked answered."""

    person: UUID
    name: str
    how: How
    at: datetime


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as its cards show it; until `asks_until` elder and family are being asked.

    `here` is what else alarms behind the same door; `overdue` says that whoever took it is late;
    `duty_phone` is the one to call where nobody sat in the centre when it alarmed.
    `phone` is the office's; while nobody has taken it, more people hear at `next_at`.
    """

    id: UUID
    number: int
    what: str
    severity: str
    status: Status
    epoch: int
    version: int
    step: int
    at_once: bool
    place: str
    building: str
    grid: str
    opened_at: datetime
    alarm_at: datetime
    acked_at: datetime | None
    acked_by: UUID | None
    acked_by_name: str
    assigned_to: UUID | None
    assigned_to_name: str
    arrived_at: datetime | None
    resolved_at: datetime | None
    recovered_at: datetime | None
    closed_at: datetime | None
    has_device: bool
    call: Call | None = None
    asks_until: datetime | None = None
    answers: tuple[Said, ...] = ()
    signs: Signs = NO_SIGNS
    unprotected: tuple[str, ...] = ()
    beside: int = 0
    promised_at: datetime | None = None
    overdue: bool = False
    here: tuple[str, ...] = ()
    here_open: bool = False
    duty_phone: str = ""
    phone: str = ""
    next_at: datetime | None = None
    drill: bool = False
    heard: bool = False
    noted: tuple[Noted, ...] = ()
    scene: Scene | None = None
    pictured: bool = False
    returned: bool = False
    flaps: int = 0
    mates: Mates = ALONE


_VIEW = """
    SELECT t.id, t.number, t.what, t.severity, t.status, t.epoch, t.version, t.step,
           t.chain <> '[]' AS at_once, t.opened_at,
           t.alarm_at, t.acked_at, t.acked_by, t.assigned_to, t.arrived_at, t.resolved_at,
           t.recovered_at, t.closed_at, t.place AS own_place, t.device_id IS NOT NULL AS has_device,
           d.place AS device_place, b.name AS building, g.name AS grid,
           who.name AS who, sent.name AS sent, caller.name AS caller, e.kind AS call_kind, e.said,
           e.withdrawn_at, y.phone, y.staffed, y.duty_phone, y.answers_from, t.chain, t.next_escalation_at,
           t.people, t.promised_at, t.watch_step, here.whats, here.open AS here_open,
           t.drill_id IS NOT NULL AS drill, t.previous_id IS NOT NULL AS returned,
           EXISTS (SELECT 1 FROM snapshot s WHERE s.ticket_id = t.id AND s.epoch = t.epoch
                   AND s.sha256 IS NOT NULL) AS pictured,
           EXISTS (SELECT 1 FROM ticket_card k WHERE k.ticket_id = t.id
                   AND k.part IN ('worker', 'backup')) AS told
    FROM ticket t
    JOIN community y ON y.id = t.community_id
    LEFT JOIN emergency e ON e.ticket_id = t.id
    LEFT JOIN handover h ON h.ticket_id = t.id
    LEFT JOIN person caller ON caller.id = coalesce(e.caller_id, h.person_id)
    LEFT JOIN device d ON d.id = t.device_id
    LEFT JOIN building b ON b.id = d.building_id
    LEFT JOIN grid g ON g.id = t.grid_id
    LEFT JOIN person who ON who.id = t.acked_by
    LEFT JOIN person sent ON sent.id = t.assigned_to
    LEFT JOIN LATERAL (
        SELECT array_agg(n.what ORDER BY n.opened_at) AS whats, bool_or(n.status = 'open') AS open
        FROM device o JOIN ticket n ON n.device_id = o.id AND n.status <> 'closed'
        WHERE o.home_index = d.home_index AND n.id <> t.id AND n.status IN ('open', 'acked')
          AND n.severity IN ('life', 'care')) AS here ON TRUE
"""


def _view(row: Any) -> TicketView:
    if row.own_place is not None:
        place = open_json(row.own_place, "ticket.place")
    else:
        place = open_json(row.device_place, "device.place")["name"] if row.device_place else ""
    return TicketView(
        row.id, row.number, row.what, row.severity, Status(row.status), row.epoch, row.version,
        row.step, row.at_once, place, row.building or "", row.grid or "", row.opened_at, row.alarm_at,
        row.acked_at, row.acked_by, _name(row.who), row.assigned_to, _name(row.sent),
        row.arrived_at, row.resolved_at, row.recovered_at, row.closed_at, row.has_device,
        _call(row), _asks_until(row), promised_at=row.promised_at, overdue=row.watch_step > 0,
        here=tuple(row.whats or ()), here_open=bool(row.here_open),
        duty_phone="" if is_staffed(row.staffed, row.alarm_at) else row.duty_phone or "",
        pictured=row.pictured, returned=row.returned,
        phone=row.phone or "", drill=row.drill,
        next_at=row.next_escalation_at if row.status == Status.OPEN else None,
    )  # fmt: skip


def _asks_until(row: Any) -> datetime | None:
    asking = row.status == Status.OPEN and asks(row.chain, row.step)
    return row.next_escalation_at if asking else None


def _call(row: Any) -> Call | None:
    if row.caller is None:
        return None
    return Call(
        row.call_kind or "", _name(row.caller),
        open_json(row.said, "emergency.said") if row.said is not None else "",
        row.withdrawn_at is not None, row.told, row.phone or "", row.answers_from or "",
    )  # fmt: skip


def _name(sealed: bytes | None) -> str:
    return open_json(sealed, "person.name") if sealed is not None else ""


async def view(session: Session, ticket: UUID) -> TicketView:
    """Load one ticket; raises NoResultFound for an unknown id."""
    rows = await session.execute(sql(_VIEW + "WHERE t.id = :ticket"), {"ticket": ticket})
    row = rows.one()
    found = _view(row)
    if row.people is not None and found.severity == Severity.MAINTENANCE:
        people = [UUID(one) for one in open_json(row.people, "ticket.people")]
        return replace(found, unprotected=tuple(sorted((await names(session, people)).values())))
    if found.severity != Severity.CARE:
        return found
    return replace(found, answers=await _answers(session, ticket, found.epoch))


async def _answers(session: Session, ticket: UUID, epoch: int) -> tuple[Said, ...]:
    rows = await session.execute(
        sql(
            """
            SELECT a.person_id, p.name, a.how, a.at FROM safety_answer a
            JOIN person p ON p.id = a.person_id
            WHERE a.ticket_id = :ticket AND a.epoch = :epoch AND a.undone_at IS NULL ORDER BY a.at
            """
        ),
        {"ticket": ticket, "epoch": epoch},
    )
    return tuple(Said(row.person_id, _name(row.name), How(row.how), row.at) for row in rows)


async def mine(session: Session, person: UUID) -> list[TicketView]:
    """List the live tickets of which the person has a worker's card, worst first.

    Among these comes first who cannot walk out, then who has waited longest.
    """
    rows = await session.execute(
        sql(
            _VIEW
            + """
            JOIN ticket_card c ON c.ticket_id = t.id AND c.person_id = :person
                              AND c.part IN ('worker', 'backup')
            WHERE t.status <> 'closed' AND t.what <> 'bell_test'
            ORDER BY t.status = 'resolved', t.severity <> 'life', NOT t.immobile, t.opened_at
            LIMIT 20
            """
        ),
        {"person": person},
    )
    return [_view(row) for row in rows]


async def about(session: Session, ticket: UUID) -> list[UUID]:
    """List the people that a ticket, or its device, is about."""
    rows = await session.execute(
        sql(
            """
            SELECT t.id, t.people, d.place, d.kind FROM ticket t
            LEFT JOIN device d ON d.id = t.device_id WHERE t.id = :ticket
            """
        ),
        {"ticket": ticket},
    )
    return (await protects.of(session, rows)).get(ticket, [])
