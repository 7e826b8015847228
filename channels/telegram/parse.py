"""An update of the Bot API, read by aiogram's types, as an arrival."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from aiogram.types import (
    CallbackQuery,
    ChatMemberUpdated,
    Document,
    Message,
    PhotoSize,
    Update,
    User,
)
from pydantic import ValidationError

from channels.http import MEDIA_LIMIT
from core.errors import DecodeError
from core.event import (
    NOBODY,
    Arrival,
    Attached,
    Clicked,
    Event,
    GaveNumber,
    Joined,
    Left,
    Located,
    Said,
    Strange,
)

# What a person sends on purpose, and the word that answers it; the rest of the kinds are notes
# about the chat.
_STRANGE = {
    "animation": "video", "audio": "file", "checklist": "other", "dice": "other",
    "document": "file", "game": "other", "paid_media": "other", "poll": "other",
    "sticker": "sticker", "story": "other", "unknown": "other", "video": "video",
    "video_note": "video",
}  # fmt: skip
_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
_COMMAND = re.compile(r"/(?P<name>\w+)(?:@\w+)?(?:\s+(?P<rest>.*))?", re.ASCII | re.DOTALL)
_SCENE = re.compile(r"[\w-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Made:
    """Makes the events of one update."""

    update: int
    now: datetime

    def __call__(self, kind: type[Event], /, **what: Any) -> Event:
        """Make one; the digest is the same whenever the same update comes again."""
        body = orjson.dumps([kind.__name__, what], option=orjson.OPT_SORT_KEYS)
        return kind(
            channel="telegram", person=NOBODY, message_id=f"u{self.update}",
            digest=hashlib.sha256(body).digest(), at=self.now, **what,
        )  # fmt: skip


def parse(raw: Mapping[str, Any], *, now: datetime) -> Arrival | None:
    """Read an update; None for groups, bots, edits and notes about the chat.

    Raises DecodeError for what is no update.
    """
    try:
        update = Update.model_validate(raw)
    except (ValidationError, RecursionError):
        raise DecodeError("not an update of Telegram") from None
    make = _Made(update.update_id, now)
    if update.message is not None:
        return _message(update.message, make)
    if update.callback_query is not None:
        return _click(update.callback_query, make)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, make)
    return None


def _arrival(who: User, event: Event, receipt: dict[str, Any] | None = None) -> Arrival:
    code = who.language_code
    lang = None if not code else "zh-CN" if code.lower().startswith("zh") else "en"
    return Arrival(
        account=str(who.id), event=event, contact="none", receipt=receipt, lang=lang
    )  # fmt: skip


def _message(message: Message, make: _Made) -> Arrival | None:
    who = message.from_user
    if who is None or who.is_bot or message.chat.type != "private":
        return None
    event = _event(message, who, make)
    return _arrival(who, event) if event is not None else None


def _event(message: Message, who: User, make: _Made) -> Event | None:
    if message.text is not None:
        return _words(message.text, make)
    if message.contact is not None:
        phone = message.contact.phone_number
        # Telegram fills in the user by the number; a forwarded card is somebody else's word.
        own = message.contact.user_id == who.id and message.forward_origin is None
        return make(GaveNumber, phone=phone, own=own)
    if message.location is not None:  # a venue carries one as well
        lat, lon = message.location.latitude, message.location.longitude
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            return make(Strange, kind="other")
        return make(Located, lat=lat, lon=lon, datum="wgs84")
    return _attachment(message, make)


def _words(text: str, make: _Made) -> Event:
    """Take /start as joining and any other command as its plain words."""
    command = _COMMAND.fullmatch(text.strip())
    if command is None:
        return make(Said, text=text)
    rest = (command["rest"] or "").strip()
    if command["name"].lower() == "start":
        return make(Joined, scene=rest if _SCENE.fullmatch(rest) else "")
    return make(Said, text=f"{command['name'].replace('_', ' ')} {rest}".strip())


def _attachment(message: Message, make: _Made) -> Event | None:
    """Take a picture (as a file too) or a voice message of at most 10 MB."""
    if message.photo:
        return _picture(message.photo, make)
    if message.document is not None and message.document.mime_type in _PICTURES:
        return _picture([message.document], make)
    if message.voice is not None:
        if (message.voice.file_size or 0) > MEDIA_LIMIT:
            return make(Strange, kind="voice")
        return make(Attached, kind="voice", ref=message.voice.file_id)
    kind = _STRANGE.get(message.content_type)
    return make(Strange, kind=kind) if kind else None


def _picture(sizes: Sequence[PhotoSize | Document], make: _Made) -> Event:
    small = [one for one in sizes if (one.file_size or 0) <= MEDIA_LIMIT]
    if not small:
        return make(Strange, kind="picture-too-big")
    largest = max(small, key=lambda one: one.file_size or 0)
    return make(Attached, kind="picture", ref=largest.file_id)


def _click(query: CallbackQuery, make: _Made) -> Arrival | None:
    """Take a button's token; the message it hangs on may be too old to be shown."""
    message = query.message
    if query.from_user.is_bot or not query.data:
        return None
    if message is None or message.chat.type != "private":
        return None
    receipt = {"message_id": message.message_id, "chat": str(message.chat.id)}
    return _arrival(query.from_user, make(Clicked, token=query.data), receipt)


def _membership(change: ChatMemberUpdated, make: _Made) -> Arrival | None:
    """Take a block as leaving; who comes back says /start by it."""
    if change.chat.type != "private" or change.new_chat_member.status != "kicked":
        return None
    return _arrival(change.from_user, make(Left))
