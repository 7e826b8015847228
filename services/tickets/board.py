"""The command centre's queue: live tickets, worst first, each with its steps."""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from models import Severity, Status
from services import masks
from services.permissions import At, Permission, require
from services.tickets.events import NOTE

_COLOUR = {Status.OPEN: "alarm", Status.ACKED: "alarm", Status.RESOLVED: "handled"}
LIMIT = 500


async def live(
    session: Session, by: Actor, community: UUID, *, only: list[UUID] | None = None
) -> list[dict[str, Any]]:
    """List live tickets by severity, who cannot walk, then waiting time; with `only`, these tickets, also closed.

    `what` and the events' kinds are codes: the caller puts them into words. Only staff are named
    whole.
    """
    require(by, Permission.TICKETS_READ, At(community))
    some = "AND t.id = ANY(CAST(:only AS uuid[]))" if only is not None else ""
    alive = "" if only is not None else "AND t.status <> 'closed'"
    rows = (
        await session.execute(
            sql(
                f"""
                SELECT t.id, t.number, t.device_id, t.what, t.severity, t.status, t.epoch,
                       t.version, t.step, t.immobile, t.opened_at, t.acked_at, t.resolved_at, t.closed_at,
                       t.drill_id IS NOT NULL AS drill, t.place AS own_place, d.kind, d.place AS device_place, who.name AS who,
                       sent.name AS sent
                FROM ticket t
                LEFT JOIN device d ON d.id = t.device_id
                LEFT JOIN person who ON who.id = t.acked_by
                LEFT JOIN person sent ON sent.id = t.assigned_to
                WHERE t.community_id = :community AND t.what <> 'bell_test' {alive} {some}
                ORDER BY array_position(
                             ARRAY['life', 'care', 'property', 'maintenance'], t.severity),
                         t.status = 'resolved', NOT t.immobile, t.opened_at
                LIMIT {LIMIT}
                """  # noqa: S608  (literals of this module)
            ),
            {"community": community} | ({"only": only} if only is not None else {}),
        )
    ).all()
    events = await _events(session, [row.id for row in rows])
    return [_ticket(row, events[row.id]) for row in rows]


async def has_photo(
    session: Session, by: Actor, community: UUID, *, ticket: UUID, photo: str
) -> bool:
    """Tell whether this picture belongs to this ticket of this community."""
    require(by, Permission.TICKETS_READ, At(community))
    rows = await session.execute(
        sql(
            """
            SELECT data FROM ticket_event WHERE ticket_id = :ticket AND community_id = :community
            """
        ),
        {"ticket": ticket, "community": community},
    )
    return any(row.data.get("photo") == photo for row in rows)


async def versions(session: Session, by: Actor, community: UUID) -> dict[UUID, int]:
    """Map each live ticket to its version: what changed is what differs."""
    require(by, Permission.TICKETS_READ, At(community))
    rows = await session.execute(
        sql(
            """
            SELECT id, version FROM ticket
            WHERE community_id = :community AND status <> 'closed' AND what <> 'bell_test'
            """
        ),
        {"community": community},
    )
    return {row.id: row.version for row in rows}


async def _events(session: Session, tickets: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    rows = await session.execute(
        sql(
            """
            SELECT e.ticket_id, e.at, e.kind, e.data, e.note, p.name, EXISTS (
                       SELECT 1 FROM membership m
                       WHERE m.person_id = e.person_id AND m.community_id = e.community_id
                         AND m.role IN ('worker', 'operator')) AS staff
            FROM ticket_event e
            LEFT JOIN person p ON p.id = e.person_id
            WHERE e.ticket_id = ANY(CAST(:tickets AS uuid[])) ORDER BY e.id
            """
        ),
        {"tickets": tickets},
    )
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row.ticket_id].append(
            {
                "at": row.at.isoformat(),
                "kind": row.kind,
                "data": row.data,
                "who": masks.shown(row.name, whole=row.staff) if row.name else "",
                "note": open_json(row.note, NOTE) if row.note else "",
            }
        )
    return found


def _ticket(row: Any, events: list[dict[str, Any]]) -> dict[str, Any]:
    if row.own_place is not None:
        place = open_json(row.own_place, "ticket.place")
    else:
        place = open_json(row.device_place, "device.place")["name"] if row.device_place else ""
    return {
        "id": str(row.id),
        "number": row.number,
        "device": str(row.device_id) if row.device_id else None,
        "kind": row.kind,
        "what": row.what,
        "drill": row.drill,
        "place": place,
        "severity": row.severity,
        "status": row.status,
        "state": _state(row),
        "epoch": row.epoch,
        "version": row.version,
        "escalation_step": row.step,
        "first": row.immobile,
        "opened_at": _iso(row.opened_at),
        "acked_at": _iso(row.acked_at),
        "resolved_at": _iso(row.resolved_at),
        "closed_at": _iso(row.closed_at),
        "acked_by": open_json(row.who, "person.name") if row.who else None,
        "assigned_to": open_json(row.sent, "person.name") if row.sent else None,
        "events": events,
    }


def _state(row: Any) -> str:
    """Maintenance and talks colour nothing."""
    if row.severity == Severity.MAINTENANCE:
        return "normal"
    return _COLOUR.get(Status(row.status), "normal")


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
