"""In which language a message is written."""

import re

_LETTERS = re.compile(r"[A-Za-z]")
_HAN = re.compile(r"[㐀-鿿]")
# Letters with a digit or a sign among them: what stands on a device or in an address bar.
_CODE = re.compile(r"(?=[!-~]*(?:\d|\w[/_:@.-]+\w))[!-~]+")
_ENOUGH = 4  # "ok", "wifi 3" and a flat's "B-2" are no English


def language_of(text: str) -> str | None:
    """Name the language of a message; None for numbers, codes and signs, which are of none."""
    if is_english(_CODE.sub(" ", text)):
        return "en"
    return "zh-CN" if _HAN.search(text) else None


def is_english(text: str) -> bool:
    """Tell whether Latin letters dominate; a word or two within Chinese do not count."""
    letters = len(_LETTERS.findall(text))
    return letters >= _ENOUGH and letters > 3 * len(_HAN.findall(text))
