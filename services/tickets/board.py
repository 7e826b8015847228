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
from services.permissions import Permission, within
from services.tickets.events import NOTE

_COLOUR = {Status.OPEN: "alarm", Status.ACKED: "alarm", Status.RESOLVED: "handled"}
LIMIT = 500


async def live(
    session: Session, by: Actor, community: UUID, *, only: list[UUID] | None = None
) -> list[dict[str, Any]]:
    """List live tickets by severity, who cannot walk, then waiting time; with `only`, these tickets, also closed.

    `what` and the events' kinds are codes: the caller puts them into words. Only staff are named
    whole, and nobody on a masked screen, where a flat is told by its building.
    """
    grids = within(by, Permission.TICKETS_READ, community)
    some = "AND t.id = ANY(CAST(:only AS uuid[]))" if only is not None else ""
    alive = "" if only is not None else "AND t.status <> 'closed'"
    rows = (
        await session.execute(
            sql(
                f"""
                SELECT t.id, t.number, t.device_id, t.what, t.severity, t.status, t.epoch,
                       t.version, t.step, t.immobile, t.acked_by, t.opened_at, t.acked_at, t.resolved_at, t.closed_at,
                       t.drill_id IS NOT NULL AS drill, t.place AS own_place, d.kind, d.place AS device_place,
                       d.home_index IS NOT NULL AS at_home, b.name AS building, who.name AS who,
                       sent.name AS sent
                FROM ticket t
                LEFT JOIN device d ON d.id = t.device_id
                LEFT JOIN building b ON b.id = d.building_id
                LEFT JOIN person who ON who.id = t.acked_by
                LEFT JOIN person sent ON sent.id = t.assigned_to
                WHERE t.community_id = :community AND t.what <> 'bell_test' {alive} {some}
                  AND (CAST(:grids AS uuid[]) IS NULL OR t.grid_id = ANY(CAST(:grids AS uuid[])))
                ORDER BY array_position(
                             ARRAY['life', 'care', 'property', 'maintenance'], t.severity),
                         t.status = 'resolved', NOT t.immobile, t.opened_at
                LIMIT {LIMIT}
                """  # noqa: S608  (literals of this module)
            ),
            {"community": community, "grids": grids} | ({"only": only} if only is not None else {}),
        )
    ).all()
    events = await _events(session, [row.id for row in rows], masked=by.masked)
    return [_ticket(row, events[row.id], masked=by.masked) for row in rows]


async def has_photo(
    session: Session, by: Actor, community: UUID, *, ticket: UUID, photo: str
) -> bool:
    """Tell whether this picture belongs to this ticket of this community; a masked screen has none."""
    grids = within(by, Permission.TICKETS_READ, community)
    if by.masked:
        return False
    rows = await session.execute(
        sql(
            """
            SELECT e.data FROM ticket_event e JOIN ticket t ON t.id = e.ticket_id
            WHERE e.ticket_id = :ticket AND e.community_id = :community
              AND (CAST(:grids AS uuid[]) IS NULL OR t.grid_id = ANY(CAST(:grids AS uuid[])))
            """
        ),
        {"ticket": ticket, "community": community, "grids": grids},
    )
    return any(row.data.get("photo") == photo for row in rows)


async def versions(session: Session, by: Actor, community: UUID) -> dict[UUID, int]:
    """Map each live ticket to its version: what changed is what differs."""
    grids = within(by, Permission.TICKETS_READ, community)
    rows = await session.execute(
        sql(
            """
            SELECT id, version FROM ticket
            WHERE community_id = :community AND status <> 'closed' AND what <> 'bell_test'
              AND (CAST(:grids AS uuid[]) IS NULL OR grid_id = ANY(CAST(:grids AS uuid[])))
            """
        ),
        {"community": community, "grids": grids},
    )
    return {row.id: row.version for row in rows}


async def _events(
    session: Session, tickets: list[UUID], *, masked: bool
) -> dict[UUID, list[dict[str, Any]]]:
    rows = await session.execute(
        sql(
            """
            SELECT e.ticket_id, e.at, e.kind, e.data, e.note, p.name, EXISTS (
                       SELECT 1 FROM membership m
                       WHERE m.person_id = e.person_id AND m.community_id = e.community_id
                         AND m.role IN ('worker', 'operator', 'desk', 'lead')) AS staff
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
                "data": _told(row.data) if masked else row.data,
                "who": masks.shown(row.name, whole=row.staff and not masked) if row.name else "",
                "note": open_json(row.note, NOTE) if row.note and not masked else "",
            }
        )
    return found


def _told(data: dict[str, Any]) -> dict[str, Any]:
    """Leave of a step what names and shows nobody."""
    return {name: data[name] for name in ("found", "seen") if name in data}


def _place(row: Any, *, masked: bool) -> str:
    if row.own_place is not None:
        place: str = open_json(row.own_place, "ticket.place")
        return masks.NOBODY if masked else place  # in somebody's words: of a flat, of anything
    place = open_json(row.device_place, "device.place")["name"] if row.device_place else ""
    return masks.address(row.building or "") if masked and row.at_home else place


def _ticket(row: Any, events: list[dict[str, Any]], *, masked: bool) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "number": row.number,
        "device": str(row.device_id) if row.device_id else None,
        "kind": row.kind,
        "what": row.what,
        "drill": row.drill,
        "place": _place(row, masked=masked),
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
        "acked_by_id": str(row.acked_by) if row.acked_by else None,
        "acked_by": masks.shown(row.who, whole=not masked) if row.who else None,
        "assigned_to": masks.shown(row.sent, whole=not masked) if row.sent else None,
        "events": events,
    }


def _state(row: Any) -> str:
    """Maintenance and talks colour nothing."""
    if row.severity == Severity.MAINTENANCE:
        return "normal"
    return _COLOUR.get(Status(row.status), "normal")


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
