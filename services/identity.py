"""How telephone and ID numbers are spelled and found again: one spelling and one blind index each.

Pure: whoever stores or looks a number up does it through these functions, or finds nobody.
"""

import re
import unicodedata

from core.crypto import keyring

TAIL = 4
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_ID = re.compile(r"\d{17}[\dX]")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|[48]00\d{7}|[2-9]\d{6,7}")
_SEPARATORS = re.compile(r"[\s().·_'’‘`]")  # also the apostrophe that keeps a cell a text
_DASHES = re.compile(r"[‐‑‒–—―−ー]")


def normalised_phone(text: str) -> str | None:
    """Spell a telephone number in the one way that is stored; None when it is none.

    A mobile number is eleven digits; a landline keeps one dash after its area code.
    """
    folded = _DASHES.sub("-", _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)))
    bare = re.sub(r"^(?:\+|00)86-?", "", folded)
    if re.fullmatch(r"86-?1[3-9]\d{9}", bare):
        bare = bare[2:].removeprefix("-")
    digits = bare.replace("-", "")
    if re.fullmatch(r"1[3-9]\d{9}|[48]00\d{7}", digits):
        return digits
    if not _PHONE.fullmatch(bare):
        return None
    area = re.fullmatch(r"(0(?:10|2\d|[3-9]\d{2}))-?(\d{7,8}(?:-\d+)?)", bare)
    return f"{area[1]}-{area[2]}" if area else bare


def phone_index(phone: str) -> bytes:
    """Make the blind index by which somebody is found by telephone; the spelling is not minded."""
    return keyring().index(normalised_phone(phone) or phone, "person.phone_index")


def phone_tail(phone: str) -> bytes | None:
    """Make the blind index of the last four digits; None for a number that has no four."""
    digits = re.sub(r"\D", "", normalised_phone(phone) or phone)
    return keyring().index(digits[-TAIL:], "person.phone_tail") if len(digits) >= TAIL else None


def normalised_id(text: str) -> str:
    """Spell an ID number in the one way that is stored: half-width, without gaps, X upper case."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def id_check(first: str) -> str:
    """Compute the last character of an ID number from its first 17 digits (GB 11643-1999)."""
    return _CHECKS[sum(int(d) * w for d, w in zip(first, _WEIGHTS, strict=True)) % 11]


def id_is_whole(number: str) -> bool:
    """Tell whether a normalised ID number has 18 characters and the last one fits the others."""
    return bool(_ID.fullmatch(number)) and id_check(number[:17]) == number[17]


def id_index(number: str) -> bytes:
    """Make the blind index by which somebody is found by ID number; the spelling is not minded."""
    return keyring().index(normalised_id(number), "person.id_index")


def id_tail(number: str) -> bytes | None:
    """Make the blind index of the last four characters; None for a number that has no four."""
    bare = normalised_id(number)
    return keyring().index(bare[-TAIL:], "person.id_tail") if len(bare) >= TAIL else None


def tail_indexes(last: str) -> tuple[bytes, bytes]:
    """Make the indexes of four characters that somebody typed: as a telephone's, as an ID's."""
    bare = normalised_id(last)
    return keyring().index(bare, "person.phone_tail"), keyring().index(bare, "person.id_tail")


def label_index(label: str) -> bytes:
    """Make the blind index by which a flat is found within its building."""
    return keyring().index(label, "home.label_index")
