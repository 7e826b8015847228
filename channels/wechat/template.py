"""Notices by template: which words of a card go into which keyword, within WeChat's limits."""

import re
from dataclasses import dataclass, replace

from channels.text import shortened
from core.card import Card
from core.clock import local, utcnow
from core.i18n import Translator

_KEYWORD = re.compile(
    r"(?:([^\s{}:\uff1a]+)\s*[:\uff1a]\s*)?\{\{\s*([a-z_]+)(\d*)\.DATA\s*\}\}", re.IGNORECASE
)
_THING = 20
# Of each kind: what it can't hold, and its length in characters. A breach costs the whole message.
_FORMS = {
    "phrase": (re.compile(r"[^\u4e00-\u9fff]"), 5),
    "name": (re.compile(r"[^\u4e00-\u9fff]"), 10),
    "character_string": (re.compile("[^!-~]"), 32),
    "letter": (re.compile("[^A-Za-z]"), 32),
    "number": (re.compile("[^0-9]"), 32),
    "amount": (re.compile("[^0-9]"), 10),
}
_TIMES = frozenset({"time", "date"})
_OWN_WORDS = _TIMES | {"phrase", "character_string"}  # a title makes none of these


@dataclass(frozen=True, slots=True)
class Keyword:
    """One place of a template: what stands before it, its kind, its whole name."""

    label: str
    kind: str
    name: str


def keywords(content: str) -> list[Keyword]:
    """List a template's places, such as `地点:{{thing2.DATA}}`, as they stand in its text."""
    return [
        Keyword(found[1] or "", found[2].lower(), f"{found[2]}{found[3]}")
        for found in _KEYWORD.finditer(content)
    ]


def filled(content: str, card: Card, reference: str) -> dict[str, dict[str, str]]:
    """Fill a template's places from the card.

    A place takes the field that has its label; without one, words take the title first, then the
    summary and the fields in order. The template is Chinese, and so is what is put in.
    """
    t = Translator()
    by_label = {field.label: field.value for field in card.fields}
    words = replace(card, actions=()).fallback().split("\n")
    data: dict[str, dict[str, str]] = {}
    for keyword in keywords(content):
        value = by_label.get(keyword.label)
        if value is None and keyword.kind not in _OWN_WORDS:
            value = words.pop(0) if words else None
        data[keyword.name] = {"value": _fit(keyword.kind, value, card, reference, t)}
    return data


def _fit(kind: str, value: str | None, card: Card, reference: str, t: Translator) -> str:
    """Bring a value into the form that its kind demands."""
    if kind in _TIMES:
        now = local(utcnow())
        day = t("wechat-date", year=now.year, month=now.month, day=now.day)
        return day if kind == "date" else f"{day} {now:%H:%M}"
    if kind not in _FORMS:
        text = " ".join((value or "").split())
        return shortened(text or t("wechat-see-more"), _THING)
    unfit, length = _FORMS[kind]
    return (unfit.sub("", value or "") or _instead(kind, card, reference, t))[:length]


def _instead(kind: str, card: Card, reference: str, t: Translator) -> str:
    """Choose what stands where the card has nothing of this kind."""
    if kind == "phrase":
        return t(f"wechat-tone-{card.tone}")
    if kind == "character_string":
        return reference
    return {"name": t("wechat-name"), "letter": "Linling"}.get(kind, "0")
