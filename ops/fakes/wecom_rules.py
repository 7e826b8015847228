"""The limits of WeChat Work's messages, as one table, and the checker that holds them.

Source: developer.work.weixin.qq.com/document/path/90236 and 94888. Where the vendor only advises
a length ("建议不超过…个字") its app cuts in silence; here that is an error, so that a test sees it.
A 字 is a full-width character; two narrow ones take its room.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final, Literal

Unit = Literal["zi", "bytes", "items"]

# path of a field ("*" is each element of a list), the most it may hold, the unit
LIMITS: Final[tuple[tuple[str, int, Unit], ...]] = (
    ("source.desc", 20, "zi"),
    ("main_title.title", 36, "zi"),
    ("main_title.desc", 44, "zi"),
    ("sub_title_text", 160, "zi"),
    ("replace_text", 10, "zi"),
    ("task_id", 128, "bytes"),
    ("horizontal_content_list", 6, "items"),
    ("horizontal_content_list.*.keyname", 5, "zi"),
    ("horizontal_content_list.*.value", 30, "zi"),
    ("button_list", 6, "items"),
    ("button_list.*.text", 10, "zi"),
    ("button_list.*.key", 1024, "bytes"),
    ("button_selection.question_key", 1024, "bytes"),
    ("button_selection.option_list", 10, "items"),
    ("button_selection.option_list.*.id", 128, "bytes"),
    ("button_selection.option_list.*.text", 16, "zi"),
    ("select_list", 3, "items"),
    ("select_list.*.question_key", 1024, "bytes"),
    ("select_list.*.option_list", 10, "items"),
    ("select_list.*.option_list.*.id", 128, "bytes"),
    ("select_list.*.option_list.*.text", 16, "zi"),
    ("submit_button.text", 10, "zi"),
    ("submit_button.key", 1024, "bytes"),
)
# What must be there and say something.
NEEDED: Final = {
    "button_interaction": ("main_title.title", "task_id"),
    "multiple_interaction": (
        "main_title.title", "task_id", "select_list", "submit_button.text", "submit_button.key",
    ),
}  # fmt: skip
FILLED: Final = (
    "horizontal_content_list.*.keyname",
    "button_list.*.text",
    "button_selection.question_key",
    "button_selection.option_list",
    "button_selection.option_list.*.id",
    "button_selection.option_list.*.text",
    "select_list.*.question_key",
    "select_list.*.option_list",
    "select_list.*.option_list.*.id",
    "select_list.*.option_list.*.text",
)
_SHARED = {"card_type", "source", "main_title", "task_id", "action_menu"}
KNOWN: Final = {
    "button_interaction": _SHARED
    | {"quote_area", "sub_title_text", "horizontal_content_list", "card_action",
       "button_selection", "button_list", "replace_text"},
    "multiple_interaction": _SHARED | {"select_list", "submit_button", "replace_text"},
}  # fmt: skip
UNIQUE: Final = (
    "button_list.*.key",
    "button_selection.option_list.*.id",
    "select_list.*.question_key",
    "select_list.*.option_list.*.id",
)
_TASK = re.compile(r"[0-9A-Za-z_\-@]+")
TEXT_BYTES: Final = 2048


def measure(value: Any, unit: Unit) -> float:
    """Measure a field as the vendor does."""
    if unit == "items":
        return len(value)
    if unit == "bytes":
        return len(value.encode())
    wide = sum(unicodedata.east_asian_width(one) in {"W", "F", "A"} for one in value)
    return (len(value) + wide) / 2


def found(card: Any, path: str) -> Iterator[Any]:
    """Yield what stands at a path of the table."""
    name, _, below = path.partition(".")
    if name == "*":
        inner = card if isinstance(card, list) else []
    else:
        inner = [card[name]] if isinstance(card, dict) and name in card else []
    for one in inner:
        if below:
            yield from found(one, below)
        else:
            yield one


def fault(card: dict[str, Any], *, update: bool = False) -> str:
    """Say what the vendor would not take of a template card; empty if it is well."""
    kind = card.get("card_type", "")
    if kind not in KNOWN:
        return "card_type"
    known = KNOWN[kind] if update else KNOWN[kind] - {"replace_text"}
    if strange := set(card) - known:
        return f"unknown {sorted(strange)}"
    if words := next(_faults(card, kind), ""):
        return words
    return _buttons(card) if kind == "button_interaction" else ""


def _faults(card: dict[str, Any], kind: str) -> Iterator[str]:
    """Go through the tables."""
    yield from (f"{path} missing" for path in NEEDED[kind] if not any(found(card, path)))
    yield from (f"{path} empty" for path in FILLED if not all(found(card, path)))
    for path, most, unit in LIMITS:
        if any(measure(one, unit) > most for one in found(card, path)):
            yield f"{path} beyond {most}"
    for path in UNIQUE:
        keys = list(found(card, path))
        if len(keys) != len(set(keys)):
            yield f"{path} twice"
    if not _TASK.fullmatch(card["task_id"]):
        yield "task_id"


def _buttons(card: dict[str, Any]) -> str:
    if not card.get("button_list"):
        return "button_list missing"
    for button in card["button_list"]:
        if button.get("style", 1) not in {1, 2, 3, 4}:
            return "button_list.style"
        needed = "url" if button.get("type", 0) == 1 else "key"
        if not button.get(needed):
            return f"button_list.{needed} missing"
    for row in card.get("horizontal_content_list", ()):
        if row.get("type", 0) == 1 and not row.get("url"):
            return "horizontal_content_list.url missing"
        if "\n" in row["keyname"] + row.get("value", ""):
            return "horizontal_content_list of two lines"
    return ""
