"""What the background process stands on, wired in one place."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from core.bus import RedisBus
from core.clock import utcnow
from core.db import Database
from core.ports import Local, Vendor
from core.settings import Settings
from handlers.fetching import Hear
from handlers.sights import See
from services.readiness import beat

BEAT_S = 3.0
STALE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Stack:
    """Settings, database, wake-ups and channels of this process."""

    settings: Settings
    db: Database
    bus: RedisBus
    channels: dict[str, Local | Vendor]
    hear: Hear | None = None
    see: See | None = None

    async def beat(self, name: str) -> None:
        """Say once that a part works."""
        await self.db.run(lambda session: beat(session, name, now=utcnow()))

    async def keep_beating(self, name: str) -> NoReturn:
        """Say every three seconds that a part works."""
        while True:
            await self.beat(name)
            await asyncio.sleep(BEAT_S)
