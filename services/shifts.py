"""A shift's beginning: the notice before it, 我在岗, and word to the others when nobody says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.db import Session, sql
from models import Duty, Part
from services import duty
from services.actors import names
from services.tickets import rings

CONFIRM_WITHIN = timedelta(minutes=15)
BATCH = 100
_FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's shift, as people are told of it; `others` are who must step in."""

    id: UUID
    community: UUID
    grid_id: UUID
    grid: str
    person: UUID
    name: str
    duty: Duty
    starts_at: datetime
    ends_at: datetime
    others: tuple[UUID, ...] = ()


async def confirm(session: Session, by: Actor, *, now: datetime) -> list[str]:
    """Be on duty as `duty.confirm`; what nobody has taken in these grids rings here too."""
    grids = await duty.confirm(session, by, now=now)
    rows = await session.execute(
        sql(
            """
            SELECT DISTINCT t.id FROM shift s
            JOIN ticket t ON t.grid_id = s.grid_id AND t.status = 'open' AND t.chain <> '[]'
            WHERE s.person_id = :person AND s.starts_at <= :now AND s.ends_at > :now
              AND s.left_at IS NULL AND NOT EXISTS (
                  SELECT 1 FROM ticket_card c
                  WHERE c.ticket_id = t.id AND c.person_id = s.person_id)
            """
        ),
        {"person": by.person, "now": now},
    )
    assert by.person is not None  # duty.confirm has found their shift
    waiting = [rings.Listener(ticket, by.person, Part.WORKER) for ticket in rows.scalars()]
    await rings.ring(session, waiting, now=now)
    return grids


async def beginning(session: Session, *, now: datetime) -> list[Turn]:
    """Take the shifts that begin soon and that nobody was told of yet."""
    return await _taken(
        session, "noticed_at", "s.starts_at <= :soon AND s.starts_at > :late", now=now
    )


async def missed(session: Session, *, now: datetime) -> list[Turn]:
    """Take the running shifts that nobody confirmed in time, each with who must step in."""
    turns = await _taken(session, "missed_at", "s.starts_at <= :late AND s.ends_at > :now", now=now)
    posts = await duty.on_duty(session, {one.grid_id for one in turns}, now=now)
    operators = await _operators(session, [one.community for one in turns])
    return [
        Turn(
            one.id, one.community, one.grid_id, one.grid, one.person, one.name, one.duty,
            one.starts_at, one.ends_at, tuple(dict.fromkeys((
                *posts.get(one.grid_id, {}).get("backup", ()),
                *posts.get(one.grid_id, {}).get("lead", ()), *operators.get(one.community, ()),
            ))),
        )
        for one in turns
    ]  # fmt: skip


async def _taken(session: Session, mark: str, due: str, *, now: datetime) -> list[Turn]:
    """Mark unconfirmed shifts (`mark` and `due` are literals of this module) and return them."""
    rows = await session.execute(
        sql(
            f"""
            WITH due AS MATERIALIZED (
                SELECT s.id FROM shift s
                WHERE s.{mark} IS NULL AND s.confirmed_at IS NULL AND s.ends_at > s.starts_at
                  AND s.starts_at > :forgotten AND {due}
                ORDER BY s.starts_at LIMIT {BATCH} FOR UPDATE SKIP LOCKED)
            UPDATE shift s SET {mark} = :now FROM due, grid g
            WHERE s.id = due.id AND g.id = s.grid_id
            RETURNING s.id, s.community_id, s.grid_id, g.name AS grid, s.person_id, s.duty,
                      s.starts_at, s.ends_at
            """  # noqa: S608  (literals of this module)
        ),
        {
            "now": now, "soon": now + duty.EARLY, "late": now - CONFIRM_WITHIN,
            "forgotten": now - _FORGOTTEN,
        },
    )  # fmt: skip
    found = rows.all()
    called = await names(session, [row.person_id for row in found])
    return [turn(row, called[row.person_id]) for row in found]


def turn(row: Any, name: str) -> Turn:
    """Make a turn of a row of shift with its grid's name."""
    return Turn(
        row.id, row.community_id, row.grid_id, row.grid, row.person_id, name, Duty(row.duty),
        row.starts_at, row.ends_at,
    )  # fmt: skip


async def _operators(session: Session, communities: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    rows = await session.execute(
        sql(
            """
            SELECT community_id, array_agg(DISTINCT person_id) AS people FROM membership
            WHERE role = 'operator' AND community_id = ANY(CAST(:communities AS uuid[]))
            GROUP BY community_id
            """
        ),
        {"communities": list(communities)},
    )
    return {row.community_id: row.people for row in rows}
