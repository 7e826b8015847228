"""Words that found no shop, and the words a community teaches for a category."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.actor import Actor
from core.crypto import keyring, open_json, seal_json
from core.db import Session, sql
from core.errors import UserError
from services.permissions import At, Permission, require
from services.shops import match
from services.shops.taxonomy import leading, nearest_names, plain, resolve

_WORD = "shop_miss.word"
_LONGEST = 20
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Miss:
    """Words for which no shop was found, how often and when last."""

    word: str
    times: int
    last_at: datetime


async def missed(session: Session, community: UUID, asked: str, *, now: datetime) -> None:
    """Count words that found nothing; what is longer than a shop's name is not kept."""
    word = match.core(asked).lstrip(leading())
    if not 1 < len(word) <= _LONGEST:
        return
    await session.execute(
        sql(
            """
            INSERT INTO shop_miss AS m (community_id, word_index, word, times, last_at)
            VALUES (:community, :index, :word, 1, :now)
            ON CONFLICT (community_id, word_index)
            DO UPDATE SET times = m.times + 1, last_at = excluded.last_at
            """
        ),
        {
            "community": community, "index": keyring().index(word, _WORD),
            "word": seal_json(word, _WORD), "now": now,
        },
    )  # fmt: skip


async def misses(session: Session, by: Actor, community: UUID) -> list[Miss]:
    """List what was asked for in vain, the most frequent first, at most 50."""
    require(by, Permission.SHOPS_TEACH, At(community))
    rows = await session.execute(
        sql(
            """
            SELECT word, times, last_at FROM shop_miss WHERE community_id = :community
            ORDER BY times DESC, last_at DESC LIMIT :limit
            """
        ),
        {"community": community, "limit": _SHOWN},
    )
    return [Miss(open_json(row.word, _WORD), row.times, row.last_at) for row in rows]


async def teach(
    session: Session, by: Actor, community: UUID, *, word: str, category: str, now: datetime
) -> str:
    """Let a word mean a category in this community; returns the category's code.

    The newest teaching holds. Raises UserError `shop-word-short`, `shop-category-unknown`.
    """
    require(by, Permission.SHOPS_TEACH, At(community))
    known = plain(word)
    if not 1 < len(known) <= _LONGEST:
        raise UserError("shop-word-short", limit=_LONGEST)
    code = resolve(category)
    if code is None:
        raise UserError("shop-category-unknown", known=" / ".join(nearest_names(category)))
    await session.execute(
        sql(
            """
            INSERT INTO shop_word (community_id, word, category, taught_by, at)
            VALUES (:community, :word, :category, :by, :now)
            ON CONFLICT (community_id, word) DO UPDATE
            SET category = excluded.category, taught_by = excluded.taught_by, at = excluded.at
            """
        ),
        {"community": community, "word": known, "category": code, "by": by.person, "now": now},
    )
    await session.execute(
        sql("DELETE FROM shop_miss WHERE community_id = :community AND word_index = :index"),
        {"community": community, "index": keyring().index(match.core(word), _WORD)},
    )
    return code
