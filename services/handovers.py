"""转人工: a talk between a resident and a worker, relayed by the assistant until one ends it.

Its ticket has the severity `maintenance`: nobody is in danger, so it colours nothing on the map,
sounds no siren and comes after every alarm; its own chain rings backup and lead after 10 minutes,
and only people on duty. Locks: the ticket before the talk, and a relayed line locks the talk alone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json, seal_json
from core.db import Session, sql, wake
from core.errors import UserError
from models import Happened, Side, Status
from services.duty import on_duty
from services.permissions import At, Permission, require
from services.tickets import alarms, audience, rings
from services.tickets.acts import locked
from services.tickets.callers import HANDOVER
from services.tickets.events import Entry, record
from services.tickets.judge import Signal
from services.tickets.places import where

_TEXT = "handover_message.text"
LINES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Talk:
    """A live talk as one of the two sees it; `worker` is None until somebody has taken it."""

    ticket: UUID
    community: UUID
    number: int
    side: Side
    resident: UUID
    channel: str
    worker: UUID | None
    worker_channel: str | None

    def other(self) -> tuple[UUID, str] | None:
        """Name the one who is written to, and where."""
        if self.side is Side.WORKER:
            return self.resident, self.channel
        if self.worker is None or self.worker_channel is None:
            return None
        return self.worker, self.worker_channel


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a talk; a picture has no text."""

    id: int
    at: datetime
    text: str
    pictured: bool


async def ask(session: Session, by: Actor, *, channel: str, said: str, now: datetime) -> UUID:
    """Open a talk, or find the one that is live; returns its ticket.

    Raises UserError where no community is known in which somebody could answer.
    """
    assert by.person is not None
    at = await where(session, by, [by.person])
    if at is None:
        raise UserError("human-nobody-known")
    require(by, Permission.HANDOVER_ASK, At(at.community, person=by.person))
    posts = await on_duty(session, [at.grid], now=now) if at.grid else {}
    grid = at.grid if at.grid and posts.get(at.grid, {}).get("worker") else None
    key = f"{HANDOVER}:{by.person}"
    signal = Signal(
        key=key, what=HANDOVER, severity="maintenance", community=at.community, grid=grid,
        device=None, active=True, ts=now, place=at.place,
    )  # fmt: skip
    await alarms.apply(session, [signal], now=now)
    ticket = (
        await session.execute(
            sql("SELECT id FROM ticket WHERE key = :key AND status <> 'closed'"), {"key": key}
        )
    ).scalar_one()
    made = await session.execute(
        sql(
            """
            INSERT INTO handover (ticket_id, community_id, person_id, channel, opened_at, last_at)
            VALUES (:ticket, :community, :person, :channel, :now, :now)
            ON CONFLICT (ticket_id) DO NOTHING RETURNING 1
            """
        ),
        {"ticket": ticket, "community": at.community, "person": by.person, "channel": channel,
         "now": now},
    )  # fmt: skip
    if said:
        await _keep(session, ticket, Side.RESIDENT, said, now=now)
    if made.scalar_one_or_none() is None:
        return UUID(str(ticket))
    await rings.ring(session, await audience.household(session, ticket), now=now)
    return UUID(str(ticket))


async def talks(session: Session, person: UUID) -> list[Talk]:
    """List the live talks of a person; a worker's texts belong to the first of theirs."""
    rows = await session.execute(
        sql(
            """
            SELECT h.ticket_id, h.community_id, t.number, h.person_id, h.channel, h.worker_id, h.worker_channel
            FROM handover h JOIN ticket t ON t.id = h.ticket_id
            WHERE h.ended_at IS NULL AND (h.person_id = :person OR h.worker_id = :person)
            ORDER BY h.person_id <> :person, greatest(h.last_at, h.chosen_at) DESC, h.ticket_id DESC
            """
        ),
        {"person": person},
    )
    return [
        Talk(
            row.ticket_id, row.community_id, row.number,
            Side.RESIDENT if row.person_id == person else Side.WORKER,
            row.person_id, row.channel, row.worker_id, row.worker_channel,
        )
        for row in rows
    ]  # fmt: skip


async def begin(
    session: Session, by: Actor, *, ticket: UUID, channel: str, now: datetime
) -> Talk | None:
    """Let the worker who took the ticket talk; None for a ticket of another kind."""
    await locked(session, by, ticket)
    row = (
        await session.execute(
            sql(
                """
                UPDATE handover SET worker_id = :worker, worker_channel = :channel, chosen_at = :now
                WHERE ticket_id = :ticket AND ended_at IS NULL RETURNING 1
                """
            ),
            {"worker": by.person, "channel": channel, "now": now, "ticket": ticket},
        )
    ).one_or_none()
    if row is None or by.person is None:
        return None
    return next(one for one in await talks(session, by.person) if one.ticket == ticket)


