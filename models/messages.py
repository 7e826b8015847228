"""What came in, what goes out, where a conversation stands."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
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


class Inbound(SQLModel, table=True):
    """A received message; its unique index is the dedupe, its digest catches a reused key.

    `reply` is what a vendor got as the passive answer: its own retry gets the same.
    """

    __table_args__ = (
        UniqueConstraint("channel", "person_id", "message_id"),
        Index("ix_inbound_at", "at"),
    )
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    channel: str
    person_id: UUID = points_at("person.id")
    message_id: str
    digest: bytes
    at: Moment = moment()
    reply: Any = sealed("inbound.reply")


class Conversation(SQLModel, table=True):
    """A person in a channel; locked for the length of a turn. `flow` is where they stand.

    `lang` is the language of the last words, where it is not the person's own. `place` is the
    place they sent last, kept for half an hour: questions about shops start there. `search` is the
    last question about shops: a place that comes soon after it is meant for it.
    """

    __table_args__ = (UniqueConstraint("person_id", "channel"),)
    id: UUID = object_id()
    person_id: UUID = points_at("person.id")
    channel: str
    flow: Any = sealed("conversation.flow")
    place: Any = sealed("conversation.place")
    place_until: MaybeMoment = moment(null=True)
    lang: str | None = None
    search: Any = sealed("conversation.search")
    search_until: MaybeMoment = moment(null=True)


class OutboxKind(StrEnum):
    """A ticket's card is rendered when it is sent, a reply was written when it was asked for.

    A fetch is a job for the outside world (a picture, speech), whose result comes back as an event.
    """

    TICKET = "ticket"
    REPLY = "reply"
    FETCH = "fetch"


class OutboxState(StrEnum):
    """A dead row was given up and stays to be seen."""

    DUE = "due"
    SENT = "sent"
    DEAD = "dead"


class ItemOp(StrEnum):
    """Whether an item is new or edits the card of its key."""

    MESSAGE = "message"
    UPDATE = "update"


class Outbox(SQLModel, table=True):
    """A card that must arrive; rendered when it is sent, newest version wins.

    For kind `ticket` the object is the ticket; for `reply` the card itself is sealed in the row.
    A row with `turn` is leased to the waiting request first. `sending_at` stands while a vendor is
    being called; `ambiguous` counts calls of which nobody knows whether they arrived.
    """

    __table_args__ = (
        UniqueConstraint("kind", "object_id", "person_id", "channel"),
        Index("ix_outbox_due", "priority", "due_at", postgresql_where=text("state = 'due'")),
        Index("ix_outbox_turn", "turn", postgresql_where=text("state = 'due'")),
        Index("ix_outbox_dead", "person_id", postgresql_where=text("state = 'dead'")),
    )
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    kind: OutboxKind = choice("kind", OutboxKind)
    object_id: UUID
    person_id: UUID = points_at("person.id")
    channel: str
    version: int = 1
    priority: int = 5
    turn: int | None = Field(default=None, sa_type=BigInteger)
    payload: Any = sealed("outbox.payload")
    state: OutboxState = choice("state", OutboxState, default=OutboxState.DUE)
    due_at: Moment = moment()
    leased_until: MaybeMoment = moment(null=True)
    sending_at: MaybeMoment = moment(null=True)
    attempts: int = 0
    ambiguous: int = 0
    error: str | None = None
    created_at: Moment = moment()


class MailboxCounter(SQLModel, table=True):
    """A recipient's item counter, locked to the commit, so that "after ID" never skips."""

    __tablename__ = "mailbox"
    person_id: UUID = points_at("person.id", primary=True)
    last_id: int = Field(default=0, sa_type=BigInteger)


class MailboxItem(SQLModel, table=True):
    """One item of a recipient's web chat."""

    __tablename__ = "mailbox_item"
    __table_args__ = (Index("ix_mailbox_item_turn", "person_id", "turn"),)
    person_id: UUID = points_at("person.id", primary=True)
    id: int = Field(primary_key=True, sa_type=BigInteger)
    op: ItemOp = choice("op", ItemOp)
    card: Any = sealed("mailbox_item.card", null=False)
    turn: int | None = Field(default=None, sa_type=BigInteger)
    at: Moment = moment()


class Button(SQLModel, table=True):
    """What a token on a button stands for; the token itself is only on the card."""

    token_hash: bytes = Field(primary_key=True)
    person_id: UUID = points_at("person.id")
    channel: str
    action: str
    object_id: MaybeId = None
    version: int
    args: Any = sealed("button.args")
    expires_at: Moment = moment()
    used_at: MaybeMoment = moment(null=True)


class IntakeMark(SQLModel, table=True):
    """The packets of one committed batch: a broker resends the unacknowledged under their ids."""

    __tablename__ = "intake_mark"
    __table_args__ = (Index("ix_intake_mark_client", "client_id", "id"),)
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    client_id: str
    packets: list[int] = Field(sa_type=ARRAY(Integer))
    digests: bytes


class Heartbeat(SQLModel, table=True):
    """When a part of the worker last said that it works."""

    name: str = Field(primary_key=True)
    at: Moment = moment()
