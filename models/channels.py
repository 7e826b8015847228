"""What vendors' channels need to be remembered: sent messages, limits, consents, tokens, pauses."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index
from sqlmodel import Field, SQLModel

from models.columns import MaybeMoment, Moment, moment, points_at, sealed


class VendorMessage(SQLModel, table=True):
    """A message that a vendor took from us; its receipt is what an edit must show again.

    A card may own many of them. `spent_at` marks a receipt that serves no more.
    """

    __tablename__ = "vendor_message"
    __table_args__ = (
        Index("ix_vendor_message_card", "object_id", "person_id", "channel", "id"),
        Index("ix_vendor_message_sent_at", "sent_at"),
    )
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    object_id: UUID
    person_id: UUID = points_at("person.id")
    channel: str
    receipt: Any = sealed("vendor_message.receipt", null=False)
    sent_at: Moment = moment()
    spent_at: MaybeMoment = moment(null=True)


class LastCard(SQLModel, table=True):
    """The card that a bare number answers in a channel, and the text that did not fit."""

    __tablename__ = "last_card"
    person_id: UUID = points_at("person.id", primary=True)
    channel: str = Field(primary_key=True)
    card: Any = sealed("last_card.card", null=False)
    rest: Any = sealed("last_card.rest")
    at: Moment = moment()


class PaceMark(SQLModel, table=True):
    """One send, counted against a vendor's limit; a bucket's marks are counted over its seconds."""

    __tablename__ = "pace_mark"
    __table_args__ = (Index("ix_pace_mark_bucket", "bucket", "at"),)
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    bucket: str
    at: Moment = moment()


class MessageWindow(SQLModel, table=True):
    """How many messages a vendor still takes for an account after what its owner did last."""

    __tablename__ = "message_window"
    __table_args__ = (CheckConstraint("used BETWEEN 0 AND allowed", name="used"),)
    account_id: UUID = points_at("channel_account.id", primary=True)
    contact: str = Field(primary_key=True)
    closes_at: Moment = moment()
    allowed: int
    used: int = 0


class NoticeConsent(SQLModel, table=True):
    """How many notices of a template an account has allowed and not yet got."""

    __tablename__ = "notice_consent"
    __table_args__ = (CheckConstraint("granted >= 0", name="granted"),)
    account_id: UUID = points_at("channel_account.id", primary=True)
    template: str = Field(primary_key=True)
    granted: int = 0
    changed_at: Moment = moment()


class AccessToken(SQLModel, table=True):
    """A vendor's access token, shared by all processes; `refreshing_until` is the refresher's."""

    __tablename__ = "access_token"
    key: str = Field(primary_key=True)
    token: Any = sealed("access_token.token")
    expires_at: MaybeMoment = moment(null=True)
    refreshing_until: MaybeMoment = moment(null=True)


class ChannelPause(SQLModel, table=True):
    """A channel that rests after a fault of the whole of it; operators are told once."""

    __tablename__ = "channel_pause"
    channel: str = Field(primary_key=True)
    reason: str
    since: Moment = moment()
    until: Moment = moment()
    told_at: MaybeMoment = moment(null=True)


class LinkCode(SQLModel, table=True):
    """A one-time code that joins a new account to the person who asked for it."""

    __tablename__ = "link_code"
    code_index: bytes = Field(primary_key=True)
    person_id: UUID = points_at("person.id")
    expires_at: Moment = moment()
    used_at: MaybeMoment = moment(null=True)
