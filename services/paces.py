"""How fast we may send: every send is marked, so a limit holds in any stretch of its seconds.

The marks stand in PostgreSQL: WeChat Work drops the excess in silence, so losing count would lose
alarms. A bucket is locked while it is read, over all processes.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.db import Session, sql
from core.ports import Pace

_KEPT_FOR_LIFE = 5  # a fifth
# The vendor counts when a call arrives, and calls do not all travel equally fast.
_JITTER = timedelta(seconds=0.25)


async def take(
    session: Session, paces: Sequence[Pace], *, now: datetime, life: bool = False
) -> float:
    """Count one send against all of these limits, or none of them.

    Returns 0 when it may go out, else the seconds to wait. What is not for a life leaves the last
    fifth of each limit alone.
    """
    wait = 0.0
    for pace in sorted(paces, key=lambda one: (one.bucket, one.seconds)):
        await session.execute(
            sql("SELECT pg_advisory_xact_lock(hashtext(:bucket))"), {"bucket": pace.bucket}
        )
        allowed = pace.count if life else max(1, pace.count - pace.count // _KEPT_FOR_LIFE)
        wait = max(wait, await _wait(session, pace, allowed, now=now))
    if wait == 0.0:
        for bucket in {pace.bucket for pace in paces}:
            await session.execute(
                sql("INSERT INTO pace_mark (bucket, at) VALUES (:bucket, :now)"),
                {"bucket": bucket, "now": now},
            )
    return wait


async def hold(session: Session, paces: Sequence[Pace], *, until: datetime) -> None:
    """Let nothing more out before then against the tightest of these limits: the vendor said so."""
    tightest = min(paces, key=lambda one: one.count / one.seconds)
    await session.execute(
        sql(
            """
            INSERT INTO pace_mark (bucket, at)
            SELECT :bucket, CAST(:at AS timestamptz) FROM generate_series(1, :count)
            """
        ),
        {
            "bucket": tightest.bucket, "count": tightest.count,
            "at": until - timedelta(seconds=tightest.seconds),
        },
    )  # fmt: skip


async def _wait(session: Session, pace: Pace, allowed: int, *, now: datetime) -> float:
    """Find when the send that is `allowed` back falls out of the stretch."""
    row = await session.execute(
        sql(
            """
            SELECT at FROM pace_mark WHERE bucket = :bucket AND at > :since
            ORDER BY at DESC OFFSET :allowed - 1 LIMIT 1
            """
        ),
        {
            "bucket": pace.bucket,
            "since": now - timedelta(seconds=pace.seconds) - _JITTER,
            "allowed": allowed,
        },
    )
    oldest: datetime | None = row.scalar_one_or_none()
    if oldest is None:
        return 0.0
    free = oldest + timedelta(seconds=pace.seconds) + _JITTER
    return max(0.05, (free - now).total_seconds())
