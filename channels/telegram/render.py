"""A card as a Telegram message: plain text with entities, and an inline keyboard.

Entities instead of HTML: nothing has to be escaped, and what is counted is what is sent.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from unicodedata import east_asian_width
from urllib.parse import urlsplit

from channels.text import pages, shortened
from core.card import Action, Card
from core.i18n import Translator
from core.ports import Outgoing

TEXT_UNITS = 4096  # of UTF-16, as Telegram counts
MAX_BUTTONS = 100
SHARE_CONTACT = "contact.share"
_LABEL_LIMIT = 64
_SHORT = 14  # columns of a label that leaves room for a second button
_URL_LIMIT = 2048
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+", re.ASCII)

Button = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """What goes into `sendMessage`, and the text that did not fit."""

    text: str
    entities: list[dict[str, Any]]
    markup: dict[str, Any] | None
    rest: str
    asks_contact: bool

    def remainder(self) -> dict[str, str]:
        """Return what the receipt must say about the rest."""
        return {"rest": self.rest} if self.rest else {}


@dataclass(slots=True)
class _Layout:
    """Buttons for the keyboard, and lines for what can't be one."""

    buttons: list[Button] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    numbered: bool = False


def render(message: Outgoing) -> Page:
    """Render a card within Telegram's limits."""
    t, card = Translator(message.lang), message.card
    share = next((one for one in card.actions if one.id == SHARE_CONTACT), None)
    layout = _layout(card, message.link, t, room=0 if share else MAX_BUTTONS)
    if layout.numbered:
        layout.lines.append(t("text-answer-by-number"))
    title = card.title.strip()
    fields = [one.written() for one in card.fields]
    parts = [title, card.summary.strip(), *fields, *layout.lines]
    text = "\n".join(part for part in parts if part.strip()).strip() or "…"
    page, rest = pages(text, TEXT_UNITS * 2, t, encoding="utf-16-le")
    bold = min(units(title), units(page))
    return Page(
        page,
        [{"type": "bold", "offset": 0, "length": bold}] if bold else [],
        _contact_keyboard(share) if share else _inline_keyboard(layout.buttons),
        rest,
        asks_contact=share is not None,
    )


def units(text: str) -> int:
    """Count as Telegram does: code units of UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def _layout(card: Card, link: str, t: Translator, *, room: int) -> _Layout:
    layout = _Layout()
    details = Action("details", t("text-telegram-details"), url=link) if link else None
    room -= details is not None
    for number, action in enumerate(card.actions, 1):
        if action.id == SHARE_CONTACT:
            continue
        if len(layout.buttons) < room and (button := _button(action)) is not None:
            layout.buttons.append(button)
        elif action.url is not None:
            layout.lines.append(action.written())
        elif action.token:
            layout.lines.append(f"{number} {action.label}")
            layout.numbered = True
    if details is not None:
        button = _button(details) if room >= 0 else None
        if button is not None:
            layout.buttons.append(button)
        else:
            layout.lines.append(details.written())
    return layout


def _button(action: Action) -> Button | None:
    label = shortened(action.label.strip(), _LABEL_LIMIT) or "…"
    if action.url is not None:
        return {"text": label, "url": action.url} if _opens(action.url) else None
    return {"text": label, "callback_data": action.token} if action.token else None


def _opens(url: str) -> bool:
    """Tell what Telegram takes as a button's link: http(s) and a host with a dot, no localhost."""
    if len(url) > _URL_LIMIT or any(char.isspace() for char in url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and _HOST.fullmatch(host) is not None


def _inline_keyboard(buttons: list[Button]) -> dict[str, Any] | None:
    """Put two short buttons beside each other, a long one alone."""
    rows: list[list[Button]] = []
    for button in buttons:
        pair = rows[-1] if rows else []
        if len(pair) == 1 and all(_columns(one["text"]) <= _SHORT for one in (*pair, button)):
            pair.append(button)
        else:
            rows.append([button])
    return {"inline_keyboard": rows} if rows else None


def _contact_keyboard(share: Action) -> dict[str, Any]:
    """Ask for the telephone number: only a keyboard in place of typing can."""
    label = shortened(share.label.strip(), _LABEL_LIMIT)
    return {
        "keyboard": [[{"text": label, "request_contact": True}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }


def _columns(label: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in label)
