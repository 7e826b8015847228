"""A community's shops in memory: names by character and sound, places as arrays.

Built from the database and kept until the community's mark changes (a trigger renews it with
every change). A hundred thousand shops take some 60 MB; details are read by id when shown.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from core.db import Session, sql
from services.shops.distance import Floats
from services.shops.hours import Hours
from services.shops.taxonomy import plain, resolve
from services.sound import spelled, syllables

Ints = NDArray[np.int32]
_NOTHING: Ints = np.empty(0, np.int32)
_RERANK = 60  # candidates whose whole names are compared
_TOO_COMMON = 0.08  # a piece in more names than this share tells them apart too little
_SOUND, _SINGLE, _ALIKE = 0.6, 0.3, 0.9
_BUILD_ASIDE = 2_000  # more shops than this are indexed in a thread


@dataclass(frozen=True, slots=True)
class ShopIndex:
    """What a search needs of every shop, position by position."""

    mark: UUID
    ids: Sequence[UUID]
    names: Sequence[str]
    lons: Floats
    lats: Floats
    walk_s: Floats  # NaN where the community set none
    hours: Sequence[int]  # positions in `weeks`
    weeks: Sequence[Hours | None]
    by_category: dict[str, Ints]
    pieces: dict[str, Ints]
    words: Mapping[str, str] = field(default_factory=dict)  # taught here -> category

    def taught(self, text: str) -> str | None:
        """Find the category of the longest taught word in a text."""
        asked = plain(text)
        said = [word for word in self.words if word in asked]
        return self.words[max(said, key=len)] if said else None

    def called(self, name: str, *, least: float) -> list[tuple[int, float]]:
        """Find shops whose names are like this one: (position, likeness 0 to 1), best first."""
        near = self._near(name)
        sound = spelled(name)
        found = [(int(at), self._alike(name, sound, int(at))) for at in near]
        return sorted(
            ((at, alike) for at, alike in found if alike >= least), key=lambda one: -one[1]
        )

    def _near(self, name: str) -> Ints:
        weighed: list[tuple[float, Ints]] = []
        for weight, piece in _pieces(name):
            found = self.pieces.get(piece)
            if found is not None:
                weighed.append((weight * float(np.log1p(len(self.ids) / len(found))), found))
        rare = [one for one in weighed if len(one[1]) <= max(50, len(self.ids) * _TOO_COMMON)]
        weighed = rare or weighed
        if not weighed:
            return _NOTHING
        at = np.concatenate([found for _, found in weighed])
        worth = np.repeat([weight for weight, _ in weighed], [len(found) for _, found in weighed])
        scores = np.bincount(at, worth, minlength=len(self.ids))
        best = min(_RERANK, len(np.unique(at)))
        return np.argpartition(-scores, best - 1)[:best].astype(np.int32)

    def _alike(self, name: str, sound: str, at: int) -> float:
        own = self.names[at]
        written = fuzz.ratio(name, own)
        if len(name) >= 3:
            written = max(written, 0.92 * fuzz.partial_ratio(name, own))
        return max(written, _ALIKE * fuzz.ratio(sound, spelled(own))) / 100


_INDEXES: dict[UUID, ShopIndex] = {}
_BUILDING: dict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)


async def shops_of(session: Session, community: UUID) -> ShopIndex | None:
    """Return the index as of now; None for a community without shops."""
    mark = await _mark(session, community)
    if mark is None:
        return None
    known = _INDEXES.get(community)
    if known is not None and known.mark == mark:
        return known
    async with _BUILDING[community]:  # one builds, the others wait for it
        known = _INDEXES.get(community)
        if known is None or known.mark != mark:
            known = _INDEXES[community] = await _built(session, community, mark)
    return known


async def _built(session: Session, community: UUID, mark: UUID) -> ShopIndex:
    rows = (
        await session.execute(
            sql(
                """
                SELECT id, name, category, lon, lat, walk_s, hours, tags FROM shop
                WHERE community_id = :community AND enabled ORDER BY id
                """
            ),
            {"community": community},
        )
    ).all()
    if len(rows) > _BUILD_ASIDE:
        built = await asyncio.to_thread(build, mark, rows)
    else:
        built = build(mark, rows)
    return replace(built, words=await _taught(session, community))


async def _taught(session: Session, community: UUID) -> dict[str, str]:
    rows = await session.execute(
        sql("SELECT word, category FROM shop_word WHERE community_id = :community"),
        {"community": community},
    )
    return {row.word: row.category for row in rows}


async def _mark(session: Session, community: UUID) -> UUID | None:
    found = await session.execute(
        sql("SELECT mark FROM shop_mark WHERE community_id = :community"),
        {"community": community},
    )
    mark: UUID | None = found.scalar_one_or_none()
    return mark


def build(mark: UUID, rows: Sequence[Any]) -> ShopIndex:
    """Index rows of (id, name, category, lon, lat, walk_s, hours, tags)."""
    by_category: dict[str, list[int]] = defaultdict(list)
    pieces: dict[str, list[int]] = defaultdict(list)
    weeks: dict[str, int] = {}
    hours: list[int] = []
    read: list[Hours | None] = []
    for at, row in enumerate(rows):
        tags = row.tags or []
        for code in {row.category, *filter(None, map(resolve_tag, tags))}:
            by_category[code].append(at)
        for piece in {piece for text in (row.name, *tags) for _, piece in _pieces(plain(text))}:
            pieces[piece].append(at)
        key = repr(row.hours)
        if key not in weeks:
            weeks[key] = len(read)
            read.append(Hours.load(row.hours))
        hours.append(weeks[key])
    return ShopIndex(
        mark, [row.id for row in rows], [plain(row.name) for row in rows],
        np.array([row.lon for row in rows], np.float64),
        np.array([row.lat for row in rows], np.float64),
        np.array([np.nan if row.walk_s is None else row.walk_s for row in rows], np.float64),
        hours, read,
        {code: np.array(found, np.int32) for code, found in by_category.items()},
        {piece: np.array(found, np.int32) for piece, found in pieces.items()},
    )  # fmt: skip


_TAGS: dict[str, str | None] = {}


def resolve_tag(tag: str) -> str | None:
    """Tell which category a tag names, if any: a cobbler's tag 配钥匙 makes it a locksmith too."""
    if tag not in _TAGS and len(_TAGS) < 10_000:
        _TAGS[tag] = resolve(tag)
    return _TAGS.get(tag)


def _pieces(text: str) -> Iterator[tuple[float, str]]:
    """Cut a text into single characters, pairs, and pairs by sound, each with its weight."""
    sounds = syllables(text)
    for char in text:
        yield _SINGLE, char
    for one, other in pairwise(text):
        yield 1.0, one + other
    for first, second in pairwise(sounds):
        yield _SOUND, f"{first} {second}"
