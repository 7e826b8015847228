"""What WeChat pushes, as arrivals: messages, follows, scans, menu clicks, consents."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from xml.parsers.expat import ExpatError

import orjson
from wechatpy import parse_message
from wechatpy.events import EVENT_TYPES
from wechatpy.messages import MESSAGE_TYPES, BaseMessage, UnknownMessage

from channels.text import SAY
from core.errors import DecodeError
from core.event import (
    NOBODY,
    Arrival,
    Attached,
    Clicked,
    Consented,
    Event,
    Joined,
    Left,
    Located,
    Said,
    Strange,
)

_STRANGE = {"video": "video", "shortvideo": "video", "link": "link", "file": "file"}
_TOKEN = re.compile(r"[A-Za-z0-9_-]{24}")
# A document type, and with it every entity, could only stand before the root.
_XML = re.compile(r"\s*(?:<\?xml[^<>]*\?>\s*)?<xml[\s>]")
_MALFORMED = (AttributeError, ExpatError, KeyError, RecursionError, TypeError, ValueError)

Contact = Literal["message", "action", "none"]
Kind = Callable[..., Event]
Meant = tuple[Contact, Kind, dict[str, Any]]  # how it counts for the window, and the event


def parse(raw: str, *, channel: str, now: datetime) -> list[Arrival]:
    """Read one push, XML or JSON; [] for what is not meant for us; raises DecodeError.

    A push about several consents gives one arrival for each.
    """
    try:
        message = _message(raw)
        found = _meant(message)
    except _MALFORMED:
        raise DecodeError("malformed") from None
    data = _fields(message)
    account = _word(data, "FromUserName")
    if not account:
        raise DecodeError("no sender")
    union = _word(data, "UnionId") or _word(data, "unionid") or None
    arrivals: list[Arrival] = []
    for number, (contact, kind, what) in enumerate(found):
        event = kind(
            channel=channel, person=NOBODY, message_id=_key(message, number),
            digest=_digest(kind, what), at=now, **what,
        )  # fmt: skip
        arrivals.append(Arrival(account=account, event=event, contact=contact, union=union))
    return arrivals


def own_name(raw: str) -> str:
    """Return the account that a push was sent to: the sender of the passive reply."""
    return _word(_fields(_message(raw)), "ToUserName")


def _message(raw: str) -> BaseMessage:
    if _XML.match(raw):
        return parse_message(raw)
    data = orjson.loads(raw)
    kind = data["MsgType"].lower()
    if kind == "event":
        return EVENT_TYPES.get(data["Event"].lower(), UnknownMessage)(data)
    return MESSAGE_TYPES.get(kind, UnknownMessage)(data)


def _fields(message: BaseMessage) -> dict[str, Any]:
    data: dict[str, Any] = message._data  # noqa: SLF001  no other door to what wechatpy can't name
    return data


def _meant(message: BaseMessage) -> list[Meant]:
    data = _fields(message)
    if _word(data, "MsgType").lower() == "event":
        return _of_event(message)
    return [_of_message(message.type, data)]


def _of_message(kind: str, data: dict[str, Any]) -> Meant:
    if kind == "text":
        clicked = _word(data, "bizmsgmenuid")
        if _TOKEN.fullmatch(clicked):
            # Whether this opens the longer window is disputed, so it counts as the shorter one.
            return "action", Clicked, {"token": clicked}
        return "message", Said, {"text": _word(data, "Content")}
    if kind in {"image", "voice"} and (ref := _word(data, "MediaId")):
        return "message", Attached, {"kind": "picture" if kind == "image" else "voice", "ref": ref}
    if kind == "location" and (place := _place(data)):
        return "message", Located, {**place, "datum": "gcj02"}
    return "message", Strange, {"kind": _STRANGE.get(kind, "other")}


def _place(data: dict[str, Any]) -> dict[str, float] | None:
    try:
        lat, lon = float(_word(data, "Location_X")), float(_word(data, "Location_Y"))
    except ValueError:
        return None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    return {"lat": lat, "lon": lon}


def _of_event(message: BaseMessage) -> list[Meant]:
    """Read what a person did; all that WeChat merely reports is left out.

    So is the position that a phone reports by itself: nobody said it, nothing is answered, and
    what is not needed is not kept.
    """
    if isinstance(message, UnknownMessage):
        return []
    data = _fields(message)
    match message.event:
        case "subscribe" | "user_enter_tempsession":
            return [("action", Joined, {"scene": _word(data, "SessionFrom")})]
        case "subscribe_scan" | "scan":
            return [("action", Joined, {"scene": _word(data, "EventKey")})]
        case "unsubscribe":
            return [("none", Left, {})]
        case "click":
            return [_of_menu(_word(data, "EventKey"))]
        case "subscribe_msg_popup_event" | "subscribe_msg_change_event":
            return [_of_consent(one) for one in message.subscribes]
    return []


def _of_menu(key: str) -> Meant:
    if key.startswith(SAY):
        return "action", Said, {"text": key.removeprefix(SAY)}
    return "action", Strange, {"kind": "other"}


def _of_consent(entry: dict[str, Any]) -> Meant:
    accepted = _word(entry, "SubscribeStatusString") == "accept"
    return "none", Consented, {"template": _word(entry, "TemplateId"), "accepted": accepted}


def _key(message: BaseMessage, number: int) -> str:
    """Make the key that a retry has again: the vendor's id, for events what the vendor advises."""
    data = _fields(message)
    if _word(data, "MsgType").lower() != "event" and (given := _word(data, "MsgId")):
        return given[:64]
    parts = [_word(data, name) for name in ("CreateTime", "MsgType", "Event", "EventKey")]
    return hashlib.sha256("\0".join([*parts, f"{number}"]).encode()).hexdigest()[:32]


def _digest(kind: Kind, what: dict[str, Any]) -> bytes:
    said = orjson.dumps([kind.__name__, what], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(said).digest()


def _word(data: dict[str, Any], name: str) -> str:
    """Read a field that must be a word or a number; anything else counts as absent."""
    found = data.get(name)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return f"{found}"
