"""换班: a colleague is asked to take a shift, and takes it or not, before it begins."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.clock import local
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from services import duty
from services.actors import names
from services.permissions import At, Permission, reach, require
from services.shifts import Turn, turn

AHEAD = timedelta(days=14)
_SHIFT = """
    SELECT s.id, s.community_id, s.grid_id, g.name AS grid, s.person_id, s.duty, s.starts_at,
           s.ends_at
    FROM shift s JOIN grid g ON g.id = s.grid_id
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """How a question for a shift ended; `operators` are who keep the rota."""

    shift: Turn
    asker: UUID
    colleague: str
    accepted: bool
    operators: tuple[UUID, ...]


async def mine(session: Session, by: Actor, *, now: datetime, running: bool = False) -> list[Turn]:
    """List the own shifts of the next fourteen days; with `running`, also those that have begun."""
    reach(by, Permission.DUTY_TAKE)
    rows = await session.execute(
        sql(
            _SHIFT
            + """
            WHERE s.person_id = :person AND s.starts_at <= :ahead AND s.ends_at > s.starts_at
              AND CASE WHEN :running THEN s.ends_at ELSE s.starts_at END > :now
            ORDER BY s.starts_at, g.number LIMIT 30
            """
        ),
        {"person": by.person, "now": now, "ahead": now + AHEAD, "running": running},
    )
    return [turn(row, by.name) for row in rows]


async def colleagues(
    session: Session, by: Actor, *, shift: UUID, now: datetime
) -> list[tuple[UUID, str]]:
    """List who could take a shift: workers of its grid, free then, and reachable at any time."""
    row = await _own(session, by, shift, now=now)
    rows = await session.execute(
        sql(
            """
            SELECT DISTINCT p.id, p.name FROM membership m JOIN person p ON p.id = m.person_id
            WHERE m.role = 'worker' AND m.scope_kind = 'grid' AND m.scope_id = :grid
              AND p.id <> :person
            """
        ),
        {"grid": row.grid_id, "person": by.person},
    )
    people = [(one.id, str(open_json(one.name, "person.name"))) for one in rows]
    free = [one for one in people if not await _busy(session, row, one[0])]
    return sorted(free, key=lambda one: one[1])


async def ask(session: Session, by: Actor, *, shift: UUID, of: UUID, now: datetime) -> UUID:
    """Ask a colleague for a shift of one's own; returns the question.

    Raises UserError `swap-asked-already` while another colleague thinks about it.
    """
    row = await _own(session, by, shift, now=now)
    if (refusal := await _busy(session, row, of)) is not None:
        raise refusal
    swap = uuid7()
    made = await session.execute(
        sql(
            """
            INSERT INTO swap (id, community_id, shift_id, asked_by, asked_of, asked_at)
            VALUES (:id, :community, :shift, :by, :of, :now)
            ON CONFLICT (shift_id) WHERE answered_at IS NULL DO NOTHING RETURNING 1
            """
        ),
        {
            "id": swap, "community": row.community_id, "shift": shift, "by": by.person, "of": of,
            "now": now,
        },
    )  # fmt: skip
    if made.scalar_one_or_none() is None:
        raise UserError("swap-asked-already", status=409)
    return swap


async def answer(
    session: Session, by: Actor, *, swap: UUID, accepted: bool, now: datetime
) -> Answered:
    """Take the shift or not; whoever takes it must confirm it like any other of theirs.

    Raises UserError `swap-is-over` for a question answered before, or a shift that has begun.
    """
    asked = (
        await session.execute(
            sql(
                "SELECT shift_id, asked_by, asked_of, answered_at FROM swap WHERE id = :id FOR UPDATE"
            ),
            {"id": swap},
        )
    ).one_or_none()
    if asked is None or asked.answered_at is not None or asked.asked_of != by.person:
        raise UserError("swap-is-over", status=409)
    row = await _locked(session, asked.shift_id)
    require(by, Permission.DUTY_TAKE, At(row.community_id, row.grid_id))
    if accepted:
        if row.person_id != asked.asked_by or row.starts_at <= now:
            raise UserError("swap-is-over", status=409)
        if (refusal := await _busy(session, row, asked.asked_of)) is not None:
            raise refusal
        await _give(session, row.id, asked.asked_of)
    await session.execute(
        sql("UPDATE swap SET answered_at = :now, accepted = :accepted WHERE id = :id"),
        {"id": swap, "now": now, "accepted": accepted},
    )
    operators = await session.execute(
        sql(
            """
            SELECT DISTINCT person_id FROM membership
            WHERE role = 'operator' AND community_id = :community ORDER BY person_id
            """
        ),
        {"community": row.community_id},
    )
    called = await names(session, [asked.asked_by])
    shift = turn(row, called[asked.asked_by])
    return Answered(shift, asked.asked_by, by.name, accepted, tuple(operators.scalars()))


async def _give(session: Session, shift: UUID, to: UUID) -> None:
    await session.execute(
        sql(
            """
            UPDATE shift SET person_id = :to, confirmed_at = NULL, left_at = NULL,
                             noticed_at = NULL, missed_at = NULL
            WHERE id = :shift
            """
        ),
        {"shift": shift, "to": to},
    )


async def _own(session: Session, by: Actor, shift: UUID, *, now: datetime) -> Any:
    row = await _locked(session, shift)
    require(by, Permission.DUTY_TAKE, At(row.community_id, row.grid_id))
    if row.person_id != by.person or row.starts_at <= now:
        raise UserError("swap-not-yours", status=409)
    return row


async def _locked(session: Session, shift: UUID) -> Any:
    rows = await session.execute(
        sql(_SHIFT + "WHERE s.id = :shift FOR UPDATE OF s"), {"shift": shift}
    )
    row = rows.one_or_none()
    if row is None:
        raise UserError("swap-not-yours", status=409)
    return row


async def _busy(session: Session, row: Any, person: UUID) -> UserError | None:
    """Say why somebody can't take a shift, or None."""
    found = (
        await session.execute(
            sql(
                """
                SELECT EXISTS (SELECT 1 FROM shift o WHERE o.person_id = :person AND o.id <> :shift
                               AND o.starts_at < :ends AND o.ends_at > :starts
                               AND o.ends_at > o.starts_at) AS overlaps,
                       EXISTS (SELECT 1 FROM day_off f WHERE f.person_id = :person
                               AND f.community_id = :community AND f.day = :day) AS rests,
                       EXISTS (SELECT 1 FROM channel_account a WHERE a.person_id = :person
                               AND a.reachable AND a.channel = ANY(CAST(:ways AS text[]))) AS heard,
                       EXISTS (SELECT 1 FROM membership m WHERE m.person_id = :person
                               AND m.role = 'worker' AND m.scope_id = :grid) AS works_here
                """
            ),
            {
                "person": person, "shift": row.id, "starts": row.starts_at, "ends": row.ends_at,
                "community": row.community_id, "day": local(row.starts_at).date(),
                "ways": list(duty.ALWAYS_OPEN), "grid": row.grid_id,
            },
        )
    ).one()  # fmt: skip
    if not found.works_here:
        return UserError("worker-not-of-grid", status=422)
    if found.overlaps or found.rests:
        return UserError("swap-not-free", status=409)
    return None if found.heard else UserError("transfer-unreachable", status=409)
