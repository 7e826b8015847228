"""A card as WeChat Work shows it: buttons, a select list beyond six of them, or plain text."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from channels.text import pages
from channels.wecom.rules import (
    BUTTON,
    BUTTONS,
    COLOURS,
    DESC,
    KEY_NAME,
    NOTHING,
    OPTION,
    OPTIONS,
    QUESTION,
    ROWS,
    STYLES,
    SUB_TITLE,
    SUBMIT,
    TEXT_BYTES,
    TITLE,
    URL_BYTES,
    VALUE,
    fits,
    paged,
    shortened,
)
from core.card import Action, Card
from core.i18n import Translator
from core.ports import Outgoing

_MARK_SIGNS = ("\u200b", "\u200c")
_MARK_BITS = 24


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the vendor is to show: `msgtype` with its object; `rest` is what did not fit."""

    body: dict[str, Any]
    rest: str

    @property
    def card(self) -> dict[str, Any]:
        """Return the template card."""
        card: dict[str, Any] = self.body["template_card"]
        return card


@dataclass(slots=True)
class _Sheet:
    """A card while it is laid out: short fields in rows, everything else in lines of text."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def write(self, label: str, value: str, t: Translator) -> None:
        if len(self.rows) < ROWS and label and fits(label, KEY_NAME) and fits(value, VALUE):
            self.rows.append({"keyname": label, "value": value})
        else:
            self.lines.append(t("wecom-line", label=label, value=value))

    def link(self, action: Action, t: Translator) -> None:
        if len(self.rows) < ROWS and _opens(action) and fits(action.label, VALUE):
            row = {"keyname": t("wecom-link"), "value": action.label}
            self.rows.append({**row, "type": 1, "url": action.url})
        else:
            self.lines.append(action.written())


def text_message(message: Outgoing) -> Rendered:
    """Write a card without buttons as text, within the vendor's 2048 bytes."""
    mark = _mark(message.reference)
    room = TEXT_BYTES - len(mark.encode())
    page, rest = pages(message.card.fallback(), room, Translator(message.lang))
    return Rendered({"msgtype": "text", "text": {"content": mark + page}}, rest)


def template_card(message: Outgoing) -> Rendered:
    """Draw a card with buttons; without any (an edit) a grey one says that nothing is asked."""
    card, t = message.card, Translator(message.lang)
    buttons = [one for one in card.actions if one.token]
    links = [one for one in card.actions if one.url is not None and not _number(one)]
    inside = bool(buttons) and len(buttons) + len(links) <= BUTTONS
    inside = inside and all(_opens(one) and fits(one.label, BUTTON) for one in links)
    sheet = _laid_out(card, t)
    if not inside:
        for one in links:
            sheet.link(one, t)
    drawn = {
        "source": {"desc": t("wecom-source"), "desc_color": COLOURS[card.tone]},
        "main_title": {"title": shortened(card.title, TITLE) or t("wecom-source")},
        "task_id": message.reference,
    }
    if message.link:
        drawn["card_action"] = {"type": 1, "url": message.link}
    if len(buttons) > BUTTONS:
        return _listed(card, buttons, sheet, drawn, t)
    shown = [one for one in card.actions if one.token or (inside and one in links)]
    sheet.lines += [one.label for one in shown if not fits(one.label, BUTTON)]
    drawn |= _row_of_buttons(shown) if shown else _grey(t)
    return _with_text(drawn, sheet, "", t)


def _laid_out(card: Card, t: Translator) -> _Sheet:
    sheet = _Sheet()
    if not fits(card.title, TITLE):
        sheet.lines.append(card.title)
    if card.summary:
        sheet.lines.append(card.summary)
    for one in card.fields:
        sheet.write(one.label, one.value, t)
    for action in card.actions:
        if _number(action):
            sheet.write(t("wecom-phone"), action.written(), t)
    return sheet


