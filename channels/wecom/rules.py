"""What WeChat Work allows in a card, how it counts, and the keys that our buttons carry.

Source: developer.work.weixin.qq.com/document/path/90236 (send) and 94888 (update). The lengths of
texts are the vendor's advice ("建议不超过…个字"): beyond them its app cuts in silence, so they are
kept like limits. A 字 is a full-width character; two Latin letters take the room of one (the
vendor does not say how it counts Latin, the app cuts by what fits into the line).
"""

import unicodedata
from typing import Final

TITLE: Final = 36
DESC: Final = 44
SUB_TITLE: Final = 160
KEY_NAME: Final = 5
VALUE: Final = 30
BUTTON: Final = 10
OPTION: Final = 16
ROWS: Final = 6
BUTTONS: Final = 6
OPTIONS: Final = 10
URL_BYTES: Final = 1024
TEXT_BYTES: Final = 2048

SUBMIT: Final = "submit"  # the button under a select list: take the chosen option
NOTHING: Final = "none"  # the grey button of a card that asks for nothing any more
QUESTION: Final = "choice"

# Colours of button_list.style as users describe them (the vendor's page shows a picture alone):
# 1 blue, 2 red, 3 green, 4 grey.
STYLES: Final = {"primary": 1, "danger": 2, "default": 4}
# source.desc_color: 0 grey, 1 black, 2 red, 3 green.
COLOURS: Final = {"danger": 2, "warning": 2, "success": 3, "info": 1, "neutral": 0}


def width(text: str) -> float:
    """Measure a text in 字."""
    return sum(1 if unicodedata.east_asian_width(one) in "WFA" else 0.5 for one in text)


def fits(text: str, limit: int) -> bool:
    """Tell whether a text stays within so many 字 and one line."""
    return "\n" not in text and width(text) <= limit


def cut(text: str, limit: float) -> str:
    """Return the longest beginning within so many 字."""
    room, end = limit, 0
    for end, one in enumerate(text):
        room -= width(one)
        if room < 0:
            return text[:end]
    return text


def shortened(text: str, limit: int) -> str:
    """Write a text in one line of so many 字, the last of them an ellipsis where it was cut."""
    line = " ".join(text.split())
    return line if width(line) <= limit else cut(line, limit - 1) + "…"


def paged(text: str, limit: int, more: str, *, always: bool) -> tuple[str, str]:
    """Cut off what fits into so many 字, at a line's end where one is near.

    Returns (page, rest). With a rest, or `always`, the page ends with the line `more`.
    """
    if not always and width(text) <= limit:
        return text, ""
    head = cut(text, limit - width(more) - 0.5)
    line_end = head.rfind("\n")
    if len(head) < len(text) and line_end > len(head) // 2:
        head = head[:line_end]
    return f"{head}\n{more}".lstrip("\n"), text[len(head) :].lstrip("\n")
