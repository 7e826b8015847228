"""The community's office: the telephone that people are told to call."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from core.actor import Actor
from core.db import Session, sql
from core.errors import UserError
from services.permissions import At, Permission, require
from services.rules.windows import Window, opening

_AREA = re.compile(r"010|02\d|0[3-9]\d\d")
_PHONE = re.compile(r"\+?\d[\d-]{1,18}\d")


def read_phone(text: str) -> str:
    """Read a telephone number as somebody typed it; raises ValueError for what is none."""
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    if not _PHONE.fullmatch(bare):
        raise ValueError("a telephone number looks like 0519-88000000")
    return bare


def from_outside(number: str, phone: str) -> str:
    """Write an emergency number as it reaches this city from any other: 0519-119.

    The city is told by the office's telephone; where that has no area code, the bare number stays.
    """
    area = _AREA.match(phone)
    return f"{area[0]}-{number}" if area else number


async def phone(session: Session, person: UUID | None) -> str | None:
    """Find the telephone of a community that the person belongs to or lives in."""
    found = await session.execute(
        sql(
            """
            SELECT c.phone FROM community c
            WHERE c.phone IS NOT NULL AND c.id IN (
                SELECT community_id FROM membership WHERE person_id = :person
                UNION SELECT community_id FROM residence WHERE person_id = :person AND until IS NULL)
            ORDER BY c.id LIMIT 1
            """
        ),
        {"person": person},
    )
    number: str | None = found.scalar_one_or_none()
    return number


@dataclass(frozen=True, slots=True)
class Office:
    """Whether somebody sits in the centre, and whom one calls when nobody does."""

    staffed: bool
    duty_phone: str | None


async def staffed_at(session: Session, community: UUID, *, now: datetime) -> Office:
    """Tell whether the centre is staffed at a moment; without hours it always is."""
    row = (
        await session.execute(
            sql("SELECT staffed, duty_phone FROM community WHERE id = :id"), {"id": community}
        )
    ).one()
    return Office(is_staffed(row.staffed, now), row.duty_phone)


def is_staffed(hours: Sequence[dict[str, Any]], at: datetime) -> bool:
    """Tell whether a moment lies in staffed hours, as they are stored."""
    windows = tuple(Window.load(one) for one in hours)
    return opening(windows, at) == at


async def set_hours(
    session: Session, by: Actor, *,
    community: UUID, staffed: Sequence[dict[str, Any]], duty_phone: str | None,
) -> None:  # fmt: skip
    """Write when the centre is staffed, and the telephone of whoever is on duty besides.

    Raises UserError `office-hours` for hours that can't be read, `office-phone` for a number.
    """
    require(by, Permission.DUTY_PLAN, At(community))
    try:
        for one in staffed:
            Window.load(one)
    except (ValueError, KeyError, TypeError):
        raise UserError("office-hours", status=422) from None
    try:
        phone = read_phone(duty_phone) if duty_phone else None
    except ValueError:
        raise UserError("office-phone", status=422) from None
    await session.execute(
        sql(
            """
            UPDATE community SET staffed = CAST(:staffed AS jsonb), duty_phone = :phone
            WHERE id = :community
            """
        ),
        {"community": community, "staffed": orjson.dumps(list(staffed)).decode(), "phone": phone},
    )


async def set_phone(session: Session, slug: str, number: str) -> None:
    """Write the telephone of a community's office."""
    await session.execute(
        sql("UPDATE community SET phone = :phone WHERE slug = :slug"),
        {"phone": number, "slug": slug},
    )
