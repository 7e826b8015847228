"""The demo's shops: along the roads of the invented map, every category at least once."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count
from math import hypot
from random import Random
from typing import Any
from uuid import UUID

from core.db import Session, sql
from models import Datum, Shop
from ops.seed import data, ground
from ops.seed.rows import Rows
from services.shops.hours_text import parse

_CHANCE = 1010  # the same street at every start
_BESIDE = (9.0, 16.0)  # metres from the middle of the road to a shop's door
_SILENT = frozenset({"public_toilet", "charging", "bus_stop", "park", "chess_room"})


async def keep_up(session: Session, community: UUID, *, now: datetime) -> Mapping[str, int]:
    """Add the shops to a demo that has none; what was changed or removed later stays so."""
    found = await session.execute(
        sql(
            """
            SELECT (SELECT person_id FROM demo_persona WHERE persona = 'merchant') AS merchant,
                   EXISTS (SELECT 1 FROM shop WHERE community_id = :community) AS open
            """
        ),
        {"community": community},
    )
    row = found.one()
    rows = Rows()
    if row.open:
        return {}
    for values in invented(Random(_CHANCE)):
        owner = row.merchant if values["name"] == data.demo("shops")["merchant"] else None
        rows.make(
            Shop, community_id=community, merchant_person_id=owner, created_at=now,
            updated_at=now, **values,
        )  # fmt: skip
    return await rows.write(session)


def invented(rng: Random) -> Iterator[dict[str, Any]]:
    """Make up the shops of data/demo/shops.yaml, a row's values each."""
    plan, taken = data.demo("shops"), Counter[str]()
    telephone = count(1)
    for category, about in plan["shops"].items():
        hours = plan["hours"][about["hours"]]
        for index, entry in enumerate(about["names"].split()):
            name, _, tags = entry.partition("/")
            road, (lon, lat) = _door(rng, plan["spread_m"])
            taken[road] += 1
            raw = hours[(index + len(category)) % len(hours)]
            week = parse(raw)
            phone = plan["telephone"].format(number=next(telephone))
            yield {
                "name": name, "category": category, "lon": lon, "lat": lat,
                "address": plan["address"].format(road=road, number=2 * taken[road] + 1),
                "datum": Datum.WGS84, "source_lon": lon, "source_lat": lat, "hours_raw": raw,
                "hours": week.stored() if week else None, "walk_s": None, "enabled": True,
                "phone": None if category in _SILENT else phone,
                "tags": tags.split("、") if tags else [],
            }  # fmt: skip


def _door(rng: Random, spread: float) -> tuple[str, ground.Point]:
    """Pick a place beside a road, not farther than `spread` metres from the middle."""
    roads = ground.roads()
    while True:
        name, offset, west_east = rng.choice(roads)
        along = rng.uniform(-spread, spread)
        beside = offset + rng.choice((-1, 1)) * rng.uniform(*_BESIDE)
        metres = (along, beside) if west_east else (beside, along)
        if hypot(*metres) <= spread:
            return name, ground.on_earth(metres)
