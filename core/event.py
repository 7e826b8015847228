"""What comes in: everything becomes one event, handled once, in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


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
    """A person clicked a button that carries this token."""

    token: str


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
