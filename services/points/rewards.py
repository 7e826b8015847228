"""What points can be spent on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz

from core.actor import Actor
from core.db import Session, sql
from core.errors import StaleError, UserError
from core.ids import uuid7
from services.permissions import At, Permission, require

# What somebody who changes a reward has seen of it; the stock moves with every redemption.
VERSION = "md5(concat_ws('|', r.item, r.item_en, r.place, r.cost, r.merchant_id, r.ended_at))"
_ALIKE = 75  # of 100: one wrong character in four still finds the reward
_COLUMNS = "id, community_id, shop_id, merchant_id, place, item, item_en, cost, stock"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a merchant would give for points; a stock of None is without end."""

    item: str
    item_en: str
    place: str
    cost: int
    stock: int | None
    merchant: UUID


async def offer(
    session: Session, by: Actor, what: Offer, *, community: UUID, now: datetime
) -> UUID:
    """Put a reward on offer; raises UserError `merchant-unknown` (404)."""
    require(by, Permission.OFFERS_WRITE, At(community))
    await _require_merchant(session, community, what.merchant)
    made = uuid7()
    await session.execute(
        sql(
            """
            INSERT INTO reward (id, community_id, merchant_id, place, item, item_en, cost, stock,
                                created_at)
            VALUES (:id, :community, :merchant, :place, :item, :item_en, :cost, :stock, :now)
            """
        ),
        asdict(what) | {"id": made, "community": community, "now": now},
    )
    return made


async def change(
    session: Session, by: Actor, which: UUID, what: Offer, *, community: UUID, version: str
) -> None:
    """Change a reward as it was seen; raises StaleError where somebody else was first."""
    require(by, Permission.OFFERS_WRITE, At(community))
    await _require_merchant(session, community, what.merchant)
    rows = await session.execute(
        sql(
            f"""
            SELECT item, item_en, place, cost, stock, merchant_id AS merchant, {VERSION} AS version
            FROM reward r
            WHERE id = :id AND community_id = :community AND ended_at IS NULL FOR UPDATE
            """  # noqa: S608  (a literal of this module)
        ),
        {"id": which, "community": community},
    )
    row = rows.one_or_none()
    if row is None:
        raise UserError("object-unknown", status=404)
    if row.version != version:
        now = {name: getattr(row, name) for name in Offer.__annotations__}
        raise StaleError(
            "form-stale", values=now | {"merchant": str(row.merchant)}, version=row.version
        )
    await session.execute(
        sql(
            """
            UPDATE reward SET item = :item, item_en = :item_en, place = :place, cost = :cost,
                              stock = :stock, merchant_id = :merchant WHERE id = :id
            """
        ),
        asdict(what) | {"id": which},
    )


async def withdraw(
    session: Session, by: Actor, which: UUID, *, community: UUID, now: datetime
) -> None:
    """Take a reward from the offer; what is held of it can still be fetched."""
    require(by, Permission.OFFERS_WRITE, At(community))
    ended = await session.execute(
        sql(
            """
            UPDATE reward SET ended_at = :now
            WHERE id = :id AND community_id = :community AND ended_at IS NULL RETURNING 1
            """
        ),
        {"id": which, "community": community, "now": now},
    )
    if ended.scalar_one_or_none() is None:
        raise UserError("object-unknown", status=404)


async def _require_merchant(session: Session, community: UUID, person: UUID) -> None:
    found = await session.execute(
        sql(
            "SELECT 1 FROM membership WHERE community_id = :community AND person_id = :person "
            "AND role = 'merchant' LIMIT 1"
        ),
        {"community": community, "person": person},
    )
    if found.scalar_one_or_none() is None:
        raise UserError("merchant-unknown", status=404)


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
