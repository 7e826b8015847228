"""Redemption in two phases: a hold at the resident's word, an end at the merchant's or the clock's.

Locks are taken in the order redemption, reward, accounts. Each end is one transfer under the key
`redemption:<id>:end`, so a hold ends once whatever races.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import CLOCK, Actor
from core.crypto import new_token, seal_json, token_hash
from core.db import Session, sql
from core.errors import UserError
from models.points import AccountKind, Reason, RedemptionState
from services.permissions import At, Permission, require
from services.points import ledger, rewards
from services.points.codes import looks_like_code
from services.points.holds import PAGE, SECRET, RedemptionView, code_index, view, views
from services.points.ledger import AccountRef
from services.points.queries import community_of

__all__ = ["BATCH", "cancel", "confirm", "hold", "looks_like_code", "refuse", "sweep"]

HOLD_FOR = timedelta(minutes=10)
BATCH = PAGE
_TOKEN_BYTES = 16
_CODES = 1_000_000
_TRIES = 8  # a code that another live hold of the merchant has is drawn again


async def hold(
    session: Session, by: Actor, *, reward: UUID, redemption: UUID, channel: str, now: datetime
) -> RedemptionView:
    """Set the points aside and draw a code; the same `redemption` again changes nothing.

    Raises UserError `reward-gone`, `points-too-few`, `redeem-own-shop`.
    """
    community = community_of(by)
    require(by, Permission.POINTS_SPEND, At(community, person=by.person))
    assert by.person is not None
    if await _exists(session, redemption):
        return await view(session, redemption, by=by)
    wanted = await rewards.reward(session, community, reward)
    if wanted.merchant == by.person:
        raise UserError("redeem-own-shop", status=403)
    await rewards.take_one(session, reward)
    moved = await ledger.transfer(
        session, community=community, debit=ledger.resident(by.person),
        credit=ledger.hold(by.person), amount=wanted.cost, reason=Reason.HOLD,
        key=f"redemption:{redemption}:hold", by=by, now=now,
    )  # fmt: skip
    if moved.repeated:  # the same press, at the same time, in another process
        await rewards.put_back(session, reward)
        return await view(session, redemption, by=by)
    values = {
        "id": redemption, "community": community, "reward": reward, "person": by.person,
        "channel": channel, "merchant": wanted.merchant, "amount": wanted.cost,
        "hold": moved.id, "now": now, "expires": now + HOLD_FOR,
    }  # fmt: skip
    for _ in range(_TRIES):
        if await _draw(session, values):
            return await view(session, redemption, by=by)
    raise UserError("redeem-busy", status=503)


async def _exists(session: Session, redemption: UUID) -> bool:
    found = await session.execute(
        sql("SELECT 1 FROM redemption WHERE id = :id"), {"id": redemption}
    )
    return found.one_or_none() is not None


async def _draw(session: Session, values: dict[str, Any]) -> bool:
    """Write the hold under a new code; False when a live hold of the merchant has the same."""
    code, token = f"{secrets.randbelow(_CODES):06d}", new_token(_TOKEN_BYTES)
    made = await session.execute(
        sql(
            """
            INSERT INTO redemption (id, community_id, reward_id, person_id, channel, merchant_id,
                amount, state, code_index, token_hash, secret, hold_id, made_at, expires_at)
            VALUES (:id, :community, :reward, :person, :channel, :merchant, :amount, 'held',
                :code, :token, :secret, :hold, :now, :expires)
            ON CONFLICT (merchant_id, code_index) WHERE state = 'held' DO NOTHING RETURNING id
            """
        ),
        values
        | {
            "code": code_index(code), "token": token_hash(token),
            "secret": seal_json({"code": code, "token": token}, SECRET),
        },
    )  # fmt: skip
    return made.one_or_none() is not None


async def confirm(
    session: Session, by: Actor, *, redemption: UUID, now: datetime
) -> RedemptionView:
    """Hand the points to the merchant's account, exactly once.

    Raises UserError `redeem-unknown` (404) to anybody but the merchant, and (409) `redeem-is-…`
    confirmed, refused, cancelled or expired to whoever comes too late.
    """
    seen = await _lock_at_counter(session, by, redemption)
    _still_held(seen, now)
    owner = AccountRef(
        AccountKind.MERCHANT_PAYABLE,
        person=None if seen.shop else seen.merchant,
        shop=seen.shop,
    )
    state = RedemptionState.CONFIRMED
    return await _end(session, seen, state, owner, Reason.REDEEMED, by=by, now=now)


async def refuse(session: Session, by: Actor, *, redemption: UUID, now: datetime) -> RedemptionView:
    """Give the points back because the merchant says so; raises as `confirm` does."""
    seen = await _lock_at_counter(session, by, redemption)
    _still_held(seen, now)
    return await _give_back(session, seen, RedemptionState.REFUSED, Reason.REFUSED, by=by, now=now)


async def cancel(session: Session, by: Actor, *, redemption: UUID, now: datetime) -> RedemptionView:
    """Give the points back because the resident changed their mind; raises as `confirm` does."""
    seen = await _lock(session, redemption, person=by.person)
    require(by, Permission.POINTS_SPEND, At(seen.community, person=seen.person))
    _still_held(seen, now)
    return await _give_back(
        session, seen, RedemptionState.CANCELLED, Reason.CANCELLED, by=by, now=now
    )


async def sweep(session: Session, *, now: datetime) -> list[RedemptionView]:
    """Give back the points of holds whose time is over, at most BATCH; safe to run in many places."""
    rows = await session.execute(
        sql(
            """
            SELECT id FROM redemption WHERE state = 'held' AND expires_at <= :now
            ORDER BY expires_at, id LIMIT :limit FOR UPDATE SKIP LOCKED
            """
        ),
        {"now": now, "limit": BATCH},
    )
    ids = [row.id for row in rows]
    if not ids:
        return []
    ended = RedemptionState.EXPIRED, Reason.LAPSED
    return [
        await _give_back(session, one, *ended, by=CLOCK, now=now)
        for one in await views(session, "r.id = ANY(CAST(:ids AS uuid[]))", {"ids": ids})
    ]


async def _lock_at_counter(session: Session, by: Actor, which: UUID) -> RedemptionView:
    seen = await _lock(session, which, merchant=by.person)
    require(by, Permission.REDEMPTION_END, At(seen.community, anywhere=True))
    return seen


async def _lock(
    session: Session, which: UUID, *, merchant: UUID | None = None, person: UUID | None = None
) -> RedemptionView:
    """Lock a redemption for its merchant or its resident, whichever is named."""
    side = "merchant_id = :side" if merchant else "person_id = :side"
    locked = await session.execute(
        sql(
            f"SELECT 1 FROM redemption WHERE id = :id AND {side} FOR UPDATE"  # noqa: S608
        ),
        {"id": which, "side": merchant or person},
    )
    if locked.one_or_none() is None:
        raise UserError("redeem-unknown", status=404)
    return (await views(session, "r.id = :id", {"id": which}))[0]


def _still_held(seen: RedemptionView, now: datetime) -> None:
    state = seen.at(now)
    if state is not RedemptionState.HELD:
        raise UserError(f"redeem-is-{state.value}", status=409, number=seen.receipt)


async def _give_back(
    session: Session, seen: RedemptionView, state: RedemptionState, reason: Reason, *,
    by: Actor, now: datetime,
) -> RedemptionView:  # fmt: skip
    await rewards.put_back(session, seen.reward)
    to = ledger.resident(seen.person)
    return await _end(session, seen, state, to, reason, by=by, now=now)


async def _end(
    session: Session, seen: RedemptionView, state: RedemptionState, to: AccountRef,
    reason: Reason, *, by: Actor, now: datetime,
) -> RedemptionView:  # fmt: skip
    moved = await ledger.transfer(
        session, community=seen.community, debit=ledger.hold(seen.person), credit=to,
        amount=seen.amount, reason=reason, key=f"redemption:{seen.id}:end", by=by, now=now,
    )  # fmt: skip
    await session.execute(
        sql(
            """
            UPDATE redemption SET state = :state, end_id = :end, ended_at = :now, ended_by = :by,
                   secret = NULL
            WHERE id = :id AND state = 'held'
            """
        ),
        {"id": seen.id, "state": state.value, "end": moved.id, "now": now, "by": by.person},
    )
    return (await views(session, "r.id = :id", {"id": seen.id}))[0]
