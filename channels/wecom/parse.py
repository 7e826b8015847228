"""What a callback of WeChat Work says: fields of its XML into arrivals."""

import hashlib
import math
import re
from datetime import datetime
from typing import Any, Final

from channels.text import SAY
from channels.wecom.rules import NOTHING, QUESTION, SUBMIT
from core.event import (
    NOBODY,
    Arrival,
    Attached,
    Clicked,
    Event,
    Joined,
    Left,
    Located,
    Said,
    Strange,
    StrangeKind,
)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
# The polite answers there are (`strange-…`), by the vendor's kind.
_KINDS: dict[str, StrangeKind] = {
    "video": "video", "shortvideo": "video", "file": "file", "link": "link", "emotion": "sticker",
}  # fmt: skip
_OTHER: Final = "other"

Fields = dict[str, Any]


def parse(fields: Fields, now: datetime) -> list[Arrival]:
    """Read one callback; empty when nobody is to be answered. Never raises for odd content."""
    account = _word(fields, "FromUserName")
    kind = _word(fields, "MsgType").lower()
    if not account or not kind:
        return []
    if kind == "event":
        return _event(fields, account, now)
    base = _base(_word(fields, "MsgId") or _hash(*_origin(fields)), _said(fields), now)
    return [Arrival(account=account, event=_message(fields, kind, base), contact="none")]


def _message(fields: Fields, kind: str, base: dict[str, Any]) -> Event:
    if kind == "text" and (text := _word(fields, "Content")):
        return Said(**base, text=text)
    if kind in {"image", "voice"} and (ref := _word(fields, "MediaId")):
        return Attached(**base, kind="picture" if kind == "image" else "voice", ref=ref)
    if kind == "location":
        return _located(fields, base)
    return Strange(**base, kind=_KINDS.get(kind, _OTHER))


def _located(fields: Fields, base: dict[str, Any]) -> Event:
    """Read a place; Location_X is the latitude, both in the datum of Chinese maps."""
    try:
        lat, lon = float(_word(fields, "Location_X")), float(_word(fields, "Location_Y"))
    except ValueError:
        return Strange(**base, kind=_OTHER)
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        return Strange(**base, kind=_OTHER)
    return Located(**base, lat=lat, lon=lon, datum="gcj02")


def _event(fields: Fields, account: str, now: datetime) -> list[Arrival]:
    name, key = _word(fields, "Event").lower(), _word(fields, "EventKey")
    chosen = _chosen(fields) if key == SUBMIT else key
    parts = (*_origin(fields), name, key, _word(fields, "TaskId"), chosen)
    base = _base(_hash(*parts), _hash(name, key, chosen), now)
    event = _happened(fields, name, chosen, base)
    if event is None:
        return []
    receipt = _receipt(fields, now) if isinstance(event, Clicked) else None
    return [Arrival(account=account, event=event, contact="none", receipt=receipt)]


def _happened(fields: Fields, name: str, key: str, base: dict[str, Any]) -> Event | None:
    """Read an event; None where there is nothing to answer.

    That is: opening the app (it comes each time), links, the position that phones report by
    themselves, pictures of a menu (they come again as messages), and what concerns the company.
    """
    if name == "subscribe":
        return Joined(**base, scene=key)
    if name == "unsubscribe":
        return Left(**base)
    if name in {"template_card_event", "template_card_menu_event"}:
        return Clicked(**base, token=key) if _is_token(key) else None
    if name == "click":
        if key.startswith(SAY) and (words := key.removeprefix(SAY).strip()):
            return Said(**base, text=words)
        return Clicked(**base, token=key) if _is_token(key) else Strange(**base, kind=_OTHER)
    if name == "location_select":
        place = fields.get("SendLocationInfo")
        return _located(place if isinstance(place, dict) else {}, base)
    if name == "scancode_waitmsg":
        return Strange(**base, kind=_OTHER)
    return None


def _is_token(key: str) -> bool:
    return key != NOTHING and _TOKEN.fullmatch(key) is not None


def _chosen(fields: Fields) -> str:
    """Take the option that was chosen in our select list."""
    around = fields.get("SelectedItems")
    items = around.get("SelectedItem") if isinstance(around, dict) else None
    for item in items if isinstance(items, list) else [items]:
        if isinstance(item, dict) and item.get("QuestionKey") == QUESTION:
            ids = item.get("OptionIds")
            found = ids.get("OptionId") if isinstance(ids, dict) else None
            first = found[0] if isinstance(found, list) else found
            return first if isinstance(first, str) else ""
    return ""


def _receipt(fields: Fields, now: datetime) -> dict[str, Any] | None:
    code = _word(fields, "ResponseCode")
    if not code:
        return None
    return {"task_id": _word(fields, "TaskId"), "code": code, "at": now.isoformat()}


def _base(message_id: str, said: str, now: datetime) -> dict[str, Any]:
    return {
        "channel": "wecom",
        "person": NOBODY,
        "message_id": message_id,
        "digest": hashlib.sha256(said.encode()).digest(),
        "at": now,
    }


def _said(fields: Fields) -> str:
    names = ("MsgType", "Content", "MediaId", "Location_X", "Location_Y")
    return _hash(*(_word(fields, name) for name in names))


def _origin(fields: Fields) -> tuple[str, str]:
    return _word(fields, "FromUserName"), _word(fields, "CreateTime")


def _hash(*parts: str) -> str:
    """Join parts into one id that tells nothing of them."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _word(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""
