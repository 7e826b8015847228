"""Channels that rest: after a fault of the whole channel nothing is sent there for a while."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.db import Session, sql
from services.permissions import At, Permission, require

FIRST_REST = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Pause:
    """Why and how long a channel rests."""

    channel: str
    reason: str
    since: datetime
    until: datetime


async def halt(
    session: Session, channel: str, reason: str, *, seconds: float, now: datetime
) -> bool:
    """Let a channel rest; True when operators are to be told, once per pause and reason.

    The first rest is half a minute; while the fault goes on each is as long as it has lasted, up to
    `seconds`. So a passing fault costs little and a lasting one few calls.
    """
    row = await session.execute(
        sql(
            """
            INSERT INTO channel_pause (channel, reason, since, until, told_at)
            VALUES (:channel, :reason, :now,
                    CAST(:now AS timestamptz)
                    + least(CAST(:first AS interval), CAST(:most AS interval)), NULL)
            ON CONFLICT (channel) DO UPDATE
            SET until = CAST(:now AS timestamptz)
                      + least(greatest(CAST(:first AS interval),
                                       CAST(:now AS timestamptz) - channel_pause.since),
                              CAST(:most AS interval)),
                reason = excluded.reason,
                told_at = CASE WHEN channel_pause.reason = excluded.reason
                               THEN channel_pause.told_at END
            RETURNING told_at
            """
        ),
        {
            "channel": channel, "reason": reason, "now": now, "first": FIRST_REST,
            "most": timedelta(seconds=seconds),
        },
    )  # fmt: skip
    if row.scalar_one() is not None:
        return False
    await session.execute(
        sql("UPDATE channel_pause SET told_at = :now WHERE channel = :channel"),
        {"channel": channel, "now": now},
    )
    return True


async def works(session: Session, channel: str) -> None:
    """Forget the pause of a channel that has just taken a message."""
    await session.execute(
        sql("DELETE FROM channel_pause WHERE channel = :channel"), {"channel": channel}
    )


async def resting(session: Session, *, now: datetime) -> Mapping[str, Pause]:
    """Map the channels that rest now to why."""
    rows = await session.execute(
        sql("SELECT channel, reason, since, until FROM channel_pause WHERE until > :now"),
        {"now": now},
    )
    return {row.channel: _pause(row) for row in rows}


async def listing(session: Session, by: Actor, *, community: UUID, now: datetime) -> list[Pause]:
    """List the channels that rest now, for whoever looks after what arrives."""
    require(by, Permission.DELIVERY_READ, At(community))
    return list((await resting(session, now=now)).values())


def _pause(row: Any) -> Pause:
    return Pause(row.channel, row.reason, row.since, row.until)