def _with_text(drawn: dict[str, Any], sheet: _Sheet, beyond: str, t: Translator) -> Rendered:
    text = "\n".join(line for line in sheet.lines if line)
    page, rest = paged(text, SUB_TITLE, t("text-read-on"), always=bool(beyond))
    drawn["card_type"] = "button_interaction"
    if page:
        drawn["sub_title_text"] = page
    if sheet.rows:
        drawn["horizontal_content_list"] = sheet.rows
    rest = "\n".join(part for part in (rest, beyond) if part)
    return Rendered({"msgtype": "template_card", "template_card": drawn}, rest)


def _row_of_buttons(actions: Sequence[Action]) -> dict[str, Any]:
    return {"button_list": [_button(one, number) for number, one in enumerate(actions, 1)]}


def _button(action: Action, number: int) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "text": shortened(action.label, BUTTON) or f"{number}",
        "style": STYLES[action.style],
    }
    if action.token:
        return {**shown, "type": 0, "key": action.token}
    return {**shown, "type": 1, "url": action.url}


def _grey(t: Translator) -> dict[str, Any]:
    """Draw the button that replaces all others once there is nothing to press.

    An updated card wants a button_list even where `replace_text` hides it.
    """
    words = t("wecom-nothing-to-press")
    button = {"text": words, "style": STYLES["default"], "type": 0, "key": NOTHING}
    return {"button_list": [button], "replace_text": words}


def _listed(
    card: Card, buttons: Sequence[Action], sheet: _Sheet, drawn: dict[str, Any], t: Translator
) -> Rendered:
    """Offer a select list; a multiple_interaction has no room for text, so only bare menus are."""
    options, beyond = buttons[:OPTIONS], buttons[OPTIONS:]
    sheet.lines += [one.label for one in options if not fits(one.label, OPTION)]
    select = {
        "question_key": QUESTION,
        "title": t("wecom-choose"),
        "option_list": [
            {"id": one.token, "text": shortened(one.label, OPTION) or f"{number}"}
            for number, one in enumerate(options, 1)
        ],
    }
    text = "\n".join(line for line in sheet.lines if line)
    if fits(text, DESC) and not sheet.rows and not beyond:
        title = {**drawn["main_title"], **({"desc": text} if text else {})}
        submit = {"text": t("wecom-submit"), "key": SUBMIT}
        bare = {"main_title": title, "select_list": [select], "submit_button": submit}
        bare = {**drawn, **bare, "card_type": "multiple_interaction"}
        bare.pop("card_action", None)
        return Rendered({"msgtype": "template_card", "template_card": bare}, "")
    button = {"text": t("wecom-submit"), "style": STYLES["primary"], "type": 0, "key": SUBMIT}
    drawn |= {"button_selection": select, "button_list": [button]}
    return _with_text(drawn, sheet, _by_number(card, beyond, t), t)


def _by_number(card: Card, beyond: Sequence[Action], t: Translator) -> str:
    """Write the options that no list holds, with the numbers they have in the whole card."""
    lines = [f"{n} {one.label}" for n, one in enumerate(card.actions, 1) if one in beyond]
    return "\n".join([*lines, t("text-answer-by-number")]) if lines else ""


def _opens(action: Action) -> bool:
    url = action.url or ""
    return url.startswith(("https://", "http://")) and len(url.encode()) <= URL_BYTES


def _number(action: Action) -> str:
    """Return the telephone number of a button that dials; the vendor opens no `tel:` links."""
    url = action.url or ""
    return url.removeprefix("tel:") if url.startswith("tel:") else ""


def _mark(reference: str) -> str:
    """Make an invisible beginning of one message; at the end it could stick to a link.

    The vendor's duplicate check compares contents, so the same words sent for another reason
    must differ, and the same message sent again must not.
    """
    bits = int.from_bytes(hashlib.sha256(reference.encode()).digest()[: _MARK_BITS // 8])
    return "".join(_MARK_SIGNS[bits >> place & 1] for place in range(_MARK_BITS))
