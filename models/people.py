"""People, what they may do, where they live, who their relatives are, how they are reached."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.actor import Role, ScopeKind
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


class Person(SQLModel, table=True):
    """Somebody; global, joined to communities by memberships and residences.

    The tails are blind indexes of the last four characters, by which a worker finds somebody of
    the own grid. `born` is an ISO date, `needs` a list of codes of data/people.yaml.
    """

    id: UUID = object_id()
    name: Any = sealed("person.name", null=False)
    phone: Any = sealed("person.phone")
    phone_index: bytes | None = Field(default=None, index=True)
    phone_tail: bytes | None = Field(default=None, index=True)
    id_number: Any = sealed("person.id_number")
    id_index: bytes | None = Field(default=None, unique=True)
    id_tail: bytes | None = Field(default=None, index=True)
    sex: Any = sealed("person.sex")
    born: Any = sealed("person.born")
    needs: Any = sealed("person.needs")
    lang: str = "zh-CN"
    large_type: bool = False
    created_at: Moment = moment()


class Membership(SQLModel, table=True):
    """A role within a scope; an administrator of accounts has that one alone, a trigger holds it."""

    __table_args__ = (UniqueConstraint("person_id", "role", "scope_id"),)
    id: UUID = object_id()
    person_id: UUID = points_at("person.id")
    community_id: UUID = points_at("community.id")
    role: Role = choice("role", Role)
    scope_kind: ScopeKind = choice("scope_kind", ScopeKind)
    scope_id: UUID


class Team(SQLModel, table=True):
    """Workers who do something together: a grid's people, the volunteers' patrol, the desk."""

    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        UniqueConstraint("community_id", "name"),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    name: str


class TeamMember(SQLModel, table=True):
    """Who belongs to a team."""

    __tablename__ = "team_member"
    __table_args__ = (
        ForeignKeyConstraint(["community_id", "team_id"], ["team.community_id", "team.id"]),
    )
    team_id: UUID = Field(primary_key=True)
    person_id: UUID = points_at("person.id", primary=True)
    community_id: UUID = points_at("community.id")
    lead: bool = False


class Standing(StrEnum):
    """Whether somebody is registered and lives in the flat (人户状态)."""

    BOTH = "both"
    REGISTERED = "registered"
    LIVES = "lives"
    VISITS = "visits"


class Residence(SQLModel, table=True):
    """Who lives where; the groups (空巢, 独居, 失能 …) are health and care data, so sealed.

    A move ends one row and begins another. `household` counts the households of one flat from 1.
    """

    __table_args__ = (
        ForeignKeyConstraint(["community_id", "home_id"], ["home.community_id", "home.id"]),
        Index("ix_residence_home", "home_id", postgresql_where=text("until IS NULL")),
        Index(
            "uq_residence_live",
            "person_id",
            "home_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    home_id: UUID
    household: int = 1
    relation: Any = sealed("residence.relation")
    standing: Standing = choice("standing", Standing, default=Standing.BOTH)
    elder: bool = False
    groups: Any = sealed("residence.groups")
    since: Moment = moment()
    until: MaybeMoment = moment(null=True)


class FamilyLink(SQLModel, table=True):
    """A relative who hears of an elder's alarms, with the elder's consent.

    `consent_by` is the elder, or the worker who had it from the elder.
    """

    __tablename__ = "family_link"
    __table_args__ = (
        UniqueConstraint("elder_id", "relative_id"),
        Index("ix_family_link_relative", "relative_id", postgresql_where=text("ended_at IS NULL")),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    elder_id: UUID = points_at("person.id")
    relative_id: UUID = points_at("person.id")
    relation: Any = sealed("family_link.relation")
    consent_by: MaybeId = points_at("person.id", null=True)
    consented_at: Moment = moment()
    ended_at: MaybeMoment = moment(null=True)


class ChannelAccount(SQLModel, table=True):
    """An address of a person in a channel; found by its blind index.

    `used_at` is when they last wrote there: what is for them goes to the channel used last.
    `union_index` joins one WeChat user's accounts.
    """

    __tablename__ = "channel_account"
    __table_args__ = (UniqueConstraint("channel", "external_index"),)
    id: UUID = object_id()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    channel: str
    external: Any = sealed("channel_account.external", null=False)
    external_index: bytes
    union_index: bytes | None = Field(default=None, index=True)
    reachable: bool = True
    used_at: MaybeMoment = moment(null=True)


class DemoPersona(SQLModel, table=True):
    """Whom a visitor of the demo may be; empty outside the demo."""

    __tablename__ = "demo_persona"
    persona: str = Field(primary_key=True)
    person_id: UUID = points_at("person.id")


class Duty(StrEnum):
    """What somebody on duty answers to."""

    WORKER = "worker"
    BACKUP = "backup"
    LEAD = "lead"


class Shift(SQLModel, table=True):
    """A turn of duty in one grid; it counts once confirmed and until left.

    One that was called off ends when it begins. `rota_id` is what it was made of, `set_by` who set
    it by hand; `noticed_at`, `missed_at` and `relieved_at` say what was told of it already.
    """

    __table_args__ = (
        ForeignKeyConstraint(["community_id", "grid_id"], ["grid.community_id", "grid.id"]),
        UniqueConstraint("grid_id", "person_id", "starts_at"),
        Index("uq_shift_rota", "rota_id", "starts_at", unique=True,
              postgresql_where=text("rota_id IS NOT NULL")),
        Index("ix_shift_unrelieved", "ends_at", postgresql_where=text("relieved_at IS NULL")),
    )  # fmt: skip
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    grid_id: UUID
    person_id: UUID = points_at("person.id")
    duty: Duty = choice("duty", Duty)
    starts_at: Moment = moment()
    ends_at: Moment = moment()
    confirmed_at: MaybeMoment = moment(null=True)
    left_at: MaybeMoment = moment(null=True)
    noticed_at: MaybeMoment = moment(null=True)
    missed_at: MaybeMoment = moment(null=True)
    relieved_at: MaybeMoment = moment(null=True)
    rota_id: MaybeId = points_at("rota.id", null=True)
    set_by: MaybeId = points_at("person.id", null=True)
