"""演练: alarms of the named devices are practice and say so; whatever else alarms is real.

Elders and relatives are left out unless the drill says otherwise. At its end nothing of it stays:
what has recovered is closed, and what still alarms is rung again, for real.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.db import Session, sql, wake
from core.errors import UserError
from core.ids import uuid7
from models import Happened
from services.permissions import At, Permission, require
from services.tickets import rings
from services.tickets.answer import reopen
from services.tickets.events import Entry, record

LONGEST = timedelta(hours=4)
MOST = 50


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill that runs, and the devices that take part."""

    id: UUID
    begins_at: datetime
    ends_at: datetime
    households: bool
    devices: tuple[UUID, ...]


async def begin(
    session: Session,
    by: Actor,
    community: UUID,
    *,
    devices: Sequence[UUID],
    lasts: timedelta,
    households: bool,
    now: datetime,
) -> UUID:
    """Begin a drill; a ticket that is live already stays real.

    Raises UserError `drill-devices` for none, too many or one that is not the community's,
    `drill-span`, `drill-runs` while another one does.
    """
    require(by, Permission.DRILLS_RUN, At(community))
    if not timedelta(0) < lasts <= LONGEST:
        raise UserError("drill-span", hours=LONGEST // timedelta(hours=1))
    known = await session.execute(
        sql(
            """
            SELECT id FROM device WHERE community_id = :community AND removed_at IS NULL
              AND id = ANY(CAST(:devices AS uuid[]))
            """
        ),
        {"community": community, "devices": list(devices)},
    )
    wanted = set(devices)
    if not 0 < len(wanted) <= MOST or set(known.scalars()) != wanted:
        raise UserError("drill-devices", status=404, most=MOST)
    made = await session.execute(
        sql(
            """
            INSERT INTO drill (id, community_id, begun_by, households, begins_at, ends_at)
            VALUES (:id, :community, :by, :households, :now, :ends)
            ON CONFLICT (community_id) WHERE ended_at IS NULL DO NOTHING RETURNING id
            """
        ),
        {
            "id": uuid7(), "community": community, "by": by.person, "households": households,
            "now": now, "ends": now + lasts,
        },
    )  # fmt: skip
    drill = made.scalar_one_or_none()
    if drill is None:
        raise UserError("drill-runs", status=409)
    await session.execute(
        sql(
            """
            INSERT INTO drill_device (drill_id, device_id, community_id)
            SELECT :drill, unnest(CAST(:devices AS uuid[])), :community
            """
        ),
        {"drill": drill, "devices": sorted(wanted), "community": community},
    )
    return UUID(str(drill))


async def running(session: Session, by: Actor, community: UUID) -> Drill | None:
    """Find the community's drill."""
    require(by, Permission.TICKETS_READ, At(community))
    rows = await session.execute(
        sql(
            """
            SELECT id, begins_at, ends_at, households,
                   ARRAY(SELECT device_id FROM drill_device WHERE drill_id = drill.id
                         ORDER BY device_id) AS devices
            FROM drill WHERE community_id = :community AND ended_at IS NULL
            """
        ),
        {"community": community},
    )
    row = rows.one_or_none()
    if row is None:
        return None
    return Drill(row.id, row.begins_at, row.ends_at, row.households, tuple(row.devices))


async def end(session: Session, by: Actor, community: UUID, *, now: datetime) -> bool:
    """End the community's drill; False where none runs."""
    require(by, Permission.DRILLS_RUN, At(community))
    rows = await session.execute(
        sql(
            """
            SELECT id FROM drill WHERE community_id = :community AND ended_at IS NULL FOR UPDATE
            """
        ),
        {"community": community},
    )
    drill = rows.scalar_one_or_none()
    if drill is not None:
        await _over(session, drill, now=now)
    return drill is not None


async def sweep(session: Session, *, now: datetime) -> None:
    """End the drills whose time is over."""
    rows = await session.execute(
        sql(
            """
            SELECT id FROM drill WHERE ended_at IS NULL AND ends_at <= :now
            ORDER BY id FOR UPDATE SKIP LOCKED
            """
        ),
        {"now": now},
    )
    for drill in rows.scalars().all():
        await _over(session, drill, now=now)


async def _over(session: Session, drill: UUID, *, now: datetime) -> None:
    await session.execute(
        sql("UPDATE drill SET ended_at = :now WHERE id = :id"), {"now": now, "id": drill}
    )
    rows = await session.execute(
        sql(
            """
            SELECT id, community_id, epoch, recovered_at FROM ticket
            WHERE drill_id = :drill AND status <> 'closed' ORDER BY id FOR UPDATE
            """
        ),
        {"drill": drill},
    )
    for row in rows.all():
        await _ended(session, row, now=now)
        wake(session, "console", community=str(row.community_id))


async def _ended(session: Session, row: Any, *, now: datetime) -> None:
    """Close a ticket whose device has recovered; any other was perhaps never practice."""
    over = Entry(row.community_id, row.id, row.epoch, Happened.DRILL_OVER, now)
    if row.recovered_at is None:
        await record(session, [over])
        await session.execute(
            sql("UPDATE ticket SET drill_id = NULL WHERE id = :id"), {"id": row.id}
        )
        await reopen(session, row.id, now=now)
        return
    await session.execute(
        sql(
            """
            UPDATE ticket SET status = 'closed', closed_at = :now, next_escalation_at = NULL,
                              version = version + 1 WHERE id = :id
            """
        ),
        {"now": now, "id": row.id},
    )
    closed = Entry(row.community_id, row.id, row.epoch, Happened.CLOSED, now)
    await record(session, [over, closed])
    await rings.refresh(session, [row.id], now=now)
