"""What a process does after a commit: cards, jobs outside, and the cards that come of those."""

from datetime import datetime
from pathlib import Path

from core.db import Database
from handlers.delivery import Channels, deliver_turn
from handlers.fetching import Hear, fetch


async def finish_turn(
    db: Database,
    turn: int,
    *,
    channels: Channels,
    hear: Hear | None,
    folder: Path,
    now: datetime,
    base_url: str = "",
) -> None:
    """Deliver and fetch at once what the worker would do some seconds later."""
    await deliver_turn(db, turn, channels=channels, now=now, base_url=base_url)
    await finish_jobs(
        db, channels=channels, hear=hear, folder=folder, now=now, turn=turn, base_url=base_url
    )


async def finish_jobs(
    db: Database,
    *,
    channels: Channels,
    hear: Hear | None,
    folder: Path,
    now: datetime,
    turn: int | None = None,
    base_url: str = "",
) -> int:
    """Do the jobs that are due, with a turn that turn's own; returns how many bore a result."""
    made = await fetch(db, channels=channels, hear=hear, folder=folder, now=now, turn=turn)
    for one in made:
        await deliver_turn(db, one, channels=channels, now=now, base_url=base_url)
    return len(made)
