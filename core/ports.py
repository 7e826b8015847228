"""What the inner layers need from outside, as Protocols wired in `bot` and `worker`."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

from core.card import Card


@dataclass(frozen=True, slots=True)
class Wake:
    """A hint that something changed: lost ones cost a poll, never a message."""

    topic: str
    data: dict[str, Any]


class Bus(Protocol):
    """Wake-ups between processes; no promise of delivery."""

    async def publish(self, wakes: list[Wake]) -> None:
        """Send the hints; swallow a lost connection after logging it."""

    def listen(self, *topics: str) -> AsyncIterator[Wake]:
        """Yield hints of these topics; reconnects by itself; never ends."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One card for one person: a new message that rings, or an edit of the one they have."""

    person: UUID
    op: Literal["message", "update"]
    card: Card
    turn: int | None


class Mailbox(Protocol):
    """Where the web chat's items are kept, inside the caller's transaction."""

    async def put(self, delivery: Delivery) -> int:
        """Append an item, return its id: greater than all that the recipient has."""


class Channel(Protocol):
    """A way to a person."""

    name: str

    async def show(self, delivery: Delivery, mailbox: Mailbox) -> None:
        """Send or edit; raises Retryable, Permanent or Ambiguous."""
