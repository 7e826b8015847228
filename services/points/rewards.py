"""What points can be spent on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz

from core.db import Session, sql
from core.errors import UserError

_ALIKE = 75  # of 100: one wrong character in four still finds the reward
_COLUMNS = "id, community_id, shop_id, merchant_id, place, item, item_en, cost, stock"


@dataclass(frozen=True, slots=True)
class RewardView:
    """A reward as people see it."""

    id: UUID
    community: UUID
    shop: UUID | None
    merchant: UUID
    place: str
    item: str
    item_en: str
    cost: int
    stock: int | None


async def on_offer(
    session: Session, community: UUID, *, after: UUID | None, limit: int
) -> list[RewardView]:
    """List what is to be had, the cheapest first, from after a reward on."""
    onward = "AND (cost, id) > (SELECT cost, id FROM reward WHERE id = :after)" if after else ""
    rows = await session.execute(
        sql(
            f"""
            SELECT {_COLUMNS} FROM reward
            WHERE community_id = :community AND ended_at IS NULL AND coalesce(stock, 1) > 0 {onward}
            ORDER BY cost, id LIMIT :limit
            """  # noqa: S608  (literals above)
        ),
        {"community": community, "limit": limit} | ({"after": after} if after else {}),
    )
    return [_view(row) for row in rows]


async def reward(session: Session, community: UUID, which: UUID) -> RewardView:
    """Find a reward that is to be had; raises UserError `reward-gone` (410) otherwise."""
    rows = await session.execute(
        sql(
            f"""
            SELECT {_COLUMNS} FROM reward
            WHERE id = :id AND community_id = :community AND ended_at IS NULL
              AND coalesce(stock, 1) > 0
            """  # noqa: S608
        ),
        {"id": which, "community": community},
    )
    if (row := rows.one_or_none()) is None:
        raise UserError("reward-gone", status=410)
    return _view(row)


async def take_one(session: Session, which: UUID) -> None:
    """Take one from the stock; raises UserError `reward-gone` (410) when none is left."""
    taken = await session.execute(
        sql(
            """
            UPDATE reward SET stock = stock - 1
            WHERE id = :id AND ended_at IS NULL AND coalesce(stock, 1) > 0 RETURNING id
            """
        ),
        {"id": which},
    )
    if taken.one_or_none() is None:
        raise UserError("reward-gone", status=410)


async def put_back(session: Session, which: UUID) -> None:
    """Put one back that was not handed over."""
    await session.execute(
        sql("UPDATE reward SET stock = stock + 1 WHERE id = :id AND stock IS NOT NULL"),
        {"id": which},
    )


def alike(offers: Sequence[RewardView], words: str) -> list[RewardView]:
    """Pick the rewards that somebody's words may mean, the likeliest first."""
    scored = [(max(_score(words, one.item), _score(words, one.item_en)), one) for one in offers]
    found = [pair for pair in scored if pair[0] >= _ALIKE]
    return [one for _, one in sorted(found, key=lambda pair: -pair[0])]


def _score(words: str, item: str) -> float:
    return fuzz.partial_ratio(words.casefold(), item.casefold()) if words and item else 0.0


def _view(row: Any) -> RewardView:
    return RewardView(
        row.id, row.community_id, row.shop_id, row.merchant_id, row.place, row.item, row.item_en,
        row.cost, row.stock,
    )  # fmt: skip
