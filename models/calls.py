"""Calls of people: emergencies in chat, and talks with a worker that the assistant hands over."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Identity, Index, text
from sqlmodel import Field, SQLModel

from models.columns import (
    MaybeId,
    MaybeMoment,
    Moment,
    choice,
    moment,
    points_at,
    sealed,
)


class CallKind(StrEnum):
    """What somebody in danger wrote about; data/emergency.yaml says how it is recognised."""

    FIRE = "fire"
    GAS = "gas"
    MEDICAL = "medical"
    FALL = "fall"
    VIOLENCE = "violence"
    RESCUE = "rescue"
    MISSING = "missing"
    HARM = "harm"
    HELP = "help"


class Side(StrEnum):
    """Who wrote a line of a talk."""

    RESIDENT = "resident"
    WORKER = "worker"


class Emergency(SQLModel, table=True):
    """What a ticket `emergency` is about: the caller, the elders meant, the caller's words."""

    __table_args__ = (
        ForeignKeyConstraint(["community_id", "ticket_id"], ["ticket.community_id", "ticket.id"]),
    )
    ticket_id: UUID = Field(primary_key=True)
    community_id: UUID = points_at("community.id")
    caller_id: UUID = points_at("person.id")
    kind: CallKind = choice("kind", CallKind)
    elders: Any = sealed("emergency.elders", null=False)
    said: Any = sealed("emergency.said", null=False)
    withdrawn_at: MaybeMoment = moment(null=True)


class Handover(SQLModel, table=True):
    """A talk between a resident and a worker; it lives from the request to `ended_at`.

    `last_at` is the newest line, `chosen_at` when the worker last picked this talk: the greater
    one says which talk a worker's text belongs to.
    """

    __table_args__ = (
        ForeignKeyConstraint(["community_id", "ticket_id"], ["ticket.community_id", "ticket.id"]),
        Index(
            "uq_handover_live", "person_id", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
        Index("ix_handover_worker", "worker_id", postgresql_where=text("ended_at IS NULL")),
    )
    ticket_id: UUID = Field(primary_key=True)
    community_id: UUID = points_at("community.id")
    person_id: UUID = points_at("person.id")
    channel: str
    worker_id: MaybeId = points_at("person.id", null=True)
    worker_channel: str | None = None
    opened_at: Moment = moment()
    last_at: Moment = moment()
    chosen_at: MaybeMoment = moment(null=True)
    ended_at: MaybeMoment = moment(null=True)
    ended_by: MaybeId = points_at("person.id", null=True)


class HandoverMessage(SQLModel, table=True):
    """One line of a talk; `picture` is the digest of the picture that it is."""

    __tablename__ = "handover_message"
    __table_args__ = (
        ForeignKeyConstraint(["community_id", "ticket_id"], ["ticket.community_id", "ticket.id"]),
        Index("ix_handover_message_ticket", "ticket_id", "id"),
    )
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    community_id: UUID = points_at("community.id")
    ticket_id: UUID
    side: Side = choice("side", Side)
    at: Moment = moment()
    text: Any = sealed("handover_message.text", null=False)
    picture: str | None = None
