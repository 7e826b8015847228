"""The ledger: points move by transfers of two postings, once per key, and never by anything else.

PostgreSQL holds what must always be true: postings sum to zero, balances are moved by the trigger
on postings alone, nothing but issuance goes below zero, nothing is changed or deleted.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from core.actor import Actor, Role
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from models.points import AccountKind, Reason


@dataclass(frozen=True, slots=True, order=True)
class AccountRef:
    """An account by what it is for; it is opened by the first transfer."""

    kind: AccountKind
    person: UUID | None = None
    shop: UUID | None = None

    def named(self) -> list[str]:
        """Spell the account for the digest of a transfer."""
        return [self.kind.value, str(self.person or ""), str(self.shop or "")]


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


@dataclass(frozen=True, slots=True)
class _Entry:
    """What one row of the log says besides its two sides."""

    community: UUID
    key: str
    digest: bytes
    reason: Reason
    by: UUID | None
    at: datetime
    data: dict[str, Any]
    reverses: UUID | None = None


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
    entry = _Entry(
        community, key, _digest(body), Reason(reason), by.person, now, about
    )  # fmt: skip
    accounts = await _lock(session, community, (debit, credit))
    return await _post(session, entry, accounts[debit], accounts[credit], amount)


async def reverse(
    session: Session, *, community: UUID, transfer: UUID, key: str, by: Actor, now: datetime
) -> Transfer:
    """Correct a transfer by its opposite, at most once; the log keeps both.

    Raises UserError `points-already-reversed` (409), `points-not-reversible` (409) for a correction,
    `points-too-few` (409) when what was given has been spent.
    """
    if not by.machine and not by.has(Role.OPERATOR, community=community):
        raise UserError("not-allowed", status=403)
    old = (
        await session.execute(
            sql(
                """
                SELECT t.id, t.reverses_id, g.account_id AS giver, r.account_id AS taker, r.amount
                FROM transfer t
                JOIN posting g ON g.transfer_id = t.id AND g.amount < 0
                JOIN posting r ON r.transfer_id = t.id AND r.amount > 0
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
    entry = _Entry(
        community, key, _digest(["reverse", str(transfer)]), Reason.CORRECTION, by.person, now,
        {}, reverses=transfer,
    )  # fmt: skip
    locked = {row.id: row for row in await _lock_ids(session, [old.giver, old.taker])}
    return await _post(session, entry, locked[old.taker], locked[old.giver], old.amount)


async def credit_attendance(
    session: Session, *, community: UUID, person: UUID, amount: int, activity: UUID, by: Actor,
    now: datetime,
) -> Transfer:  # fmt: skip
    """Give a resident the points of an approved attendance, once per activity.

    A worker or operator of the community approves, or the clock where the rules let it.
    """
    if not by.machine and not is_staff(by, community):
        raise UserError("not-allowed", status=403)
    return await transfer(
        session, community=community, debit=ISSUANCE, credit=resident(person), amount=amount,
        reason=Reason.ATTENDANCE, key=f"attendance:{activity}:{person}", by=by, now=now,
        data={"activity": str(activity)},
    )  # fmt: skip


def is_staff(by: Actor, community: UUID) -> bool:
    """Tell whether somebody works for the community, in whichever grid."""
    return any(
        grant.community == community and grant.role in {Role.WORKER, Role.OPERATOR}
        for grant in by.grants
    )


def _digest(body: list[Any]) -> bytes:
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).digest()


async def _lock(
    session: Session, community: UUID, refs: Sequence[AccountRef]
) -> dict[AccountRef, Any]:
    """Lock the accounts by id in order, opening those that are not there yet."""
    found = await _find(session, community, refs)
    if missing := sorted(set(refs) - set(found), key=AccountRef.named):
        await session.execute(
            sql(
                """
                INSERT INTO account (id, community_id, kind, person_id, shop_id, balance)
                VALUES (:id, :community, :kind, :person, :shop, 0)
                ON CONFLICT (community_id, kind, person_id, shop_id) DO NOTHING
                """
            ),
            [_values(ref, community) | {"id": uuid7()} for ref in missing],
        )
        found = await _find(session, community, refs)
    return found


def _values(ref: AccountRef, community: UUID) -> dict[str, Any]:
    return {
        "community": community, "kind": ref.kind.value, "person": ref.person, "shop": ref.shop,
    }  # fmt: skip


