"""Homes and the people around them: contacts and keys, codes and requests to be joined to a flat."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
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


class Contact(SQLModel, table=True):
    """Somebody to telephone about a person, perhaps with the key of the flat; in chat or not."""

    __table_args__ = (
        Index("ix_contact_person", "person_id", postgresql_where=text("ended_at IS NULL")),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    person_id: UUID = points_at("person.id")
    name: Any = sealed("contact.name", null=False)
    phone: Any = sealed("contact.phone")
    phone_index: bytes | None = None
    relation: Any = sealed("contact.relation")
    key_holder: bool = False
    position: int = 1
    made_at: Moment = moment()
    ended_at: MaybeMoment = moment(null=True)


class BindingKind(StrEnum):
    """What somebody wants to be joined to."""

    HOME = "home"
    ELDER = "elder"


class BindingState(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Binding(SQLModel, table=True):
    """A request to be joined to a flat or an elder, which a worker or the elder decides."""

    __table_args__ = (
        ForeignKeyConstraint(["community_id", "home_id"], ["home.community_id", "home.id"]),
        ForeignKeyConstraint(["community_id", "grid_id"], ["grid.community_id", "grid.id"]),
        CheckConstraint(
            "(kind = 'home' AND home_id IS NOT NULL AND elder_id IS NULL)"
            " OR (kind = 'elder' AND elder_id IS NOT NULL AND home_id IS NULL)",
            name="aim",
        ),
        Index(
            "uq_binding_live", "person_id", "kind", unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
        Index("ix_binding_grid", "grid_id", postgresql_where=text("state = 'asked'")),
    )  # fmt: skip
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    grid_id: UUID
    kind: BindingKind = choice("kind", BindingKind)
    person_id: UUID = points_at("person.id")
    home_id: MaybeId = None
    elder_id: MaybeId = points_at("person.id", null=True)
    relation: Any = sealed("binding.relation")
    said: Any = sealed("binding.said")
    state: BindingState = choice("state", BindingState, default=BindingState.ASKED)
    asked_at: Moment = moment()
    decided_at: MaybeMoment = moment(null=True)
    decided_by: MaybeId = points_at("person.id", null=True)


class Invitation(SQLModel, table=True):
    """A one-time code that joins whoever has it to a flat or an elder; handed out by a worker."""

    __table_args__ = (
        ForeignKeyConstraint(["community_id", "home_id"], ["home.community_id", "home.id"]),
        CheckConstraint(
            "(kind = 'home' AND home_id IS NOT NULL AND elder_id IS NULL)"
            " OR (kind = 'elder' AND elder_id IS NOT NULL AND home_id IS NULL)",
            name="aim",
        ),
    )
    code_index: bytes = Field(primary_key=True)
    community_id: UUID = points_at("community.id")
    kind: BindingKind = choice("kind", BindingKind)
    home_id: MaybeId = None
    elder_id: MaybeId = points_at("person.id", null=True)
    made_by: UUID = points_at("person.id")
    made_at: Moment = moment()
    expires_at: Moment = moment()
    used_at: MaybeMoment = moment(null=True)
    used_by: MaybeId = points_at("person.id", null=True)


class Proxy(SQLModel, table=True):
    """代办: a worker acts for somebody without chat until it ends; every act names both."""

    worker_id: UUID = points_at("person.id", primary=True)
    community_id: UUID = points_at("community.id")
    person_id: UUID = points_at("person.id")
    began_at: Moment = moment()
    ends_at: Moment = moment()
