"""What of a person is shown to whom: one place for every mask, and for who sees through it.

A worker sees people of the own grids whole, relatives their elders, everybody themselves. Who sits
in the command centre sees masks until a person is opened, which is written down. A merchant sees a
masked name and an amount. Nobody else sees anything, and a masked screen, before visitors or on a
wall, shows nobody to anybody.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml

from core.actor import CENTRE, Actor
from core.crypto import open_json
from core.errors import UserError
from services.permissions import At, Permission, allowed

_DATA = Path(__file__).resolve().parent.parent / "data" / "surnames.yaml"
_TAIL, _HEAD = 4, 3
_STAR = "*"
NOBODY = _STAR * 2
_MOBILE = 11


@cache
def _double() -> frozenset[str]:
    return frozenset(yaml.safe_load(_DATA.read_text("utf-8"))["double"].split())


def name(whole: str) -> str:
    """Show the family name alone and two stars, so that not even the length is told: 张**."""
    bare = whole.strip()
    family = bare[:2] if len(bare) > 2 and bare[:2] in _double() else bare[:1]
    return f"{family}{_STAR * 2}" if family else ""


def phone(whole: str) -> str:
    """Show the beginning and the last four digits: 138****1234; of a short number only stars."""
    digits = "".join(one for one in whole if one.isdigit())
    if len(digits) > _MOBILE:
        digits = digits.removeprefix("86")
    if len(digits) < _HEAD + _TAIL + 1:
        return _STAR * 4 if digits else ""
    return f"{digits[:_HEAD]}{_STAR * 4}{digits[-_TAIL:]}"


def id_number(whole: str) -> str:
    """Show the last four characters alone: birthday and birthplace stand before them."""
    return f"{_STAR * (len(whole) - _TAIL)}{whole[-_TAIL:]}" if len(whole) > _TAIL else ""


def address(building: str) -> str:
    """Show the building alone, without stair and flat."""
    return f"{building} {_STAR * 4}" if building else ""


def shown(sealed: bytes, *, whole: bool) -> str:
    """Open a name out of the database, and mask it unless it may be whole, as that of staff is."""
    opened: str = open_json(sealed, "person.name")
    return opened if whole else name(opened)


def require_unmasked(by: Actor) -> None:
    """Raise UserError `visitors-present` (403) where names and telephones would be shown."""
    if by.masked:
        raise UserError("visitors-present", status=403)


def whole(by: Actor, at: At) -> bool:
    """Tell whether a list may show somebody without a mask; an operator has to open them first."""
    if by.masked:
        return False
    if at.person in by.glass:
        return allowed(by, Permission.PEOPLE_READ, at)
    grants = tuple(grant for grant in by.grants if grant.role not in CENTRE)
    return allowed(replace(by, grants=grants), Permission.PEOPLE_READ, at)
