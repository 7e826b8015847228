"""What a process does for a turn after its commit: its cards, what it fetches, the cards of that."""

from datetime import datetime
from pathlib import Path

from core.db import Database
from handlers.delivery import Channels, deliver_turn
from handlers.fetching import Hear, fetch_turn


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
    for made in await fetch_turn(
        db, turn, channels=channels, hear=hear, folder=folder, now=now
    ):  # fmt: skip
        await deliver_turn(db, made, channels=channels, now=now, base_url=base_url)
