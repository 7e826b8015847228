"""Forms as the page draws them: out of a route's body, or out of the columns of a table."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.console.deps import Operator
from core.actor import CENTRE, Role
from core.db import Session
from core.i18n import Translator
from services.imports.columns import columns
from services.imports.words import words
from services.lists import choices
from services.permissions import At, Permission, allowed
from services.shops.taxonomy import categories

Described = dict[str, Any]
Pick = Callable[[Session, Operator], Awaitable[list[tuple[str, str]]]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """How columns of tables are entered: their kinds, and the lists of words to choose from."""

    shapes: Mapping[str, str]
    one: Mapping[str, str]
    several: Mapping[str, str]


_DRAWN = Drawn(
    {
        "born": "date", "date": "date", "starts": "time", "ends": "time", "phone": "tel",
        "household": "number", "stairs": "number", "floors": "number", "capacity": "number",
        "points": "number", "lon": "decimal", "lat": "decimal", "outline": "area",
    },
    {
        "sex": "sexes", "standing": "standings", "use": "uses", "kind": "kinds", "source": "sources",
    },
    {"groups": "groups", "needs": "needs"},
)  # fmt: skip
SEVERAL = frozenset(_DRAWN.several)
_DATUMS = ("WGS84", "GCJ02", "BD09")


async def of_table(session: Session, by: Operator, kind: str) -> list[Described]:
    """Describe the form of a table's object: one field a column, in the table's order."""
    named = {
        "grid": await choices.grids(session, by.actor, Permission.PEOPLE_FIND, by.community),
        "building": await choices.buildings(session, by.actor, Permission.PEOPLE_FIND, by.community),
    }  # fmt: skip
    found = []
    for code, column in columns(kind).items():
        field = _field(by.t, code, _DRAWN.shapes.get(code, "text"), required=column.required)
        if code == "name" and column.mask == "name":
            field["title"] = by.t("col-person")
        if column.mask != "name":  # no invented name where a real one goes
            field["hint"] = column.example
        if code in named and (kind, code) != ("buildings", "grid"):
            field |= {
                "kind": "choice",
                "choices": _texts([(name, name) for _, name in named[code]]),
            }
        elif code in {**_DRAWN.one, **_DRAWN.several}:
            listed = words({**_DRAWN.one, **_DRAWN.several}[code])
            field["kind"] = "choice" if code in _DRAWN.one else "several"
            field["choices"] = _texts(
                [(listed.name(one), listed.name(one)) for one in listed.names]
            )
        elif code == "datum":
            field |= {"kind": "choice", "choices": _texts([(one, one) for one in _DATUMS])}
        elif code == "category":
            field |= _CATEGORIES
        elif code == "organiser":
            staff = await choices.staff(session, by.actor, by.community)
            field |= {"kind": "choice", "choices": _texts([(name, name) for _, name in staff])}
        found.append(field)
    return found


async def of_body(session: Session, by: Operator, body: type[BaseModel]) -> list[Described]:
    """Describe the form of a route's body."""
    return [
        await _of_field(session, by, name, info)
        for name, info in body.model_fields.items()
        if name != "version"  # of what was opened; nobody enters it
    ]  # fmt: skip


async def _of_field(session: Session, by: Operator, name: str, info: FieldInfo) -> Described:
    kind, metadata = _plain(info.annotation)
    field = _field(by.t, name, "text", required=info.is_required())
    if not info.is_required() and info.default not in (None, []):
        field["value"] = info.default
    field |= await _described(session, by, name, kind)
    for one in (*metadata, *info.metadata):
        if isinstance(one, annotated_types.Ge | annotated_types.Gt):
            field["min"] = one.ge if isinstance(one, annotated_types.Ge) else 1
        elif isinstance(one, annotated_types.Le):
            field["max"] = one.le
        elif isinstance(one, annotated_types.MaxLen) and field["kind"] in {"text", "rows"}:
            field["most"] = one.max_length
    return field


_SHAPES: Mapping[Any, str] = {
    bool: "check", int: "number", float: "decimal", time: "time", date: "date", datetime: "moment",
}  # fmt: skip


