"""Notices by template: which words of a card go into which keyword, within WeChat's limits."""

import re
from dataclasses import dataclass

from channels.text import shortened
from core.card import Card
from core.clock import local, utcnow
from core.i18n import Translator

_KEYWORD = re.compile(
    r"(?:([^\s{}:：]+)\s*[:：]\s*)?\{\{\s*([a-z_]+)(\d*)\.DATA\s*\}\}", re.IGNORECASE
)
# Lengths in characters; what a longer value costs is the whole message (47003).
_LENGTHS = {"thing": 20, "phrase": 5, "name": 10, "character_string": 32, "letter": 32,
            "number": 32, "symbol": 5, "car_number": 8, "phone_number": 17}  # fmt: skip
_THING = _LENGTHS["thing"]
_NOT_PLAIN = re.compile("[^ -~]")
_NO_HAN = re.compile("[^\u4e00-\u9fff]")


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


def filled(content: str, card: Card, reference: str, t: Translator) -> dict[str, dict[str, str]]:
    """Fill a template's places from the card.

    A place takes the field that has its label; without one, words take the title first, then the
    summary and the fields in order.
    """
    by_label = {field.label: field.value for field in card.fields}
    spare = [card.title, card.summary, *(f"{one.label}：{one.value}" for one in card.fields)]
    words = [line for text in spare if (line := " ".join(text.split()))]
    data: dict[str, dict[str, str]] = {}
    for keyword in keywords(content):
        value = by_label.get(keyword.label)
        if value is None and keyword.kind not in {"time", "date", "phrase", "character_string"}:
            value = words.pop(0) if words else None
        data[keyword.name] = {"value": _fit(keyword.kind, value, card, reference, t)}
    return data


def _fit(kind: str, value: str | None, card: Card, reference: str, t: Translator) -> str:
    """Bring a value into the form that its kind demands."""
    now = local(utcnow())
    if kind in {"time", "date"}:
        day = f"{now.year}年{now.month}月{now.day}日"
        return day if kind == "date" else f"{day} {now:%H:%M}"
    if kind == "phrase":
        chosen = _NO_HAN.sub("", value or "") or Translator()(f"wechat-tone-{card.tone}")
        return chosen[: _LENGTHS["phrase"]]
    if kind in {"character_string", "letter", "symbol", "car_number", "phone_number"}:
        return (_NOT_PLAIN.sub("", value or "") or reference)[: _LENGTHS[kind]]
    if kind in {"number", "amount"}:
        return (re.sub("[^0-9.]", "", value or "") or "0")[: _LENGTHS["number"]]
    text = " ".join((value or "").split()) or t("wechat-see-more")
    return shortened(text, _LENGTHS.get(kind, _THING))
