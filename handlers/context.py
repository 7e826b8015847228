"""What a handler gets."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.db import Session
from core.i18n import Translator
from flows.base import Standing, Turn
from services.language import Understanding


@dataclass(frozen=True, slots=True)
class Context:
    """One turn of one person in one channel, inside its transaction."""

    session: Session
    by: Actor
    person: UUID
    channel: str
    conversation: UUID
    standing: Standing | None
    t: Translator
    now: datetime
    media: Path
    text: str = ""  # what was said, word for word
    slots: dict[str, Any] = field(default_factory=dict)
    understood: Understanding | None = None
    misses: int = 0  # turns in a row that were not understood
    talking: bool = False  # a talk with a worker goes on
    card: bytes | None = None  # what a number answers in a vendor's channel, sealed

    def turn(self) -> Turn:
        """Narrow to what flows may use."""
        return Turn(self.session, self.by, self.t, self.now)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A click after its token was looked up; `object_id` is a ticket where there is one."""

    action: str
    object_id: UUID | None
    args: dict[str, Any]
