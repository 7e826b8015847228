"""A process that sweeps as the worker's clock does, at the time that a file tells."""

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path

from core.crypto import use_keyring
from core.db import Database
from core.settings import Settings
from services.tickets import escalation, watch

REST_S = 0.005


def read(clock: Path) -> datetime:
    """Read what time it is."""
    return datetime.fromisoformat(clock.read_text("utf-8"))


async def run(clock: Path) -> None:
    """Sweep for ever; what is due at the file's time, and nothing else."""
    settings = Settings()
    use_keyring(settings.keyring)
    db = Database(settings.database_url)
    while True:
        now = await asyncio.to_thread(read, clock)
        done = await db.run(lambda s, now=now: escalation.sweep(s, now=now))  # type: ignore[misc]
        done += await db.run(lambda s, now=now: watch.sweep(s, now=now))  # type: ignore[misc]
        if not done:
            await asyncio.sleep(REST_S)


if __name__ == "__main__":
    os.nice(5)
    asyncio.run(run(Path(sys.argv[1])))
