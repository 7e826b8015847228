"""WeChat's limits on what may be sent: windows after a contact, fields of a template, texts."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

TEXT_BYTES = 2048
MENU_HEAD_BYTES, MENU_ITEMS, MENU_ITEM_BYTES, MENU_ID_BYTES = 1024, 10, 128, 64
_PLACE = re.compile(r"\{\{(\w+)\.DATA\}\}")
# 2019年10月1日 15:01
_TIME = re.compile(r"\d{4}\u5e74\d{1,2}\u6708\d{1,2}\u65e5( \d{1,2}:\d{2}(:\d{2})?)?")
_FIELDS = {
    "thing": re.compile(r"[^\n\r\t]{1,20}"),
    "phrase": re.compile(r"[\u4e00-\u9fff]{1,5}"),
    "name": re.compile(r"[\u4e00-\u9fff]{1,10}|[A-Za-z ]{1,20}"),
    "character_string": re.compile("[!-~]{1,32}"),
    "letter": re.compile("[A-Za-z]{1,32}"),
    "number": re.compile(r"[0-9.]{1,32}"),
    "time": _TIME,
    "date": _TIME,
}


class Refused(Exception):
    """An error code of WeChat's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Window:
    """What may be sent to one person: each kind of contact opens so many for so long."""

    rules: dict[str, tuple[int, timedelta]]
    _open: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def opened(self, kind: str, now: datetime) -> None:
        """Begin anew after a contact."""
        if kind in self.rules:
            count, span = self.rules[kind]
            self._open[kind] = (count, now + span)

    def shut(self) -> None:
        """Close everything: the person left."""
        self._open.clear()

    def spend(self, now: datetime) -> None:
        """Count one message, from the window that ends first."""
        live = sorted((end, kind) for kind, (_, end) in self._open.items() if end > now)
        if not live:
            raise Refused(45015, "response out of time limit or subscription is canceled")
        for end, kind in live:
            left = self._open[kind][0]
            if left:
                self._open[kind] = (left - 1, end)
                return
        raise Refused(45047, "out of response count limit")


def check_template(content: str, data: dict[str, Any]) -> None:
    """Hold a template's data against its places and the form of each kind (47003)."""
    places = _PLACE.findall(content)
    if set(places) != set(data):
        raise Refused(47003, "argument invalid! places differ")
    for place in places:
        value = data[place].get("value")
        form = _FIELDS.get(place.rstrip("0123456789"))
        if not isinstance(value, str) or not value.strip():
            raise Refused(47003, f"argument invalid! data.{place}.value is empty")
        if form is not None and not form.fullmatch(value):
            raise Refused(47003, f"argument invalid! data.{place}.value")


def check_customer_message(payload: dict[str, Any], *, menus: bool) -> None:
    """Hold a customer-service message against the limits of its kind."""
    kind = payload.get("msgtype")
    if kind == "text":
        _sized(payload["text"]["content"], TEXT_BYTES)
    elif kind == "msgmenu" and menus:
        menu = payload["msgmenu"]
        _sized(menu["head_content"], MENU_HEAD_BYTES)
        _sized(menu["tail_content"], MENU_HEAD_BYTES)
        if not 1 <= len(menu["list"]) <= MENU_ITEMS:
            raise Refused(45002, "content size out of limit")
        for entry in menu["list"]:
            _sized(entry["content"], MENU_ITEM_BYTES)
            _sized(entry["id"], MENU_ID_BYTES)
    elif kind == "msgmenu":
        raise Refused(40200, "invalid message type")
    else:
        raise Refused(40008, "invalid message type")


def check_menu(buttons: list[dict[str, Any]]) -> None:
    """Hold a menu against WeChat's limits."""
    if not 1 <= len(buttons) <= 3:
        raise Refused(40016, "invalid button size")
    for button in buttons:
        below = button.get("sub_button")
        if len(button["name"].encode()) > 16:
            raise Refused(40018, "invalid button name size")
        if below is not None and not 1 <= len(below) <= 5:
            raise Refused(40023, "invalid sub button size")
        for entry in below if below is not None else [button]:
            if len(entry["name"].encode()) > 40:
                raise Refused(40018, "invalid button name size")
            if entry.get("type") != "click":
                raise Refused(40017, "invalid button type")
            if not 1 <= len(entry.get("key", "").encode()) <= 128:
                raise Refused(40019, "invalid button key size")


def _sized(text: str, limit: int) -> None:
    if not text:
        raise Refused(44004, "empty content")
    if len(text.encode()) > limit:
        raise Refused(45002, "content size out of limit")
