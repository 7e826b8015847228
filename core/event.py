"""What comes in: everything becomes one event, handled once, in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

NOBODY = UUID(int=0)
# What was sent and can't be used; said by the words `strange-<kind>`.
StrangeKind = Literal[
    "sticker", "voice", "video", "file", "link", "other", "unheard", "unfetched",
    "picture-unreadable", "picture-too-big",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something a person did in a channel; (channel, account, message_id) is the dedupe key."""

    channel: str
    person: UUID
    message_id: str
    digest: bytes
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Event):
    """A person wrote something."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicked(Event):
    """A person clicked a button that carries this token.

    `receipt` is what the vendor sent along to edit the clicked card by.
    """

    token: str
    receipt: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Located(Event):
    """A person sent a place, with the datum of its source kept."""

    lat: float
    lon: float
    datum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured(Event):
    """A person sent a picture: re-encoded JPEG, metadata stripped, not yet stored."""

    jpeg: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(Event):
    """A person followed, scanned our code or pressed /start; `scene` is what the code carried."""

    scene: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Event):
    """A person unfollowed or blocked us; nothing is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consented(Event):
    """A person allowed or refused one notice of a template; nothing is answered."""

    template: str
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached(Event):
    """A person sent a picture or a voice message; `ref` is how the vendor gives it out."""

    kind: Literal["picture", "voice"]
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GaveNumber(Event):
    """A person shared a telephone number; `own` when the vendor vouches that it is theirs."""

    phone: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised(Event):
    """A vendor told which of its users an account is; the same in all of its channels."""

    union: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited(Event):
    """Vendors gave out addresses by which a person's other account can be joined, by channel."""

    links: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strange(Event):
    """Something we can't use: a sticker, a video, a picture that could not be fetched or read.

    It is answered politely.
    """

    kind: StrangeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One thing that a vendor told us about an account; whose it is, the database knows.

    `event.person` is NOBODY till then. `contact` is what it means for the vendor's message window.
    `union` joins the accounts of one WeChat user. `receipt` lets the clicked card be edited.
    """

    account: str
    event: Event
    contact: Literal["message", "action", "none"] = "message"
    union: str | None = None
    receipt: dict[str, Any] | None = None
    lang: str | None = None
