"""What a step of a flow gets and returns. Its state lies in the conversation's row."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from core.act import Act
from core.actor import Actor
from core.card import Card
from core.db import Session
from core.i18n import Translator


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person gave in answer to a step: a choice's value, a text, or a picture's digest.

    With nothing at all, as after an interruption, a step asks its question again.
    """

    choice: str | None = None
    text: str | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a flow stands: its name, the step that waits for an answer, what is known so far.

    `under` is the flow, as stored, that was interrupted for this one and goes on after it.
    """

    flow: str
    step: str
    data: dict[str, Any]
    ref: str  # ties the buttons of a question to this run and step
    under: dict[str, Any] | None = None

    def stored(self) -> dict[str, Any]:
        """Return the JSON kept in the conversation's row."""
        kept = {"flow": self.flow, "step": self.step, "data": self.data, "ref": self.ref}
        return kept | ({"under": self.under} if self.under else {})


@dataclass(frozen=True, slots=True)
class Ask:
    """Show the card and wait for the answer at `standing`.

    `unread` says that what was given is none of its choices.
    """

    standing: Standing
    card: Card
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """The flow is over and did what it was for."""

    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Abort:
    """The flow is over without effect."""

    card: Card


Step = Ask | Done | Abort


@dataclass(frozen=True, slots=True)
class Turn:
    """What a step may use."""

    session: Session
    by: Actor
    t: Translator
    now: datetime


Continue = Callable[[Turn, Standing, Answer], Awaitable[Step]]


def unread(asked: Ask) -> Ask:
    """Ask again after something that was none of the choices."""
    return replace(asked, unread=True)


def ticket_of(standing: Standing) -> UUID:
    """Return the ticket that a flow is about."""
    return UUID(standing.data["ticket"])
