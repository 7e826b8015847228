"""The community's office: the telephone that people are told to call."""

import re
import unicodedata
from uuid import UUID

from core.db import Session, sql

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


async def set_phone(session: Session, slug: str, number: str) -> None:
    """Write the telephone of a community's office."""
    await session.execute(
        sql("UPDATE community SET phone = :phone WHERE slug = :slug"),
        {"phone": number, "slug": slug},
    )
