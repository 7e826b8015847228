"""紧急查看: in an emergency a worker opens somebody beyond the own scope, with a reason.

The glass mends itself after half an hour, or when the ticket closes that it was broken for. Every
look is written down with the reason, and the person is told, or whoever stands next to them.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json, seal_json
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from models import Status
from services import audit, masks
from services.people import flats, spoken
from services.permissions import At, Permission, allowed, require
from services.records import Record, Whereabouts, home_of, lives_at, opened
from services.tickets.acts import locked

LASTS = timedelta(minutes=30)
_SHORTEST, REASON_LIMIT = 2, 200
REASON = "broken_glass.reason"
_LIVE = """
    g.ends_at > :now AND NOT EXISTS (
        SELECT 1 FROM ticket t WHERE t.id = g.ticket_id AND t.status = 'closed')
"""


@dataclass(frozen=True, slots=True)
class Broken:
    """Glass as an operator sees it; names of residents are masked. `told` is when somebody was."""

    id: UUID
    who: str
    person: UUID
    name: str
    place: str
    reason: str
    ticket: UUID | None
    broken_at: datetime
    ends_at: datetime
    live: bool
    told_at: datetime | None


async def at_flat(session: Session, by: Actor, words: str) -> list[Whereabouts]:
    """List who lives in the flat that is named, in the communities in which the actor works."""
    flat = spoken.flat_of(words)
    if flat is None or flat.building is None or flat.door is None:
        return []
    doors = {
        one.home: one
        for community in _communities(by)
        for one in await flats.matching(session, community, flat)
    }
    rows = await session.execute(
        sql(
            """
            SELECT r.person_id, r.home_id, p.name
            FROM residence r JOIN person p ON p.id = r.person_id
            WHERE r.until IS NULL AND r.home_id = ANY(CAST(:homes AS uuid[]))
            ORDER BY r.elder DESC, r.id
            """
        ),
        {"homes": list(doors)},
    )
    return [
        Whereabouts(
            row.person_id, at.community, at.grid, at.place, open_json(row.name, "person.name")
        )
        for row in rows
        for at in (doors[row.home_id],)
    ]


def _communities(by: Actor) -> list[UUID]:
    found = sorted({grant.community for grant in by.grants})
    return [one for one in found if allowed(by, Permission.GLASS_BREAK, At(one, anywhere=True))]


async def break_for(
    session: Session, by: Actor, person: UUID, *, reason: str, now: datetime,
    ticket: UUID | None = None, community: UUID | None = None,
) -> None:  # fmt: skip
    """Break the glass before a person; broken already, it stays as it is.

    Without a ticket it is for the one that the actor is working on, if there is one alone. Raises
    UserError `person-unknown` (404), `glass-reason-wanted`, `glass-own-scope` (409) where nothing
    stands in the way.
    """
    home = await home_of(session, person)
    if community is not None and home.community != community:
        raise UserError("person-unknown", status=404)
    require(by, Permission.GLASS_BREAK, At(home.community, anywhere=True))
    said = " ".join(reason.split())
    if not _SHORTEST <= len(said) <= REASON_LIMIT:
        raise UserError("glass-reason-wanted", limit=REASON_LIMIT)
    if masks.whole(by, At(home.community, home.grid, person)):
        raise UserError("glass-own-scope", status=409)
    if await _live(session, by, person, now=now) is not None:
        return
    about = await _ticket(session, by, ticket)
    await session.execute(
        sql(
            """
            INSERT INTO broken_glass (id, community_id, actor_id, subject_id, ticket_id, reason,
                                      broken_at, ends_at)
            VALUES (:id, :community, :actor, :person, :ticket, :reason, :now, :ends)
            """
        ),
        {
            "id": uuid7(), "community": home.community, "actor": by.person, "person": person,
            "ticket": about, "reason": seal_json(said, REASON), "now": now, "ends": now + LASTS,
        },
    )  # fmt: skip
    audit.note(
        session, by, Permission.GLASS_BREAK, community=home.community, now=now, subject=person,
        thing=about, reason=said,
    )  # fmt: skip


async def look(
    session: Session, by: Actor, person: UUID, *, now: datetime
) -> tuple[Record, datetime]:
    """Open a person behind broken glass, and tell when it mends; each look is written down.

    Raises UserError `glass-mended` (403) when it is over.
    """
    live = await _live(session, by, person, now=now)
    if live is None:
        raise UserError("glass-mended", status=403)
    through = replace(by, glass=frozenset({person}))
    seen = await opened(
        session, through, person, now=now, reason=open_json(live.reason, REASON),
        thing=live.ticket_id,
    )  # fmt: skip
    return seen, _moment(live.ends_at)


async def is_broken(session: Session, by: Actor, person: UUID, *, now: datetime) -> bool:
    """Tell whether the actor has broken the glass before this person, and it has not mended."""
    live = await _live(session, by, person, now=now)
    return live is not None and allowed(
        by, Permission.GLASS_BREAK, At(live.community_id, anywhere=True)
    )


async def listing(
    session: Session, by: Actor, *, community: UUID, now: datetime, limit: int = 100
) -> list[Broken]:
    """List the newest for an operator of the community, those who were looked at masked."""
    require(by, Permission.GLASS_LIST, At(community))
    rows = await session.execute(
        sql(
            f"""
            SELECT g.id, g.subject_id, g.ticket_id, g.reason, g.broken_at, g.ends_at, g.told_at,
                   {_LIVE} AS live, a.name AS who, p.name
            FROM broken_glass g JOIN person a ON a.id = g.actor_id
            JOIN person p ON p.id = g.subject_id
            WHERE g.community_id = :community ORDER BY g.broken_at DESC, g.id DESC LIMIT :limit
            """  # noqa: S608  (a literal of this module)
        ),
        {"community": community, "now": now, "limit": limit},
    )
    return [
        Broken(
            row.id, masks.shown(row.who, whole=True), row.subject_id,
            masks.shown(row.name, whole=False), await _place(session, row.subject_id),
            open_json(row.reason, REASON), row.ticket_id, row.broken_at, row.ends_at, row.live,
            row.told_at,
        )
        for row in rows.all()
    ]  # fmt: skip


async def _live(session: Session, by: Actor, person: UUID, *, now: datetime) -> Any:
    rows = await session.execute(
        sql(
            f"""
            SELECT g.community_id, g.ticket_id, g.reason, g.ends_at FROM broken_glass g
            WHERE g.actor_id = :actor AND g.subject_id = :person AND {_LIVE}
            ORDER BY g.ends_at DESC LIMIT 1
            """  # noqa: S608  (a literal of this module)
        ),
        {"actor": by.person, "person": person, "now": now},
    )
    return rows.one_or_none()


async def _ticket(session: Session, by: Actor, ticket: UUID | None) -> UUID | None:
    if ticket is not None:
        row = await locked(session, by, ticket)
        if row.status == Status.CLOSED:
            raise UserError("ticket-is-over", status=409)
        return ticket
    rows = await session.execute(
        sql("SELECT id FROM ticket WHERE status = 'acked' AND acked_by = :person LIMIT 2"),
        {"person": by.person},
    )
    found = rows.scalars().all()
    return found[0] if len(found) == 1 else None


async def _place(session: Session, person: UUID) -> str:
    home = await lives_at(session, person)
    return home.place if home is not None else ""


def _moment(value: Any) -> datetime:
    assert isinstance(value, datetime)
    return value
