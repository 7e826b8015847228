"""What handlers ask for: acts become outbox rows in the same transaction."""

from dataclasses import dataclass
from uuid import UUID

from core.card import Card


@dataclass(frozen=True, slots=True)
class Reply:
    """Show a card to the person whose event is handled.

    `person` is who that has turned out to be, when their account was joined to somebody's.
    """

    card: Card
    person: UUID | None = None


@dataclass(frozen=True, slots=True)
class Refresh:
    """Answer with the newest version of the ticket's own card; its row is already enqueued."""

    ticket: UUID


@dataclass(frozen=True, slots=True)
class Fetch:
    """Get something from outside after the commit; the result comes back as an event.

    `kind` is `picture` or `voice`, and `ref` what the channel's vendor gives it out by; or it is
    `union`, who the person is at the vendor, or `invite`, addresses that carry the scene `ref`.
    """

    kind: str
    ref: str = ""


Act = Reply | Refresh | Fetch
