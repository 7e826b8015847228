"""The desk's watch: handed over and signed for by the next one, and mutes of the siren."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from core.actor import Actor
from core.crypto import open_json, seal_json
from core.db import Session, sql, wake
from core.errors import UserError
from core.ids import uuid7
from models import Happened
from services import masks
from services.permissions import At, Permission, require, within
from services.tickets.answer import acknowledge, pass_on
from services.tickets.callers import HANDOVER
from services.tickets.events import Entry, record

TEXT_LIMIT = 500
LONGEST_MUTE = timedelta(minutes=30)
_NOTE, _REASON = "watch_handover.note", "mute.reason"


async def state(session: Session, by: Actor, community: UUID, *, now: datetime) -> dict[str, Any]:
    """Show the handover that waits for a signature, None without one, and the mutes in force.

    A masked screen is told that they are, not what somebody wrote.
    """
    within(by, Permission.TICKETS_READ, community)
    waiting = await session.execute(
        sql(
            """
            SELECT h.id, h.from_id, p.name, h.at, h.summary, h.note
            FROM watch_handover h JOIN person p ON p.id = h.from_id
            WHERE h.community_id = :community AND h.signed_at IS NULL
            """
        ),
        {"community": community},
    )
    mutes = await session.execute(
        sql(
            """
            SELECT m.person_id, p.name, m.at, m.until, m.reason
            FROM mute m JOIN person p ON p.id = m.person_id
            WHERE m.community_id = :community AND m.until > :now AND m.ended_at IS NULL
            ORDER BY m.at
            """
        ),
        {"community": community, "now": now},
    )
    row = waiting.one_or_none()
    return {
        "handover": _handover(row, masked=by.masked) if row else None,
        "mutes": [
            {
                "person": str(one.person_id),
                "name": masks.shown(one.name, whole=not by.masked),
                "at": one.at.isoformat(),
                "until": one.until.isoformat(),
                "reason": "" if by.masked else open_json(one.reason, _REASON),
            }
            for one in mutes
        ],
    }


def _handover(row: Any, *, masked: bool) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "person": str(row.from_id),
        "name": masks.shown(row.name, whole=not masked),
        "at": row.at.isoformat(),
        "summary": row.summary,
        "note": open_json(row.note, _NOTE) if row.note and not masked else "",
    }


async def hand_over(
    session: Session, by: Actor, *, community: UUID, note: str, now: datetime
) -> UUID:
    """Leave the watch to whoever signs for it; a second time by the same person replaces the note.

    Raises UserError `watch-waits` while somebody else's is not signed for.
    """
    require(by, Permission.WATCH_KEEP, At(community))
    if len(note) > TEXT_LIMIT:
        raise UserError("note-length", limit=TEXT_LIMIT)
    made = await session.execute(
        sql(
            """
            INSERT INTO watch_handover (id, community_id, from_id, at, summary, note)
            VALUES (:id, :community, :person, :now, CAST(:summary AS jsonb), :note)
            ON CONFLICT (community_id) WHERE signed_at IS NULL DO UPDATE
            SET at = excluded.at, summary = excluded.summary, note = excluded.note
            WHERE watch_handover.from_id = excluded.from_id
            RETURNING id
            """
        ),
        {
            "id": uuid7(), "community": community, "person": by.person, "now": now,
            "summary": orjson.dumps(await _summary(session, by, community)).decode(),
            "note": seal_json(note.strip(), _NOTE) if note.strip() else None,
        },
    )  # fmt: skip
    found = made.scalar_one_or_none()
    if found is None:
        raise UserError("watch-waits", status=409)
    wake(session, "console", community=str(community))
    return UUID(str(found))


async def sign(
    session: Session, by: Actor, *, handover: UUID, community: UUID, now: datetime
) -> int:
    """Sign for a watch; what its giver still has in hand is the signer's now. Returns how many.

    Raises UserError `watch-signed` when somebody else has, and for the giver's own.
    """
    require(by, Permission.WATCH_KEEP, At(community))
    rows = await session.execute(
        sql(
            """
            UPDATE watch_handover SET signed_by = :person, signed_at = :now
            WHERE id = :id AND community_id = :community AND signed_at IS NULL
              AND from_id <> :person RETURNING from_id
            """
        ),
        {"id": handover, "community": community, "person": by.person, "now": now},
    )
    giver = rows.scalar_one_or_none()
    if giver is None:
        raise UserError("watch-signed", status=404)
    found = await session.execute(
        sql(
            """
            SELECT id, community_id, grid_id, what, severity, epoch FROM ticket
            WHERE acked_by = :giver AND community_id = :community AND status = 'acked'
              AND what <> :talk ORDER BY id FOR UPDATE
            """
        ),
        {"giver": giver, "community": community, "talk": HANDOVER},
    )
    tickets = found.all()
    relieved = Happened.RELIEVED
    await record(
        session, [Entry(community, one.id, one.epoch, relieved, now, giver) for one in tickets]
    )
    for one in tickets:
        await pass_on(session, one, to=by.person, now=now)
        await acknowledge(session, by, ticket=one.id, now=now)
    wake(session, "console", community=str(community))
    return len(tickets)


async def mute(
    session: Session, by: Actor, *, community: UUID, reason: str, until: datetime, now: datetime
) -> None:
    """Note that the actor's siren rests till then, and why; raises UserError for more than 30 min."""
    require(by, Permission.TICKETS_DISPATCH, At(community, anywhere=True))
    if not reason.strip() or len(reason) > TEXT_LIMIT:
        raise UserError("mute-reason")
    if not now < until <= now + LONGEST_MUTE:
        raise UserError("mute-length", minutes=LONGEST_MUTE // timedelta(minutes=1))
    await _end(session, by, community, now=now)
    await session.execute(
        sql(
            """
            INSERT INTO mute (id, community_id, person_id, at, until, reason)
            VALUES (:id, :community, :person, :now, :until, :reason)
            """
        ),
        {
            "id": uuid7(), "community": community, "person": by.person, "now": now,
            "until": until, "reason": seal_json(reason.strip(), _REASON),
        },
    )  # fmt: skip
    wake(session, "console", community=str(community))


async def unmute(session: Session, by: Actor, *, community: UUID, now: datetime) -> None:
    """End the actor's mute before its time; without one nothing changes."""
    require(by, Permission.TICKETS_DISPATCH, At(community, anywhere=True))
    await _end(session, by, community, now=now)
    wake(session, "console", community=str(community))


async def _end(session: Session, by: Actor, community: UUID, *, now: datetime) -> None:
    await session.execute(
        sql(
            """
            UPDATE mute SET ended_at = :now
            WHERE community_id = :community AND person_id = :person AND until > :now
              AND ended_at IS NULL
            """
        ),
        {"community": community, "person": by.person, "now": now},
    )


async def _summary(session: Session, by: Actor, community: UUID) -> dict[str, int]:
    """Count what the next one will find."""
    rows = await session.execute(
        sql(
            """
            SELECT count(*) FILTER (WHERE status = 'open') AS open,
                   count(*) FILTER (WHERE status = 'acked') AS acked,
                   count(*) FILTER (WHERE status = 'resolved') AS resolved,
                   count(*) FILTER (WHERE status = 'acked' AND acked_by = :person
                                    AND what <> :talk) AS mine
            FROM ticket
            WHERE community_id = :community AND status <> 'closed' AND what <> 'bell_test'
            """
        ),
        {"community": community, "person": by.person, "talk": HANDOVER},
    )
    return dict(rows.mappings().one())
