"""Links that a card carries out of our pages: whole addresses, with a key where one must log in."""

import base64
import binascii
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import orjson

from core.card import Action, Card
from core.crypto import SealBrokenError, keyring
from core.db import Session
from core.errors import UserError
from services import login

KEY_LIFE = timedelta(days=3)
_KEY = "link.key"
FIELD = "/field"  # the worker's map, and below it what is known of one ticket
_PRIVATE = ("/api/chat/pictures/", FIELD)  # what is shown to one person alone


def outside(card: Card, person: UUID, base_url: str, *, now: datetime) -> Card:
    """Make a card's own links work in a vendor's app, where nobody is logged in to us."""
    if not base_url or not any((one.url or "").startswith("/") for one in card.actions):
        return card
    return replace(card, actions=tuple(_whole(one, person, base_url, now) for one in card.actions))


def _whole(action: Action, person: UUID, base_url: str, now: datetime) -> Action:
    path = action.url or ""
    if not path.startswith("/"):
        return action
    query = f"?key={key(person, path, now=now)}" if path.startswith(_PRIVATE) else ""
    return replace(action, url=base_url.rstrip("/") + path + query)


def key(person: UUID, path: str, *, now: datetime, life: timedelta = KEY_LIFE) -> str:
    """Make what opens one address for one person, for three days if nothing else is said."""
    until = int((now + life).timestamp())
    sealed = keyring().seal(orjson.dumps([str(person), path, until]), _KEY)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def holder(given: str, path: str, *, now: datetime) -> UUID:
    """Tell whose key it is; raises UserError `login-needed` (401) for any that opens nothing here."""
    try:
        sealed = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
        person, opens, until = orjson.loads(keyring().open(sealed, _KEY))
    except (binascii.Error, ValueError, SealBrokenError):
        raise UserError("login-needed", status=401) from None
    if opens != path or until < now.timestamp():
        raise UserError("login-needed", status=401)
    return UUID(person)


def signed(card: Card, person: UUID, *, now: datetime) -> Card:
    """Put the key into links of a card that is shown in our own chat: those pages ask for it."""
    return replace(
        card,
        actions=tuple(
            replace(one, url=f"{one.url}?key={key(person, one.url, now=now)}")
            if (one.url or "").startswith(FIELD) and one.url is not None
            else one
            for one in card.actions
        ),
    )


async def into_chat(
    session: Session, person: UUID, base_url: str, *, ticket: UUID, now: datetime
) -> str:
    """Make a link that opens the web chat once, with the card of a ticket."""
    invited = await login.invite(session, person, now=now)
    return f"{base_url.rstrip('/')}/chat#ticket={invited}&card={ticket}"