async def lines(session: Session, ticket: UUID) -> list[Line]:
    """List the newest lines of a talk, oldest first."""
    rows = await session.execute(
        sql(
            """
            SELECT id, at, text, picture IS NOT NULL AS pictured FROM handover_message
            WHERE ticket_id = :ticket ORDER BY id DESC LIMIT :shown
            """
        ),
        {"ticket": ticket, "shown": LINES_SHOWN},
    )
    return [
        Line(row.id, row.at, open_json(row.text, _TEXT), row.pictured)
        for row in reversed(rows.all())
    ]


async def picture(session: Session, person: UUID, line: int) -> str | None:
    """Find the digest of a picture, for the two people of its talk and nobody else."""
    found = await session.execute(
        sql(
            """
            SELECT m.picture FROM handover_message m JOIN handover h ON h.ticket_id = m.ticket_id
            WHERE m.id = :line AND :person IN (h.person_id, h.worker_id)
            """
        ),
        {"line": line, "person": person},
    )
    digest: str | None = found.scalar_one_or_none()
    return digest


async def write(
    session: Session, talk: Talk, text: str, *, now: datetime, picture: str | None = None
) -> int:
    """Keep a line or a picture's digest; returns its id.

    Raises UserError when the other has just ended the talk.
    """
    live = await session.execute(
        sql(
            """
            UPDATE handover SET last_at = :now WHERE ticket_id = :ticket AND ended_at IS NULL
            RETURNING 1
            """
        ),
        {"now": now, "ticket": talk.ticket},
    )
    if live.scalar_one_or_none() is None:
        raise UserError("handover-is-over", status=409)
    return await _keep(session, talk.ticket, talk.side, text, now=now, picture=picture)


async def choose(session: Session, by: Actor, *, ticket: UUID, now: datetime) -> Talk:
    """Let the worker's next texts go to this talk."""
    talk = await _mine(session, by, ticket)
    await session.execute(
        sql("UPDATE handover SET chosen_at = :now WHERE ticket_id = :ticket"),
        {"now": now, "ticket": ticket},
    )
    return talk


async def end(session: Session, by: Actor, *, ticket: UUID, now: datetime) -> Talk:
    """End a talk and close its ticket, from either side and at any time."""
    row: Any = (
        await session.execute(
            sql("SELECT id, community_id, epoch, status FROM ticket WHERE id = :id FOR UPDATE"),
            {"id": ticket},
        )
    ).one_or_none()
    if row is None or row.status == Status.CLOSED:
        raise UserError("handover-is-over", status=409)
    talk = await _mine(session, by, ticket)
    await session.execute(
        sql(
            """
            WITH h AS (UPDATE handover SET ended_at = :now, ended_by = :by
                       WHERE ticket_id = :ticket)
            UPDATE ticket SET status = 'closed', version = version + 1, resolved_at = :now,
                              closed_at = :now, next_escalation_at = NULL
            WHERE id = :ticket
            """
        ),
        {"now": now, "by": by.person, "ticket": ticket},
    )
    entry = Entry(row.community_id, ticket, row.epoch, Happened.CLOSED, now, by.person)
    await record(session, [entry])
    await rings.refresh(session, [ticket], now=now)
    wake(session, "console", community=str(row.community_id))
    return talk


async def _mine(session: Session, by: Actor, ticket: UUID) -> Talk:
    assert by.person is not None
    for talk in await talks(session, by.person):
        if talk.ticket == ticket:
            sides = (talk.resident, talk.worker)
            require(by, Permission.HANDOVER_TALK, At(talk.community, parties=sides))
            return talk
    raise UserError("handover-is-over", status=409)


async def _keep(
    session: Session, ticket: UUID, side: Side, text: str, *, now: datetime,
    picture: str | None = None,
) -> int:  # fmt: skip
    made = await session.execute(
        sql(
            """
            INSERT INTO handover_message (community_id, ticket_id, side, at, text, picture)
            SELECT community_id, id, :side, :now, :text, CAST(:picture AS text) FROM ticket
            WHERE id = :ticket RETURNING id
            """
        ),
        {"ticket": ticket, "side": side.value, "now": now, "text": seal_json(text, _TEXT),
         "picture": picture},
    )  # fmt: skip
    return int(made.scalar_one())
