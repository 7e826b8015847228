"""What a person has, and how it came to be."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.actor import Actor
from core.db import Session, sql
from core.errors import UserError
from models.points import AccountKind, Reason
from services.permissions import At, Permission, require


@dataclass(frozen=True, slots=True)
class Balance:
    """Points to spend, and points set aside for rewards not handed over yet."""

    free: int
    held: int


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of a resident's history; `id` is what the next page goes on from.

    `item` is the reward or the activity that it was for, empty where it is neither.
    """

    id: int
    amount: int
    reason: Reason
    at: datetime
    item: str
    item_en: str


def community_of(by: Actor) -> UUID:
    """Name the community a person belongs to; who belongs to none has no points either."""
    if not by.grants:
        raise UserError("not-allowed", status=403)
    return by.grants[0].community


async def balance(session: Session, by: Actor) -> Balance:
    """Tell what the person has in their community."""
    community = community_of(by)
    require(by, Permission.POINTS_READ, At(community, person=by.person))
    rows = await session.execute(
        sql(
            """
            SELECT kind, balance FROM account
            WHERE community_id = :community AND kind IN ('resident', 'hold')
              AND person_id = :person AND shop_id IS NULL
            """
        ),
        {"community": community, "person": by.person},
    )
    found = {row.kind: row.balance for row in rows}
    return Balance(found.get(AccountKind.RESIDENT, 0), found.get(AccountKind.HOLD, 0))


async def history(session: Session, by: Actor, *, before: int | None, limit: int) -> list[Movement]:
    """List what came and went, newest first, from before a movement on."""
    community = community_of(by)
    require(by, Permission.POINTS_READ, At(community, person=by.person))
    older = "AND p.id < :before" if before is not None else ""
    rows = await session.execute(
        sql(
            f"""
            SELECT p.id, p.amount, t.reason, t.at, coalesce(w.item, v.title, '') AS item,
                   coalesce(w.item_en, '') AS item_en
            FROM account a
            JOIN posting p ON p.account_id = a.id
            JOIN transfer t ON t.id = p.transfer_id
            LEFT JOIN redemption h ON h.hold_id = t.id
            LEFT JOIN redemption e ON e.end_id = t.id
            LEFT JOIN reward w ON w.id = coalesce(h.reward_id, e.reward_id)
            LEFT JOIN activity v ON t.reason = 'attendance'
                AND v.id = CAST(t.data ->> 'activity' AS uuid)
            WHERE a.community_id = :community AND a.kind = 'resident' AND a.person_id = :person
              AND a.shop_id IS NULL {older}
            ORDER BY p.id DESC LIMIT :limit
            """  # noqa: S608  (a literal above)
        ),
        {"community": community, "person": by.person, "limit": limit}
        | ({"before": before} if before is not None else {}),
    )
    return [
        Movement(row.id, row.amount, Reason(row.reason), row.at, row.item, row.item_en)
        for row in rows
    ]
