"""A card as WeChat takes it: text, msgmenu, a passive reply, within every limit in bytes."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from channels.text import numbered, pages
from channels.wechat.envelope import cdata
from core.card import Card
from core.i18n import Translator

TEXT_BYTES = 2048
# What WeChat's customer desk allows; the service account's own limits are nowhere written.
MENU_HEAD_BYTES, MENU_ITEMS, MENU_ITEM_BYTES = 1024, 10, 128
_TAG = re.compile("<(?=[A-Za-z/!])")

Payload = dict[str, Any]


def plain(text: str) -> str:
    """Disarm what a phone would take for a link: people's words never become one."""
    return _TAG.sub("＜", text)


def text_page(card: Card, t: Translator) -> tuple[Payload, str]:
    """Write the card as numbered text; returns the payload and what did not fit."""
    page, rest = pages(plain(numbered(card, t)), TEXT_BYTES, t)
    return {"msgtype": "text", "text": {"content": page}}, rest


def customer_message(card: Card, t: Translator, *, menus: bool) -> tuple[Payload, str]:
    """Write the card with clickable entries where it has buttons and `menus` may be sent.

    An entry begins with its number, so that the number can be typed as well.
    """
    entries = [
        {"id": action.token, "content": plain(f"{number} {action.label}")}
        for number, action in enumerate(card.actions, 1)
        if action.token
    ]
    fits = all(len(entry["content"].encode()) <= MENU_ITEM_BYTES for entry in entries)
    if not menus or not entries or len(entries) > MENU_ITEMS or not fits:
        return text_page(card, t)
    head, rest = pages(plain(_links_only(card)), MENU_HEAD_BYTES, t)
    tail = t("text-answer-by-number")
    menu = {"head_content": head, "list": entries, "tail_content": tail}
    return {"msgtype": "msgmenu", "msgmenu": menu}, rest


def answer(cards: Sequence[Card], t: Translator) -> tuple[str, str]:
    """Write a turn's cards as one passive reply: (text, rest).

    Numbers stand on the last card with buttons alone, as a typed number presses the newest.
    """
    last = max((at for at, card in enumerate(cards) if _clickable(card)), default=-1)
    parts = [
        numbered(card, t) if at == last else _links_only(card) for at, card in enumerate(cards)
    ]
    return pages(plain("\n\n".join(parts)), TEXT_BYTES, t)


def _clickable(card: Card) -> bool:
    return any(action.token for action in card.actions)


def _links_only(card: Card) -> str:
    """Write what is not pressed: the card's words and its links."""
    links = [action.written() for action in card.actions if not action.token]
    return "\n".join([replace(card, actions=()).fallback(), *links])


def passive(text: str, *, to: str, by: str, now: datetime) -> str:
    """Write the XML that answers a push."""
    return (
        f"<xml><ToUserName>{cdata(to)}</ToUserName><FromUserName>{cdata(by)}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType>{cdata('text')}</MsgType>"
        f"<Content>{cdata(text)}</Content></xml>"
    )
