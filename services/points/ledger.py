"""The ledger: points move by transfers of two postings, once per key, and never by anything else.

PostgreSQL holds what must always be true: postings sum to zero, balances are moved by the trigger
on postings alone, nothing but issuance goes below zero, nothing is changed or deleted.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from core.actor import Actor
from core.db import Session, sql
from core.errors import UserError
from models.points import AccountKind, Reason
from services.permissions import At, Permission, require
from services.points.books import AccountRef, Entry, found, lock, write

__all__ = [
    "ISSUANCE", "AccountRef", "Transfer", "credit_attendance", "hold", "resident", "reverse",
    "transfer",
]  # fmt: skip

ISSUANCE = AccountRef(AccountKind.ISSUANCE)


def resident(person: UUID) -> AccountRef:
    """Name what a resident may spend."""
    return AccountRef(AccountKind.RESIDENT, person)


def hold(person: UUID) -> AccountRef:
    """Name what a resident has set aside for rewards not handed over yet."""
    return AccountRef(AccountKind.HOLD, person)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer as it stands in the log; `repeated` when this call found it there already."""

    id: UUID
    reason: Reason
    amount: int
    at: datetime
    repeated: bool = False


async def transfer(
    session: Session, *, community: UUID, debit: AccountRef, credit: AccountRef, amount: int,
    reason: str, key: str, by: Actor, now: datetime, data: dict[str, Any] | None = None,
) -> Transfer:  # fmt: skip
    """Move points from `debit` to `credit`, once per key within the community.

    Who may is for the calling service to say. The same key with the same body returns the first
    result; with another body it raises UserError `points-key-reused` (409). Raises `points-too-few`
    (409) when the debited account does not hold the amount.
    """
    if amount <= 0 or debit == credit:
        raise UserError("points-amount-wrong")
    about = data or {}
    body = [debit.named(), credit.named(), amount, reason, about]
    entry = Entry(
        community, key, _digest(body), Reason(reason), by.person, now, about
    )  # fmt: skip
    return await _post(session, entry, debit, credit, amount)


async def reverse(
    session: Session, *, community: UUID, transfer: UUID, key: str, by: Actor, now: datetime
) -> Transfer:
    """Correct a transfer by its opposite, at most once; the log keeps both.

    Raises UserError `points-already-reversed` (409), `points-not-reversible` (409) for a correction,
    `points-too-few` (409) when what was given has been spent.
    """
    require(by, Permission.POINTS_REVERSE, At(community))
    old = (
        await session.execute(
            sql(
                """
                SELECT t.id, t.reverses_id, r.amount,
                       a.kind AS giver_kind, a.person_id AS giver_person, a.shop_id AS giver_shop,
                       b.kind AS taker_kind, b.person_id AS taker_person, b.shop_id AS taker_shop
                FROM transfer t
                JOIN posting g ON g.transfer_id = t.id AND g.amount < 0
                JOIN account a ON a.id = g.account_id
                JOIN posting r ON r.transfer_id = t.id AND r.amount > 0
                JOIN account b ON b.id = r.account_id
                WHERE t.community_id = :community AND t.id = :transfer
                """
            ),
            {"community": community, "transfer": transfer},
        )
    ).one_or_none()
    if old is None:
        raise UserError("points-transfer-unknown", status=404)
    if old.reverses_id is not None:
        raise UserError("points-not-reversible", status=409)
    entry = Entry(
        community, key, _digest(["reverse", str(transfer)]), Reason.CORRECTION, by.person, now,
        {}, reverses=transfer,
    )  # fmt: skip
    taker, giver = _ref(old, "taker"), _ref(old, "giver")
    return await _post(session, entry, taker, giver, old.amount)


def _ref(row: Any, side: str) -> AccountRef:
    kind, person, shop = (getattr(row, f"{side}_{part}") for part in ("kind", "person", "shop"))
    return AccountRef(AccountKind(kind), person, shop)


async def credit_attendance(
    session: Session, *, community: UUID, person: UUID, amount: int, activity: UUID, by: Actor,
    now: datetime,
) -> Transfer:  # fmt: skip
    """Give a resident the points of an approved attendance, once per activity.

    A worker or operator of the community approves, or the clock where the rules let it.
    """
    require(by, Permission.POINTS_CREDIT, At(community, anywhere=True))
    return await transfer(
        session, community=community, debit=ISSUANCE, credit=resident(person), amount=amount,
        reason=Reason.ATTENDANCE, key=f"attendance:{activity}:{person}", by=by, now=now,
        data={"activity": str(activity)},
    )  # fmt: skip


def _digest(body: list[Any]) -> bytes:
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).digest()


async def _post(
    session: Session, entry: Entry, debit: AccountRef, credit: AccountRef, amount: int
) -> Transfer:
    """Write the transfer, or find the one of this key, or say what stands in the way."""
    made = await write(session, entry, debit, credit, amount)
    if made is not None:
        return Transfer(made, entry.reason, amount, entry.at)
    accounts = await lock(session, entry.community, (debit, credit))
    made = await write(session, entry, debit, credit, amount)  # now that both are open
    if made is not None:
        return Transfer(made, entry.reason, amount, entry.at)
    if (old := await found(session, entry)) is None:
        raise UserError("points-too-few", status=409, have=accounts[debit].balance, need=amount)
    if old.key != entry.key:
        raise UserError("points-already-reversed", status=409)
    if bytes(old.digest) != entry.digest:
        raise UserError("points-key-reused", status=409)
    return Transfer(old.id, Reason(old.reason), amount, old.at, repeated=True)
