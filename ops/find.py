"""`python -m ops find`: shops for a question in everyday words, without a channel.

A JSON line an answer: `{"query","kind","shops":[{"id","name","category","distance_m","walk_s",
"open","phone","links":{}}]}`. `distance_m` is the straight line, `walk_s` the estimate on foot,
`kind` one of name, category, maybe, nearby, none.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from core.clock import utcnow
from core.crypto import use_keyring
from core.db import Database
from core.i18n import Translator
from core.settings import Settings
from ops.community import community_of, opened
from services.shops import links, places
from services.shops.distance import Point
from services.shops.search import PAGE, Found, Hit, Origin, find
from services.shops.taxonomy import categories


@dataclass(frozen=True, slots=True)
class Asking:
    """What holds for all questions; without a place they start from the community's middle."""

    at: Point | None = None
    now: datetime | None = None
    limit: int = PAGE
    as_json: bool = False


def place(text: str) -> Point:
    """Read LON,LAT in WGS-84 degrees; raises ValueError with what is wrong."""
    lon, comma, lat = text.partition(",")
    try:
        at = Point(float(lon), float(lat))
    except ValueError:
        at = Point(999, 999)
    if not comma or abs(at.lon) > 180 or abs(at.lat) > 90:
        raise ValueError(f"--at wants LON,LAT in degrees, such as 120.06,31.72, not {text}")
    return at


def moment(text: str, zone: str) -> datetime:
    """Read an ISO moment; one without an offset is the community's local time."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"an ISO moment looks like 2026-11-22T09:00, which {text} does not"
        ) from None
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))


def run(settings: Settings, slug: str, queries: Iterable[str], asking: Asking) -> None:
    """Answer every question with a line on standard output, each as soon as it was read."""
    use_keyring(settings.keyring)

    async def work() -> None:
        async with opened(settings) as db:
            community = await community_of(db, slug)
            async for line in answers(db, community, queries, asking):
                print(line, flush=True)

    asyncio.run(work())


async def answers(
    db: Database, community: UUID, queries: Iterable[str], asking: Asking
) -> AsyncIterator[str]:
    """Answer each question with a line."""
    async with db.reading() as session:
        middle = await places.centre(session, community)
    origin = Origin(asking.at, home=False) if asking.at else Origin(middle)
    for line in queries:
        query = line.strip()
        async with db.reading() as session:
            found = await find(
                session, community, query, origin=origin, now=asking.now or utcnow(),
                limit=asking.limit,
            )  # fmt: skip
        yield _as_json(query, found) if asking.as_json else _as_text(query, found)


def _as_json(query: str, found: Found) -> str:
    answer = {"query": query, "kind": found.kind, "shops": [_shop(one) for one in found.shops]}
    return orjson.dumps(answer).decode()


def _shop(one: Hit) -> dict[str, object]:
    return {
        "id": str(one.id),
        "name": one.name,
        "category": categories()[one.category].zh,
        "distance_m": one.distance_m,
        "walk_s": one.walk_s,
        "open": one.open,
        "phone": one.phone,
        "links": links.walking(one.name, one.at),
    }


def _as_text(query: str, found: Found) -> str:
    t = Translator()
    shown = t("word-semicolon").join(_line(one, t) for one in found.shops)
    return t("find-line", asked=query or t("find-around"), shops=shown or t("find-nothing"))


def _line(one: Hit, t: Translator) -> str:
    category = categories()[one.category].zh
    return t("find-shop", name=one.name, category=category, metres=one.distance_m)
