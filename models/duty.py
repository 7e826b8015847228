"""Who is on duty when: the weekly rota, days off, swaps, and open tickets that change hands."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.columns import MaybeId, MaybeMoment, Moment, choice, moment, object_id, points_at
from models.people import Duty


class Rota(SQLModel, table=True):
    """A post that somebody holds every week; shifts are made of it, `days` from Monday as 1.

    `begins` and `ends` are local times ("08:00"); a shift that ends no later than it begins
    passes midnight.
    """

    __table_args__ = (
        ForeignKeyConstraint(["community_id", "grid_id"], ["grid.community_id", "grid.id"]),
        Index("ix_rota_live", "community_id", postgresql_where=text("ended_at IS NULL")),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    grid_id: UUID
    person_id: UUID = points_at("person.id")
    duty: Duty = choice("duty", Duty)
    days: list[int] = Field(sa_type=JSONB)
    begins: str
    ends: str
    set_by: MaybeId = points_at("person.id", null=True)
    set_at: Moment = moment()
    ended_at: MaybeMoment = moment(null=True)


class DayOff(SQLModel, table=True):
    """A whole local day on which somebody rests (整天休息): no shift of theirs begins on it."""

    __tablename__ = "day_off"
    community_id: UUID = points_at("community.id", primary=True)
    person_id: UUID = points_at("person.id", primary=True)
    day: date = Field(primary_key=True)
    set_by: MaybeId = points_at("person.id", null=True)
    set_at: Moment = moment()


class Swap(SQLModel, table=True):
    """Somebody asks a colleague to take a shift (换班); one question at a time for a shift."""

    __table_args__ = (
        Index(
            "uq_swap_live",
            "shift_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
        ),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    shift_id: UUID = points_at("shift.id")
    asked_by: UUID = points_at("person.id")
    asked_of: UUID = points_at("person.id")
    asked_at: Moment = moment()
    answered_at: MaybeMoment = moment(null=True)
    accepted: bool | None = None


class Relief(SQLModel, table=True):
    """Tickets in somebody's hand when their shift ended (交接), until the next one takes them.

    Which tickets those are is read when they are taken: some are finished meanwhile.
    """

    __table_args__ = (
        ForeignKeyConstraint(["community_id", "grid_id"], ["grid.community_id", "grid.id"]),
        UniqueConstraint("shift_id"),
        Index("ix_relief_due", "due_at", postgresql_where=text("ended_at IS NULL")),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    grid_id: UUID
    shift_id: UUID = points_at("shift.id")
    from_id: UUID = points_at("person.id")
    begun_at: Moment = moment()
    due_at: Moment = moment()
    taken_by: MaybeId = points_at("person.id", null=True)
    ended_at: MaybeMoment = moment(null=True)


class Policy(SQLModel, table=True):
    """A community's own escalation for one kind of ticket; append-only, the newest is in force.

    `chain` is what a ticket opened from now on keeps; `watch` how long whoever took it may go
    without arriving and without finishing. A ticket keeps what was in force for it.
    """

    __table_args__ = (UniqueConstraint("community_id", "key", "version"),)
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    key: str
    version: int = 1
    chain: list[dict[str, Any]] = Field(sa_type=JSONB)
    watch: dict[str, int] = Field(sa_type=JSONB)
    created_at: Moment = moment()
    created_by: MaybeId = points_at("person.id", null=True)
