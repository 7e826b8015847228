"""The ledger's rows: accounts found and locked, transfers written with both their sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from core.db import Session, sql
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


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row of the log says besides its two sides."""

    community: UUID
    key: str
    digest: bytes
    reason: Reason
    by: UUID | None
    at: datetime
    data: dict[str, Any]
    reverses: UUID | None = None


async def lock(
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
    """Lock those that are there."""
    conditions, values = _conditions(refs)
    rows = await session.execute(
        sql(
            f"""
            SELECT id, kind, person_id, shop_id, balance FROM account
            WHERE community_id = :community AND ({" OR ".join(conditions)})
            ORDER BY id FOR NO KEY UPDATE
            """  # noqa: S608  (only names of parameters)
        ),
        values | {"community": community},
    )
    return {AccountRef(AccountKind(row.kind), row.person_id, row.shop_id): row for row in rows}


def _conditions(refs: Sequence[AccountRef]) -> tuple[list[str], dict[str, Any]]:
    """Spell each account as a condition; an owner is = or IS NULL, which the index serves."""
    found: list[str] = []
    values: dict[str, Any] = {}
    for place, ref in enumerate(refs):
        values[f"kind{place}"] = ref.kind.value
        parts = [f"kind = :kind{place}"]
        for column, owner in (("person", ref.person), ("shop", ref.shop)):
            if owner is None:
                parts.append(f"{column}_id IS NULL")
            else:
                parts.append(f"{column}_id = :{column}{place}")
                values[f"{column}{place}"] = owner
        found.append(f"({' AND '.join(parts)})")
    return found, values


async def write(
    session: Session, entry: Entry, debit: AccountRef, credit: AccountRef, amount: int
) -> UUID | None:
    """Lock both accounts by id in order and write the transfer, in one statement.

    None where nothing was written: an account is not open yet, holds too little, or the key or
    the reversal is taken. The locks stay either way.
    """
    (giver, taker), values = _conditions((debit, credit))
    made = await session.execute(
        sql(
            f"""
            WITH locked AS MATERIALIZED (
                SELECT id, kind, person_id, shop_id, balance FROM account
                WHERE community_id = :community AND ({giver} OR {taker})
                ORDER BY id FOR NO KEY UPDATE),
            giver AS (SELECT id FROM locked WHERE {giver}
                      AND (kind = 'issuance' OR balance >= :amount)),
            taker AS (SELECT id FROM locked WHERE {taker}),
            made AS (
                INSERT INTO transfer (id, community_id, key, digest, reason, by_id, at,
                                      reverses_id, data)
                SELECT CAST(:id AS uuid), CAST(:community AS uuid), :key, CAST(:digest AS bytea),
                       :reason, CAST(:by AS uuid), CAST(:at AS timestamptz),
                       CAST(:reverses AS uuid), CAST(:data AS jsonb)
                FROM giver, taker
                ON CONFLICT DO NOTHING RETURNING id),
            posted AS (
                INSERT INTO posting (community_id, transfer_id, account_id, amount)
                SELECT :community, made.id, giver.id, -CAST(:amount AS bigint) FROM made, giver
                UNION ALL
                SELECT :community, made.id, taker.id, CAST(:amount AS bigint) FROM made, taker)
            SELECT id FROM made
            """  # noqa: S608  (only names of parameters)
        ),
        values
        | {
            "id": uuid7(), "community": entry.community, "key": entry.key,
            "digest": entry.digest, "reason": entry.reason.value, "by": entry.by, "at": entry.at,
            "reverses": entry.reverses, "data": orjson.dumps(entry.data).decode(),
            "amount": amount,
        },
    )  # fmt: skip
    number: UUID | None = made.scalar_one_or_none()
    return number


async def found(session: Session, entry: Entry) -> Any:
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
