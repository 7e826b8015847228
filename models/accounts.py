"""Accounts of the command centre, their second factor, sessions, links in, wall screens."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
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


class Credential(SQLModel, table=True):
    """Somebody's account: its name, an argon2id hash once one is set, the secret of the codes.

    A secret counts from `totp_since` on, when its owner first wrote a code of it. `totp_step` is
    the last half-minute whose code was used: none works twice. `renew` asks for a new password.
    `made_in` is the community whose administrator made it, before it has a role anywhere.
    """

    person_id: UUID = points_at("person.id", primary=True)
    account: str = Field(unique=True)
    password_hash: str | None = None
    totp_secret: Any = sealed("credential.totp_secret")
    totp_since: MaybeMoment = moment(null=True)
    totp_step: int = 0
    renew: bool = False
    made_in: MaybeId = points_at("community.id", null=True)
    made_by: MaybeId = points_at("person.id", null=True)
    made_at: Moment = moment()
    closed_at: MaybeMoment = moment(null=True)
    entered_at: MaybeMoment = moment(null=True)


class RecoveryCode(SQLModel, table=True):
    """A code for whoever has no telephone at hand; works once, only its keyed digest is kept."""

    __tablename__ = "recovery_code"
    person_id: UUID = points_at("person.id", primary=True)
    digest: bytes = Field(primary_key=True)
    used_at: MaybeMoment = moment(null=True)


class LoginCount(SQLModel, table=True):
    """How often somebody tried to come in, by a digest of account and address; for all processes."""

    __tablename__ = "login_count"
    key: bytes = Field(primary_key=True)
    tries: int
    until: Moment = moment()


class SessionKind(StrEnum):
    """Sessions of one kind do not open the doors of another."""

    CHAT = "chat"
    CONSOLE = "console"
    WALL = "wall"


class WebSession(SQLModel, table=True):
    """A web chat, console or wall session; the token itself is never stored.

    It belongs to a person, a wall's to the screen. `masked` is 来访模式: nobody is named.
    """

    __tablename__ = "web_session"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) = (kind = 'wall')", name="whose"),
        CheckConstraint("(wall_id IS NULL) = (kind <> 'wall')", name="wall"),
        Index("ix_web_session_person_id", "person_id"),
    )
    token_hash: bytes = Field(primary_key=True)
    person_id: MaybeId = points_at("person.id", null=True)
    wall_id: MaybeId = points_at("wall_screen.id", null=True)
    kind: SessionKind = choice("kind", SessionKind)
    masked: bool = False
    created_at: Moment = moment()
    idle_until: Moment = moment()
    absolute_until: Moment = moment()


class Purpose(StrEnum):
    """Where a single-use ticket leads: into the chat, or one step further into the centre."""

    CHAT = "chat"
    SETUP = "setup"
    CODE = "code"
    ENROL = "enrol"
    RENEW = "renew"


class LoginTicket(SQLModel, table=True):
    """A single-use link, or what somebody holds between two steps of logging in."""

    __tablename__ = "login_ticket"
    token_hash: bytes = Field(primary_key=True)
    person_id: UUID = points_at("person.id")
    purpose: Purpose = choice("purpose", Purpose, default=Purpose.CHAT)
    expires_at: Moment = moment()
    used_at: MaybeMoment = moment(null=True)


class WallScreen(SQLModel, table=True):
    """A screen on a wall that shows map, queue and figures, and nobody's name."""

    __tablename__ = "wall_screen"
    __table_args__ = (Index("ix_wall_screen_community_id", "community_id"),)
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    name: str
    token_hash: bytes = Field(unique=True)
    made_by: UUID = points_at("person.id")
    made_at: Moment = moment()
    used_at: MaybeMoment = moment(null=True)
    ended_at: MaybeMoment = moment(null=True)
