"""Points: accounts, transfers, postings; rewards, their redemption, wrong codes."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.columns import (
    MaybeId,
    MaybeMoment,
    Moment,
    choice,
    moment,
    object_id,
    points_at,
    sealed,
)


class AccountKind(StrEnum):
    """Where points can be; only issuance goes below zero, by what was ever given out."""

    ISSUANCE = "issuance"
    RESIDENT = "resident"
    HOLD = "hold"
    MERCHANT_PAYABLE = "merchant_payable"
    SETTLED = "settled"
    EXPIRED = "expired"
    DONATED = "donated"


class Reason(StrEnum):
    """Why points moved; the history says it in words."""

    GRANT = "grant"
    CARRIED_OVER = "carried_over"
    ATTENDANCE = "attendance"
    HOLD = "hold"
    REDEEMED = "redeemed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    EXPIRED = "expired"
    SETTLED = "settled"
    DONATED = "donated"
    CORRECTION = "correction"


class RedemptionState(StrEnum):
    """A redemption is held once and ends once."""

    HELD = "held"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Account(SQLModel, table=True):
    """Points of one kind and owner; `balance` is kept by the trigger on postings alone."""

    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        ForeignKeyConstraint(["community_id", "shop_id"], ["shop.community_id", "shop.id"]),
        UniqueConstraint(
            "community_id", "kind", "person_id", "shop_id", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint("kind = 'issuance' OR balance >= 0", name="not_below_zero"),
        CheckConstraint(
            "CASE WHEN kind IN ('resident', 'hold') THEN person_id IS NOT NULL AND shop_id IS NULL"
            " WHEN kind = 'merchant_payable' THEN (person_id IS NULL) <> (shop_id IS NULL)"
            " ELSE person_id IS NULL AND shop_id IS NULL END",
            name="owner",
        ),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    kind: AccountKind = choice("kind", AccountKind)
    person_id: MaybeId = Field(default=None, foreign_key="person.id", index=True)
    shop_id: MaybeId = None
    balance: int = Field(default=0, sa_type=BigInteger)


class Transfer(SQLModel, table=True):
    """One movement of points; append-only. `digest` catches a key reused for another one."""

    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        UniqueConstraint("community_id", "key"),
        UniqueConstraint("reverses_id"),
        ForeignKeyConstraint(
            ["community_id", "reverses_id"], ["transfer.community_id", "transfer.id"]
        ),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    key: str
    digest: bytes
    reason: Reason = choice("reason", Reason)
    by_id: MaybeId = points_at("person.id", null=True)
    at: Moment = moment()
    reverses_id: MaybeId = None
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)


class Posting(SQLModel, table=True):
    """One side of a transfer; append-only. Those of a transfer sum to zero at the commit."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["community_id", "transfer_id"], ["transfer.community_id", "transfer.id"]
        ),
        ForeignKeyConstraint(
            ["community_id", "account_id"], ["account.community_id", "account.id"]
        ),
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_posting_transfer", "transfer_id"),
        Index("ix_posting_account", "account_id", "id"),
    )
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    community_id: UUID
    transfer_id: UUID
    account_id: UUID
    amount: int = Field(sa_type=BigInteger)


class Reward(SQLModel, table=True):
    """What a merchant gives for points; `stock` counts what is left, NULL is without end."""

    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        ForeignKeyConstraint(["community_id", "shop_id"], ["shop.community_id", "shop.id"]),
        CheckConstraint("cost > 0", name="cost"),
        CheckConstraint("stock >= 0", name="stock"),
        Index("ix_reward_open", "community_id", "cost", "id",
              postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    shop_id: MaybeId = None
    merchant_id: UUID = points_at("person.id")
    place: str
    item: str
    item_en: str = ""
    cost: int
    stock: int | None = None
    created_at: Moment = moment()
    ended_at: MaybeMoment = moment(null=True)


class Redemption(SQLModel, table=True):
    """A resident's points held for a reward until the merchant confirms, or until `expires_at`.

    The code is found by its keyed index, the QR token by its hash; `secret` holds both sealed, to
    show them to the resident again, until the end. `number` is the receipt's.
    """

    __table_args__ = (
        ForeignKeyConstraint(["community_id", "reward_id"], ["reward.community_id", "reward.id"]),
        ForeignKeyConstraint(["community_id", "hold_id"], ["transfer.community_id", "transfer.id"]),
        ForeignKeyConstraint(["community_id", "end_id"], ["transfer.community_id", "transfer.id"]),
        UniqueConstraint("hold_id"),
        UniqueConstraint("end_id"),
        UniqueConstraint("token_hash"),
        CheckConstraint(
            "(state = 'held') = (end_id IS NULL) AND (state = 'held') = (ended_at IS NULL)"
            " AND (state = 'held') = (secret IS NOT NULL)",
            name="ended_once",
        ),
        Index("uq_redemption_code", "merchant_id", "code_index", unique=True,
              postgresql_where=text("state = 'held'")),
        Index("ix_redemption_code", "merchant_id", "code_index", "made_at"),
        Index("ix_redemption_person", "person_id", "made_at"),
        Index("ix_redemption_due", "expires_at", postgresql_where=text("state = 'held'")),
    )  # fmt: skip
    id: UUID = object_id()
    number: int = Field(sa_column=Column(BigInteger, Identity(always=True), nullable=False))
    community_id: UUID = points_at("community.id")
    reward_id: UUID
    person_id: UUID = points_at("person.id")
    channel: str
    merchant_id: UUID = points_at("person.id")
    amount: int
    state: RedemptionState = choice("state", RedemptionState, default=RedemptionState.HELD)
    code_index: bytes
    token_hash: bytes
    secret: Any = sealed("redemption.secret")
    hold_id: UUID
    end_id: MaybeId = None
    made_at: Moment = moment()
    expires_at: Moment = moment()
    ended_at: MaybeMoment = moment(null=True)
    ended_by: MaybeId = points_at("person.id", null=True)


class CodeEntry(SQLModel, table=True):
    """A merchant's wrong codes in a row; too many of them lock the entry for a while."""

    __tablename__ = "code_entry"
    merchant_id: UUID = points_at("person.id", primary=True)
    community_id: UUID = points_at("community.id")
    wrong: int = 0
    since: Moment = moment()
    locked_until: MaybeMoment = moment(null=True)