async def _find(
    session: Session, community: UUID, refs: Sequence[AccountRef]
) -> dict[AccountRef, Any]:
    """Lock those that are there. An owner is compared by = or IS NULL, which the index serves."""
    wanted, values = [], dict[str, Any](community=community)
    for place, ref in enumerate(refs):
        values[f"kind{place}"] = ref.kind.value
        parts = [f"kind = :kind{place}"]
        for column, owner in (("person", ref.person), ("shop", ref.shop)):
            if owner is None:
                parts.append(f"{column}_id IS NULL")
            else:
                parts.append(f"{column}_id = :{column}{place}")
                values[f"{column}{place}"] = owner
        wanted.append(f"({' AND '.join(parts)})")
    rows = await session.execute(
        sql(
            f"""
            SELECT id, kind, person_id, shop_id, balance FROM account
            WHERE community_id = :community AND ({" OR ".join(wanted)})
            ORDER BY id FOR NO KEY UPDATE
            """  # noqa: S608  (only names of parameters)
        ),
        values,
    )
    return {AccountRef(AccountKind(row.kind), row.person_id, row.shop_id): row for row in rows}


async def _lock_ids(session: Session, ids: Sequence[UUID]) -> Sequence[Any]:
    rows = await session.execute(
        sql(
            """
            SELECT id, kind, balance FROM account WHERE id = ANY(CAST(:ids AS uuid[]))
            ORDER BY id FOR NO KEY UPDATE
            """
        ),
        {"ids": list(ids)},
    )
    return rows.all()


async def _post(session: Session, entry: _Entry, giver: Any, taker: Any, amount: int) -> Transfer:
    """Write the transfer and its two postings in one statement, or find the one of this key.

    The accounts are locked, so the balance read with the lock is the one that counts.
    """
    enough = giver.kind == AccountKind.ISSUANCE or giver.balance >= amount
    made = await _write(session, entry, giver.id, taker.id, amount) if enough else None
    if made is not None:
        return Transfer(made, entry.reason, amount, entry.at)
    if (old := await _found(session, entry)) is None:
        raise UserError("points-too-few", status=409, have=giver.balance, need=amount)
    if old.key != entry.key:
        raise UserError("points-already-reversed", status=409)
    if bytes(old.digest) != entry.digest:
        raise UserError("points-key-reused", status=409)
    return Transfer(old.id, Reason(old.reason), amount, old.at, repeated=True)


async def _found(session: Session, entry: _Entry) -> Any:
    """Find what stands in the way: the transfer of this key, else the one that reverses the same."""
    rows = await session.execute(
        sql(
            """
            SELECT id, key, digest, reason, at FROM transfer
            WHERE community_id = :community
              AND (key = :key OR reverses_id = CAST(:reverses AS uuid))
            ORDER BY key <> :key LIMIT 1
            """
        ),
        {"community": entry.community, "key": entry.key, "reverses": entry.reverses},
    )
    return rows.one_or_none()


async def _write(
    session: Session, entry: _Entry, giver: UUID, taker: UUID, amount: int
) -> UUID | None:
    made = await session.execute(
        sql(
            """
            WITH made AS (
                INSERT INTO transfer (id, community_id, key, digest, reason, by_id, at,
                                      reverses_id, data)
                VALUES (:id, :community, :key, :digest, :reason, :by, :at, :reverses,
                        CAST(:data AS jsonb))
                ON CONFLICT DO NOTHING RETURNING id),
            posted AS (
                INSERT INTO posting (community_id, transfer_id, account_id, amount)
                SELECT :community, made.id, side.account, side.amount FROM made,
                       (VALUES (CAST(:giver AS uuid), CAST(:minus AS bigint)),
                               (CAST(:taker AS uuid), CAST(:plus AS bigint)))
                       AS side(account, amount))
            SELECT id FROM made
            """
        ),
        {
            "id": uuid7(), "community": entry.community, "key": entry.key,
            "digest": entry.digest, "reason": entry.reason.value, "by": entry.by, "at": entry.at,
            "reverses": entry.reverses, "data": orjson.dumps(entry.data).decode(),
            "giver": giver, "taker": taker, "minus": -amount, "plus": amount,
        },
    )  # fmt: skip
    found: UUID | None = made.scalar_one_or_none()
    return found
