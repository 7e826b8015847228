"""Any card on every vendor: what the fakes would refuse of it, without a call."""

from collections.abc import Iterator
from typing import Any

from channels.telegram.render import render
from channels.wechat.render import customer_message, text_page
from channels.wecom.render import template_card, text_message
from core.card import Card
from core.i18n import LANGUAGES, Translator
from core.ports import Outgoing
from ops.fakes import telegram_rules, wechat_rules, wecom_rules

_TOKEN = "kJ8_-xYz0123456789ab{:04d}"


def faults(card: Card) -> list[str]:
    """List what each vendor would not take of a card, in any language; empty when all is well."""
    tokens = [None if one.url else _TOKEN.format(n) for n, one in enumerate(card.actions)]
    clickable = card.with_tokens(tokens)
    return [fault for lang in LANGUAGES for fault in _faults(clickable, lang)]


def _faults(card: Card, lang: str) -> Iterator[str]:
    message, t = (
        Outgoing("1", card, lang, "reference-1", link="https://l.test/chat#a"),
        Translator(lang),
    )
    try:
        for payload, _rest in (customer_message(card, t, menus=True), text_page(card, t)):
            wechat_rules.check_customer_message(payload, menus=True)
        _telegram(message)
    except wechat_rules.Refused as refused:
        yield f"wechat {refused.code} {refused}"
    except telegram_rules.Refused as refused:
        yield f"telegram {refused.words}"
    has_buttons = any(one.token for one in card.actions)
    if has_buttons and (words := wecom_rules.fault(template_card(message).card)):
        yield f"wecom {words}"
    if words := wecom_rules.fault(template_card(message).card, update=True):
        yield f"wecom, as an edit: {words}"
    if len(text_message(message).body["text"]["content"].encode()) > wecom_rules.TEXT_BYTES:
        yield "wecom text"


def _telegram(message: Outgoing) -> None:
    page = render(message)
    payload: dict[str, Any] = {"text": page.text, "entities": page.entities}
    telegram_rules.check_message({**payload, "reply_markup": page.markup})


def card_of(public: dict[str, Any]) -> Card:
    """Read a card from what the web chat shows."""
    actions = [{**one, "args": {}} for one in public["actions"]]
    return Card.load({**public, "actions": actions})
