"""Getting what cameras saw from their recorder, outside of any transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from core.db import Database
from core.errors import Ambiguous, Permanent, Retryable, UserError
from core.log import logger
from core.picture import clean_jpeg
from services import snapshots
from services.snapshots import Wanted

See = Callable[[str], Awaitable[bytes]]


async def fetch(db: Database, see: See, folder: Path, *, now: datetime) -> int:
    """Fetch the pictures that are due, side by side; returns how many were asked for."""
    wanted = await db.run(lambda session: snapshots.claim(session, now=now))
    await asyncio.gather(*(_one(db, see, folder, one, now=now) for one in wanted))
    return len(wanted)


async def _one(db: Database, see: See, folder: Path, wanted: Wanted, *, now: datetime) -> None:
    try:
        jpeg = await asyncio.to_thread(clean_jpeg, await see(wanted.event))
    except (Retryable, Ambiguous, Permanent, UserError) as error:
        logger().warning("snapshot.failed", attempts=wanted.attempts, reason=str(error))
        await db.run(lambda session: snapshots.failed(session, wanted, now=now))
        return
    await db.run(lambda session: snapshots.keep(session, folder, wanted, jpeg, now=now))
