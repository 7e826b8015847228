"""A card as plain numbered text, cut into pages, for channels and messages without buttons."""

from core.card import Card
from core.i18n import Translator

SAY = "say:"  # the key of a vendor's menu entry that stands for the words after it


def numbered(card: Card, t: Translator) -> str:
    """Write the whole card, its buttons as numbers, and how to answer."""
    text = card.fallback()
    if any(action.token for action in card.actions):
        text += "\n" + t("text-answer-by-number")
    return text


def pages(text: str, limit: int, t: Translator, *, encoding: str = "utf-8") -> tuple[str, str]:
    """Cut off what fits into `limit` bytes, at a line's end where one is near.

    Returns (page, rest); with a rest the page ends by saying how to read on.
    """
    if len(text.encode(encoding)) <= limit:
        return text, ""
    more = "\n" + t("text-read-on")
    head = clipped(text, limit - len(more.encode(encoding)), encoding=encoding)
    line_end = head.rfind("\n")
    if line_end > len(head) // 2:
        head = head[:line_end]
    return head + more, text[len(head) :].lstrip("\n")


def clipped(text: str, limit: int, ellipsis: str = "", *, encoding: str = "utf-8") -> str:
    """Cut to `limit` bytes without breaking a character; the ellipsis counts too."""
    whole = text.encode(encoding)
    if len(whole) <= limit:
        return text
    room = limit - len(ellipsis.encode(encoding))
    return whole[:room].decode(encoding, errors="ignore") + ellipsis


def shortened(text: str, limit: int) -> str:
    """Cut to `limit` characters, the last of them an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
