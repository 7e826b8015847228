"""The demo's duty rota: somebody is on duty whenever the demo is started."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from core.clock import local
from core.db import Session, sql
from models import Shift
from ops.seed.rows import Rows

_LENGTH = timedelta(days=14)
_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody's duty in a grid: worker, backup or lead."""

    grid: UUID
    person: UUID
    duty: str


def midnight(now: datetime) -> datetime:
    """Return the community's last midnight, in UTC."""
    return local(now).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def write(rows: Rows, posts: Sequence[Post], community: UUID, *, now: datetime) -> None:
    """Begin a confirmed shift for each post at the last midnight."""
    starts = midnight(now)
    for post in posts:
        rows.make(
            Shift, community_id=community, grid_id=post.grid, person_id=post.person,
            duty=post.duty, starts_at=starts, ends_at=starts + _LENGTH, confirmed_at=starts,
            left_at=None,
        )  # fmt: skip


async def keep_up(session: Session, rows: Rows, community: UUID, *, now: datetime) -> None:
    """Prolong what ends soon, begin anew what has ended, and call back who went off duty."""
    ended: list[Post] = []
    for row in await _newest(session, community):
        if row.ends_at <= now:
            ended.append(Post(row.grid_id, row.person_id, row.duty))
        elif row.ends_at < now + _SOON or row.left_at is not None:
            await session.execute(
                sql(
                    """
                    UPDATE shift SET left_at = NULL, ends_at = GREATEST(ends_at, :ends)
                    WHERE id = :id
                    """
                ),
                {"id": row.id, "ends": midnight(now) + _LENGTH},
            )
    write(rows, ended, community, now=now)


async def _newest(session: Session, community: UUID) -> Sequence[Any]:
    """Read the newest shift of each post that the seed made: its people are as old as the elder."""
    found = await session.execute(
        sql(
            """
            SELECT DISTINCT ON (s.grid_id, s.person_id, s.duty)
                   s.id, s.grid_id, s.person_id, s.duty, s.ends_at, s.left_at
            FROM shift s JOIN person p ON p.id = s.person_id
            WHERE s.community_id = :community AND p.created_at = (
                SELECT e.created_at FROM demo_persona d JOIN person e ON e.id = d.person_id
                WHERE d.persona = 'elder')
            ORDER BY s.grid_id, s.person_id, s.duty, s.starts_at DESC
            """
        ),
        {"community": community},
    )
    return found.all()
