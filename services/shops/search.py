"""Which shop is meant and how to get there: by name, by what one needs, or simply nearby."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest
from uuid import UUID

import numpy as np

from core.clock import local
from core.db import Session, sql
from services.shops import distance, match
from services.shops.distance import Point
from services.shops.hours import Hours
from services.shops.index import Ints, ShopIndex, shops_of

PAGE = 3
_VERY_NAME = 0.99
_SAME_NAME = 0.8  # likeness from which a name is meant before a category
_LIKE_NAME = 0.62
_LONGEST = 80  # characters of a question that are read
_OPEN_WORDS = ("开着", "还开", "开门的", "营业的", "现在开", "没关门", "open now")


class Kind(StrEnum):
    """How a question was read."""

    NAME = "name"
    CATEGORY = "category"
    MAYBE = "maybe"  # no word fits well: what it may have meant
    NEARBY = "nearby"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a walk begins; the community's own walking times hold from its homes only."""

    at: Point
    home: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """One shop with the way to it."""

    id: UUID
    name: str
    category: str
    address: str
    phone: str | None
    at: Point
    distance_m: int
    walk_m: int
    walk_s: int
    open: bool | None
    hours: Hours | None
    hours_raw: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of an answer; `total` counts all pages.

    `closed` says that open shops were asked for and there is none: then these are closed.
    """

    kind: Kind
    categories: tuple[str, ...]
    shops: tuple[Hit, ...]
    total: int
    closed: bool = False


@dataclass(frozen=True, slots=True)
class _Ways:
    metres: distance.Floats  # in a straight line
    walk_s: distance.Floats


async def find(
    session: Session, community: UUID, text: str, *, origin: Origin, now: datetime,
    limit: int = PAGE, offset: int = 0, open_now: bool = False,
) -> Found:  # fmt: skip
    """Find shops for a question in everyday words; an empty one means whatever is nearby."""
    index = await shops_of(session, community)
    if index is None:
        return Found(Kind.NONE, (), (), 0)
    kind, codes, named, others = _meant(index, text[:_LONGEST])
    ways = _ways(index, origin)
    moment = local(now)
    closed = False
    if open_now or any(word in text for word in _OPEN_WORDS):
        every = _ordered(named, others, ways, len(index.ids))
        still = [at for at in every if _is_open(index, at, moment)]
        closed = bool(every) and not still
        order, total = still or every, len(still or every)
    else:
        order = _ordered(named, others, ways, limit + offset)
        total = _total(named, others)
    chosen = order[offset : offset + limit]
    shops = await _details(session, community, index, chosen, ways=ways, moment=moment)
    return Found(kind, codes, shops, total, closed)


def _ways(index: ShopIndex, origin: Origin) -> _Ways:
    metres = distance.straight_to_all(origin.at, index.lons, index.lats)
    walks = metres * distance.DETOUR / distance.PACE_M_S
    if origin.home:
        walks = np.where(np.isnan(index.walk_s), walks, index.walk_s)
    return _Ways(metres, walks)


def _meant(index: ShopIndex, text: str) -> tuple[Kind, tuple[str, ...], list[int], list[Ints]]:
    """Read the question: (kind, categories, shops by name best first, the others by category)."""
    asked = match.core(text)
    everything = np.arange(len(index.ids), dtype=np.int32)
    if not asked:
        return Kind.NEARBY, (), [], [everything]
    if (code := index.taught(text)) is not None:
        return Kind.CATEGORY, (code,), [], _of(index, (code,))
    guesses = match.guesses(text)
    codes = tuple(one.code for one in guesses)
    best = guesses[0].word if guesses else ""
    if best != asked and len(asked) > 1:
        # Where a category's word is nearly all that was asked, only the very name means a shop.
        least = _VERY_NAME if best and len(best) >= len(asked) - 1 else _SAME_NAME
        called = index.called(asked, least=_LIKE_NAME)
        same = [at for at, alike in called if alike >= least]
        if same or (called and not guesses):
            return Kind.NAME, codes, same or [at for at, _ in called[:9]], _of(index, codes)
    if guesses:
        return Kind.CATEGORY, codes, [], _of(index, codes)
    maybe = tuple(one.code for one in match.guesses(text, gate=match.POSSIBLE))
    return Kind.MAYBE if maybe else Kind.NONE, maybe, [], _of(index, maybe)


def _of(index: ShopIndex, codes: Iterable[str]) -> list[Ints]:
    return [index.by_category[code] for code in codes if code in index.by_category]


def _ordered(named: Sequence[int], others: Sequence[Ints], ways: _Ways, wanted: int) -> list[int]:
    """Put those called so first, then the nearest of each category in turn."""
    turns = [_nearest(one, ways, wanted + len(named)) for one in others]
    rest = [at for turn in zip_longest(*turns) for at in turn if at is not None]
    return list(dict.fromkeys([*named, *rest]))


def _nearest(shops: Ints, ways: _Ways, wanted: int) -> list[int]:
    near = ways.walk_s[shops]
    if wanted < len(shops):
        first = np.argpartition(near, wanted)[:wanted]
        shops, near = shops[first], near[first]
    found: list[int] = shops[np.argsort(near, kind="stable")].tolist()
    return found


def _total(named: Sequence[int], others: Sequence[Ints]) -> int:
    if not named and len(others) < 2:
        return len(others[0]) if others else 0
    return len(np.unique(np.concatenate([np.array(named, np.int32), *others])))


def _is_open(index: ShopIndex, at: int, moment: datetime) -> bool:
    week = index.weeks[index.hours[at]]
    return week is not None and week.is_open(moment)


async def _details(
    session: Session, community: UUID, index: ShopIndex, chosen: Sequence[int],
    *, ways: _Ways, moment: datetime,
) -> tuple[Hit, ...]:  # fmt: skip
    if not chosen:
        return ()
    rows = await session.execute(
        sql(
            """
            SELECT id, name, category, address, phone, lon, lat, hours_raw, tags FROM shop
            WHERE community_id = :community AND id = ANY(CAST(:ids AS uuid[]))
            """
        ),
        {"community": community, "ids": [index.ids[at] for at in chosen]},
    )
    known = {row.id: row for row in rows}
    found: list[Hit] = []
    for at in chosen:
        if (row := known.get(index.ids[at])) is None:
            continue
        week, straight = index.weeks[index.hours[at]], float(ways.metres[at])
        found.append(
            Hit(
                row.id, row.name, row.category, row.address, row.phone, Point(row.lon, row.lat),
                round(straight), distance.walk_m(straight), round(float(ways.walk_s[at])),
                None if week is None else week.is_open(moment), week, row.hours_raw,
                tuple(row.tags),
            )
        )  # fmt: skip
    return tuple(found)


async def one(
    session: Session, community: UUID, shop: UUID, *, origin: Origin, now: datetime
) -> Hit | None:
    """Look one shop up, None when it is gone."""
    index = await shops_of(session, community)
    if index is None or shop not in index.ids:
        return None
    ways = _ways(index, origin)
    at = [index.ids.index(shop)]
    hits = await _details(session, community, index, at, ways=ways, moment=local(now))
    return hits[0] if hits else None
