"""What the HTTP process stands on, wired in one place."""

from dataclasses import dataclass
from pathlib import Path

from core.bus import RedisBus
from core.db import Database
from core.ports import Local, Vendor
from core.settings import Settings
from handlers.fetching import Hear


@dataclass(frozen=True, slots=True)
class Stack:
    """Settings, database, wake-ups and channels of this process."""

    settings: Settings
    db: Database
    bus: RedisBus
    channels: dict[str, Local | Vendor]
    hear: Hear | None = None

    def vendor(self, name: str) -> Vendor | None:
        """Return a vendor's channel, None when it is not configured."""
        found = self.channels.get(name)
        return None if isinstance(found, Local) else found

    @property
    def media(self) -> Path:
        """Where pictures are kept."""
        return self.settings.home / "media"