async def _described(session: Session, by: Operator, name: str, kind: Any) -> Described:
    origin, inside = get_origin(kind), get_args(kind)
    if origin is list:
        return await _list(session, by, name, _plain(inside[0])[0])
    if origin is dict:
        keys, value = get_args(inside[0]), _plain(inside[1])[1]
        most = [one.le for one in value if isinstance(one, annotated_types.Le)]
        parts = [_field(by.t, key, "number", required=True) | {"min": 1} for key in keys]
        return {
            "kind": "group",
            "fields": [part | {"max": most[0]} if most else part for part in parts],
        }
    if kind is UUID:
        return {"kind": "choice", "choices": _texts(await PICKS[name](session, by))}
    if kind is Role:
        centre = [role.value for role in Role if role in CENTRE]
        return {"kind": "choice", "choices": _texts([(one, by.t(f"role-{one}")) for one in centre])}
    if values := _values(kind):
        return {"kind": "choice", "choices": [_choice(by.t, one) for one in values]}
    if name == "month":
        return {"kind": "month"}
    if name == "category":
        return _CATEGORIES
    return {"kind": _SHAPES.get(kind, "text")}


async def _list(session: Session, by: Operator, name: str, inside: Any) -> Described:
    if isinstance(inside, type) and issubclass(inside, BaseModel):
        return {"kind": "rows", "fields": await of_body(session, by, inside)}
    if inside is UUID:
        return {
            "kind": "several",
            "choices": _texts(await PICKS[name](session, by)),
            "searched": True,
        }
    if values := _values(inside):
        return {"kind": "several", "choices": [_choice(by.t, one) for one in values]}
    # The days of a week, Monday being 1.
    days = [{"value": day, "text": by.t(f"weekday-{(day - 1)}")} for day in range(1, 8)]
    return {"kind": "several", "choices": days}


def _plain(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """Take off what is around a type: Annotated, and None."""
    metadata: tuple[Any, ...] = ()
    while True:
        if get_origin(kind) is Annotated:
            kind, *more = get_args(kind)
            metadata = (*metadata, *more)
        elif get_origin(kind) in {Union, UnionType}:
            kind = next(one for one in get_args(kind) if one is not type(None))
        else:
            return (
                datetime if getattr(kind, "__name__", "") == "AwareDatetime" else kind
            ), metadata


def _values(kind: Any) -> list[str]:
    if get_origin(kind) is Literal:
        return [str(one) for one in get_args(kind)]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return [one.value for one in kind]
    return []


def _field(t: Translator, name: str, kind: str, *, required: bool) -> Described:
    return {"name": name, "title": t(f"fill-{name}"), "kind": kind, "required": required}


def _choice(t: Translator, value: str) -> Described:
    return {"value": value, "text": t(f"choice-{value}")}


def _texts(pairs: list[tuple[str, str]]) -> list[Described]:
    return [{"value": value, "text": text} for value, text in pairs]


_CATEGORIES = {
    "kind": "choice", "choices": _texts([(one.zh, one.zh) for one in categories().values()]),
}  # fmt: skip


async def _grids(session: Session, by: Operator) -> list[tuple[str, str]]:
    plans = allowed(by.actor, Permission.DUTY_PLAN, At(by.community, anywhere=True))
    what = Permission.DUTY_PLAN if plans else Permission.ROLES_GRANT
    return await choices.grids(session, by.actor, what, by.community)


async def _staff(session: Session, by: Operator) -> list[tuple[str, str]]:
    return await choices.staff(session, by.actor, by.community)


async def _devices(session: Session, by: Operator) -> list[tuple[str, str]]:
    return await choices.devices(session, by.actor, by.community)


async def _merchants(session: Session, by: Operator) -> list[tuple[str, str]]:
    return await choices.merchants(session, by.actor, by.community)


PICKS: Mapping[str, Pick] = {
    "grid": _grids, "person": _staff, "devices": _devices, "merchant": _merchants,
}  # fmt: skip
