"""Looking after people without alarming for nothing: answers, times away, silence, suppression."""

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


class How(StrEnum):
    """How somebody who was asked knows that the person is safe, or that they do not; best first."""

    SELF = "self"
    TOGETHER = "together"
    VOICE = "voice"
    GUESS = "guess"
    NOT_REACHED = "not_reached"


class SafetyAnswer(SQLModel, table=True):
    """What somebody who was asked said, until they take it back or say something else."""

    __tablename__ = "safety_answer"
    __table_args__ = (
        ForeignKeyConstraint(["community_id", "ticket_id"], ["ticket.community_id", "ticket.id"]),
        Index(
            "uq_safety_answer_standing", "ticket_id", "epoch", "person_id", unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
    )  # fmt: skip
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    ticket_id: UUID
    epoch: int
    person_id: UUID = points_at("person.id")
    how: How = choice("how", How)
    at: Moment = moment()
    undone_at: MaybeMoment = moment(null=True)


class AwayEnd(StrEnum):
    """How a time away ended."""

    BACK = "back"
    USE = "use"
    OVERDUE = "overdue"
    REPLACED = "replaced"


class Away(SQLModel, table=True):
    """外出报备: a person is not at home, so absence means nothing there.

    `home_index` finds the devices of the home; `wanted_until` is later than `ends_at` where more
    was asked for than may be given at once. `asked_at` is when the setter was asked about the
    return.
    """

    __table_args__ = (
        CheckConstraint("ends_at > begins_at", name="span"),
        CheckConstraint("ends_at <= begins_at + interval '14 days'", name="longest"),
        CheckConstraint("ended_how IN ('back', 'use', 'overdue', 'replaced')", name="ended_how"),
        Index(
            "uq_away_live", "person_id", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
        Index("ix_away_home", "home_index", postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    person_id: UUID = points_at("person.id")
    home_index: bytes | None = None
    begins_at: Moment = moment()
    ends_at: Moment = moment()
    wanted_until: MaybeMoment = moment(null=True)
    set_by: UUID = points_at("person.id")
    set_at: Moment = moment()
    asked_at: MaybeMoment = moment(null=True)
    ended_at: MaybeMoment = moment(null=True)
    ended_by: MaybeId = points_at("person.id", null=True)
    ended_how: str | None = None


class SilenceKind(StrEnum):
    """Why a life device says nothing to anybody for a while."""

    SILENCE = "silence"
    TEST = "test"


class Silence(SQLModel, table=True):
    """A single device whose alarms are recorded and not told, until it ends.

    Begins once a second person agreed; an installer's test needs none and is short.
    """

    __table_args__ = (
        ForeignKeyConstraint(["community_id", "device_id"], ["device.community_id", "device.id"]),
        CheckConstraint("agreed_by <> asked_by", name="two"),
        CheckConstraint(
            "ends_at <= begins_at + CASE kind WHEN 'test' THEN interval '10 minutes'"
            " ELSE interval '2 hours' END",
            name="longest",
        ),
        CheckConstraint(
            "begins_at IS NULL OR kind = 'test' OR agreed_by IS NOT NULL", name="agreed"
        ),
        Index(
            "uq_silence_live", "device_id", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
    )  # fmt: skip
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    device_id: UUID
    kind: SilenceKind = choice("kind", SilenceKind)
    reason: Any = sealed("silence.reason", null=False)
    asked_by: UUID = points_at("person.id")
    asked_at: Moment = moment()
    minutes: int
    agreed_by: MaybeId = points_at("person.id", null=True)
    begins_at: MaybeMoment = moment(null=True)
    ends_at: MaybeMoment = moment(null=True)
    ended_at: MaybeMoment = moment(null=True)


class Suppression(SQLModel, table=True):
    """An alarm that was not told because of a time away or a silence; judged again at its end."""

    __table_args__ = (
        ForeignKeyConstraint(["community_id", "device_id"], ["device.community_id", "device.id"]),
        Index(
            "uq_suppression_live", "device_id", "key", unique=True,
            postgresql_where=text("judged_at IS NULL"),
        ),
        Index("ix_suppression_because", "because_id"),
    )  # fmt: skip
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    community_id: UUID = points_at("community.id")
    device_id: UUID
    key: str
    because_id: UUID
    at: Moment = moment()
    judged_at: MaybeMoment = moment(null=True)
    alarmed: bool | None = None
