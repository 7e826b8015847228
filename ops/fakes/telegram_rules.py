"""What the Bot API refuses: texts, entities and keyboards beyond its limits."""

import re
from typing import Any
from urllib.parse import urlsplit

TEXT_UNITS = 4096
CALLBACK_BYTES = 64
MAX_BUTTONS, MAX_ROW = 100, 8
KINDS = {
    "bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "text_link",
    "blockquote",
}  # fmt: skip
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+")


class Refused(Exception):
    """An answer with ok=false; `parameters` as the Bot API names them."""

    def __init__(self, code: int, words: str, **parameters: int) -> None:
        super().__init__(words)
        self.code, self.words, self.parameters = code, words, parameters


def bad(words: str) -> Refused:
    """Make a 400."""
    return Refused(400, f"Bad Request: {words}")


def units(text: str) -> int:
    """Count code units of UTF-16, as entities' offsets and limits do."""
    return sum(2 if ord(char) > 0xFFFF else 1 for char in text)


def check_message(payload: dict[str, Any], *, edit: bool = False) -> None:
    """Raise Refused for a payload of sendMessage or editMessageText that breaks a rule."""
    text = payload.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad("message text is empty")
    if units(text) > TEXT_UNITS:
        raise bad("message is too long")
    if payload.get("parse_mode"):
        raise bad("unsupported parse_mode")  # this fake knows entities alone
    for entity in payload.get("entities") or []:
        _check_entity(entity, units(text))
    if payload.get("reply_markup") is not None:
        _check_markup(payload["reply_markup"], edit=edit)


def _check_markup(markup: Any, *, edit: bool) -> None:
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        _check_inline(markup["inline_keyboard"])
    elif edit:
        raise bad("inline keyboard expected")
    elif "keyboard" in markup:
        _check_reply(markup["keyboard"])
    elif not markup.get("remove_keyboard"):
        raise bad("object expected as reply markup")


def _check_entity(entity: Any, length: int) -> None:
    if not isinstance(entity, dict) or entity.get("type") not in KINDS:
        raise bad("can't parse entities: unsupported type")
    offset, size = entity.get("offset"), entity.get("length")
    if not isinstance(offset, int) or not isinstance(size, int):
        raise bad("can't parse entities: offset and length must be numbers")
    if offset < 0 or size <= 0 or offset + size > length:
        raise bad("can't parse entities: out of the text")


def _rows(rows: Any) -> list[dict[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) and row for row in rows):
        raise bad("field must be of type Array of Array")
    if any(len(row) > MAX_ROW for row in rows) or sum(map(len, rows)) > MAX_BUTTONS:
        raise bad("reply markup is too long")
    buttons = [button for row in rows for button in row]
    for button in buttons:
        text = button.get("text") if isinstance(button, dict) else None
        if not isinstance(text, str) or not text.strip():
            raise bad("text buttons are unallowed in the inline keyboard")
    return buttons


def _check_inline(rows: Any) -> None:
    for button in _rows(rows):
        kinds = button.keys() & {"callback_data", "url"}
        if len(kinds) != 1:
            raise bad("text buttons are unallowed in the inline keyboard")
        if "url" in kinds:
            check_url(button["url"])
        elif not 1 <= len(button["callback_data"].encode()) <= CALLBACK_BYTES:
            raise bad("BUTTON_DATA_INVALID")


def check_url(url: str) -> None:
    """Raise Refused for a link that no button may carry, such as one to localhost."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme == "tg":
        return
    known = parts.scheme in {"http", "https"} and _HOST.fullmatch(host)
    if not known or re.search(r"\s", url) or len(url) > 2048:
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _check_reply(rows: Any) -> None:
    for button in _rows(rows):
        if "callback_data" in button or "url" in button:
            raise bad("keyboard button type expected")
