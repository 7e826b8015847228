"""What the inner layers need from outside, as Protocols wired in `bot` and `worker`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable
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


@runtime_checkable
class Local(Channel, Protocol):
    """A channel that lives in our own database: showing a card is part of a transaction."""

    async def show(self, delivery: Delivery, mailbox: Mailbox) -> None:
        """Send or edit."""


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `count` sends of a bucket in any `seconds`; the last fifth is kept for life."""

    bucket: str
    count: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Window:
    """How many messages a vendor lets us send within `seconds` after a person did something."""

    count: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One card on its way to a vendor.

    `to` is the vendor's id of the person. `reference` is the same over all tries of this message,
    `[0-9A-Za-z_-]{1,64}`. `notice` means that no message window is open and only a template may
    be used. `link` opens the card in the web chat, once.
    """

    to: str
    card: Card
    lang: str
    reference: str
    notice: bool = False
    link: str = ""


Receipt = dict[str, Any]  # what a vendor wants to see again when the message is edited


class Vendor(Channel, Protocol):
    """A channel behind a vendor's HTTP interface: never called inside a transaction.

    `edits`: a sent card can be changed; otherwise what changed is sent as a new message.
    `abroad`: data leaves the country, so cards carry no names and nothing about health.
    `idempotent`: sending the same `reference` twice shows one message.
    `windows`: what may be sent after a contact of this kind; empty where there is no limit.
    `consent_template`: the template for notices when each needs a consent; empty when none does.
    """

    edits: bool
    abroad: bool
    idempotent: bool
    windows: Mapping[str, Window]
    consent_template: str

    def paces(self, to: str) -> Sequence[Pace]:
        """List the limits that a message to this account counts against."""

    async def send(self, message: Outgoing) -> Receipt:
        """Send a card as a new message.

        Raises Retryable, Permanent, Unreachable, Halted or Ambiguous.
        """

    async def edit(self, message: Outgoing, receipts: Sequence[Receipt]) -> Receipt | None:
        """Change a sent card, by the newest usable receipt; None when no receipt serves.

        The caller then sends a new one. Returns the receipt for the next edit, which may be empty.
        """

    async def media(self, ref: str) -> bytes:
        """Fetch what a person sent; at most 10 MB, else Permanent."""

    async def aclose(self) -> None:
        """Give the connections back."""


@runtime_checkable
class Knowing(Protocol):
    """A vendor that knows its users over all of its channels."""

    async def profile(self, account: str) -> str | None:
        """Return the user's id there; None when it tells none. Raises as `send` does."""


@runtime_checkable
class Inviting(Protocol):
    """A vendor that makes an address (a link, a picture of a QR code) which carries a scene."""

    async def invitation(self, scene: str) -> str:
        """Return the address; whoever opens it joins with this scene. Raises as `send` does."""


class Tokens(Protocol):
    """Vendors' access tokens, shared by all processes; only one of them refreshes."""

    async def token(
        self, name: str, fetch: Callable[[], Awaitable[tuple[str, int]]], *, stale: str = ""
    ) -> str:
        """Return a token that is not `stale`; `fetch` gets a new one and its seconds of life."""
