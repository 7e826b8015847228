"""The rota: posts held every week become shifts; days off, and somebody set by hand for some hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import orjson

from core.actor import Actor, Role
from core.clock import local
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from models import Duty
from services.permissions import At, Permission, require
from services.rules.windows import Window
from services.workers import require_here

AHEAD_DAYS = 14
_STAFF = (Role.WORKER, Role.OPERATOR)
LONGEST = timedelta(hours=72)  # that somebody may be set for by hand


@dataclass(frozen=True, slots=True)
class Post:
    """Who holds which duty in a grid, on these days of the week, between these local times."""

    grid: UUID
    person: UUID
    duty: Duty
    days: Sequence[int]
    begins: time
    ends: time


async def add(session: Session, by: Actor, post: Post, *, community: UUID, now: datetime) -> UUID:
    """Let somebody hold a post from now on; the shifts of the next fourteen days are made."""
    require(by, Permission.DUTY_PLAN, At(community, post.grid))
    await require_here(session, community, post.person, post.grid, roles=_STAFF)
    if not post.days or not set(post.days) <= set(range(1, 8)):
        raise UserError("rota-days", status=422)
    rota = uuid7()
    await session.execute(
        sql(
            """
            INSERT INTO rota (id, community_id, grid_id, person_id, duty, days, begins, ends,
                              set_by, set_at)
            VALUES (:id, :community, :grid, :person, :duty, CAST(:days AS jsonb), :begins, :ends,
                    :by, :now)
            """
        ),
        {
            "id": rota, "community": community, "grid": post.grid, "person": post.person,
            "duty": post.duty.value, "days": orjson.dumps(sorted(set(post.days))).decode(),
            "begins": f"{post.begins:%H:%M}", "ends": f"{post.ends:%H:%M}", "by": by.person,
            "now": now,
        },
    )  # fmt: skip
    await make_shifts(session, now=now, only=rota)
    return rota


async def end(session: Session, by: Actor, rota: UUID, *, community: UUID, now: datetime) -> None:
    """End a post; its shifts that have not begun are called off, one that runs is finished."""
    require(by, Permission.DUTY_PLAN, At(community))
    ended = await session.execute(
        sql(
            """
            UPDATE rota SET ended_at = :now
            WHERE id = :rota AND community_id = :community AND ended_at IS NULL RETURNING 1
            """
        ),
        {"rota": rota, "community": community, "now": now},
    )
    if ended.scalar_one_or_none() is None:
        raise UserError("rota-unknown", status=404)
    await _call_off(session, "rota_id = :rota", now=now, rota=rota)


async def set_by_hand(
    session: Session, by: Actor, post: Post, *,
    community: UUID, starts_at: datetime, ends_at: datetime, now: datetime,
) -> UUID:  # fmt: skip
    """Set somebody for some hours, beside the rota; they are told and confirm as for any shift."""
    require(by, Permission.DUTY_PLAN, At(community, post.grid))
    await require_here(session, community, post.person, post.grid, roles=_STAFF)
    if not now < ends_at or not timedelta(0) < ends_at - starts_at <= LONGEST:
        raise UserError("shift-span", status=422, hours=LONGEST // timedelta(hours=1))
    shift = uuid7()
    made = await session.execute(
        sql(
            """
            INSERT INTO shift (id, community_id, grid_id, person_id, duty, starts_at, ends_at,
                               set_by)
            VALUES (:id, :community, :grid, :person, :duty, :starts, :ends, :by)
            ON CONFLICT (grid_id, person_id, starts_at) DO NOTHING RETURNING 1
            """
        ),
        {
            "id": shift, "community": community, "grid": post.grid, "person": post.person,
            "duty": post.duty.value, "starts": starts_at, "ends": ends_at, "by": by.person,
        },
    )  # fmt: skip
    if made.scalar_one_or_none() is None:
        raise UserError("shift-there-already", status=409)
    return shift


async def call_off(
    session: Session, by: Actor, shift: UUID, *, community: UUID, now: datetime
) -> None:
    """Call a shift off that has not begun, or end one that runs; its tickets are handed over."""
    require(by, Permission.DUTY_PLAN, At(community))
    changed = await session.execute(
        sql(
            """
            UPDATE shift SET ends_at = greatest(starts_at, CAST(:now AS timestamptz))
            WHERE id = :shift AND community_id = :community AND ends_at > :now RETURNING 1
            """
        ),
        {"shift": shift, "community": community, "now": now},
    )
    if changed.scalar_one_or_none() is None:
        raise UserError("rota-unknown", status=404)


async def rest(
    session: Session, by: Actor, person: UUID, day: date, *, community: UUID, now: datetime
) -> int:
    """Give somebody a whole day off (整天休息); returns how many shifts it leaves without anybody."""
    require(by, Permission.DUTY_PLAN, At(community))
    await require_here(session, community, person, None, roles=_STAFF)
    await session.execute(
        sql(
            """
            INSERT INTO day_off (community_id, person_id, day, set_by, set_at)
            VALUES (:community, :person, :day, :by, :now) ON CONFLICT DO NOTHING
            """
        ),
        {"community": community, "person": person, "day": day, "by": by.person, "now": now},
    )
    begins = local(now).replace(
        year=day.year, month=day.month, day=day.day, hour=0, minute=0, second=0, microsecond=0
    )
    return await _call_off(
        session,
        "community_id = :community AND person_id = :person AND starts_at >= :begins "
        "AND starts_at < :ends",
        now=now, community=community, person=person, begins=begins,
        ends=begins + timedelta(days=1),
    )  # fmt: skip


async def work_after_all(
    session: Session, by: Actor, person: UUID, day: date, *, community: UUID, now: datetime
) -> None:
    """Take a day off back; the shifts of that day stand again."""
    require(by, Permission.DUTY_PLAN, At(community))
    await require_here(session, community, person, None, roles=_STAFF)
    await session.execute(
        sql("DELETE FROM day_off WHERE community_id = :c AND person_id = :p AND day = :day"),
        {"c": community, "p": person, "day": day},
    )
    await make_shifts(session, now=now)


async def make_shifts(session: Session, *, now: datetime, only: UUID | None = None) -> int:
    """Make the shifts of the next fourteen days that the rota wants; made twice changes nothing."""
    one = "AND r.id = :only" if only is not None else ""
    rows = await session.execute(
        sql(
            f"""
            SELECT r.id, r.community_id, r.grid_id, r.person_id, r.duty, r.days, r.begins, r.ends,
                   ARRAY(SELECT f.day FROM day_off f WHERE f.community_id = r.community_id
                         AND f.person_id = r.person_id AND f.day >= :today) AS off
            FROM rota r WHERE r.ended_at IS NULL {one} ORDER BY r.id
            """  # noqa: S608  (a literal of this module)
        ),
        {"today": local(now).date()} | ({"only": only} if only is not None else {}),
    )
    wanted = [(row, *span) for row in rows for span in _spans(row, now)]
    if not wanted:
        return 0
    made = await session.execute(
        sql(
            """
            INSERT INTO shift (id, community_id, grid_id, person_id, duty, starts_at, ends_at,
                               rota_id)
            SELECT * FROM unnest(
                CAST(:ids AS uuid[]), CAST(:communities AS uuid[]), CAST(:grids AS uuid[]),
                CAST(:people AS uuid[]), CAST(:duties AS text[]), CAST(:starts AS timestamptz[]),
                CAST(:ends AS timestamptz[]), CAST(:rotas AS uuid[]))
            ON CONFLICT (rota_id, starts_at) WHERE rota_id IS NOT NULL DO UPDATE
            SET ends_at = excluded.ends_at
            WHERE shift.ends_at = shift.starts_at AND shift.starts_at > :now
              AND shift.person_id = excluded.person_id
            RETURNING 1
            """
        ),
        {
            "ids": [uuid7() for _ in wanted],
            "communities": [row.community_id for row, _, _ in wanted],
            "grids": [row.grid_id for row, _, _ in wanted],
            "people": [row.person_id for row, _, _ in wanted],
            "duties": [row.duty for row, _, _ in wanted],
            "starts": [starts for _, starts, _ in wanted],
            "ends": [ends for _, _, ends in wanted],
            "rotas": [row.id for row, _, _ in wanted],
            "now": now,
        },
    )
    return len(made.all())


def _spans(row: Any, now: datetime) -> list[tuple[datetime, datetime]]:
    window = Window.load({"days": row.days, "from": row.begins, "to": row.ends})
    today = local(now)
    days = [today + timedelta(days=ahead) for ahead in range(AHEAD_DAYS)]
    spans = [
        window.span(day)
        for day in days
        if day.isoweekday() in window.days and day.date() not in row.off
    ]
    return [(starts, ends) for starts, ends in spans if ends > now]


async def _call_off(session: Session, which: str, *, now: datetime, **values: Any) -> int:
    """Let shifts that have not begun (`which` is a literal of this module) end as they begin."""
    changed = await session.execute(
        sql(
            f"""
            UPDATE shift SET ends_at = starts_at, relieved_at = :now
            WHERE starts_at > :now AND ends_at > starts_at AND {which} RETURNING 1
            """  # noqa: S608  (literals of this module)
        ),
        values | {"now": now},
    )
    return len(changed.all())
