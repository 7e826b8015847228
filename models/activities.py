"""Activities of a community and who takes part."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import MaybeMoment, Moment, choice, moment, object_id, points_at


class ActivityStatus(StrEnum):
    """An activity that is called off stays to be seen by those who joined."""

    OPEN = "open"
    CANCELLED = "cancelled"


class EnrolmentStatus(StrEnum):
    """Attendance is approved by staff alone, and that is what credits points."""

    JOINED = "joined"
    LEFT = "left"
    ATTENDED = "attended"


class Activity(SQLModel, table=True):
    """Something to take part in.

    `taken` counts the places of those who have not left; it moves in the transaction of the
    enrolment, and its CHECK is what makes an overbooking impossible.
    """

    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        CheckConstraint("taken BETWEEN 0 AND capacity", name="taken"),
        CheckConstraint("ends_at > starts_at", name="lasts"),
        CheckConstraint("points >= 0", name="points"),
        Index("ix_activity_starts_at", "community_id", "starts_at"),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    title: str
    place: str
    starts_at: Moment = moment()
    ends_at: Moment = moment()
    capacity: int
    taken: int = 0
    points: int = 0
    organiser_id: UUID = points_at("person.id")
    status: ActivityStatus = choice("status", ActivityStatus, default=ActivityStatus.OPEN)


class Enrolment(SQLModel, table=True):
    """A person's place; `remind_at` is the next reminder, swept by the scheduler."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["community_id", "activity_id"], ["activity.community_id", "activity.id"]
        ),
        Index(
            "uq_enrolment_live",
            "activity_id",
            "person_id",
            unique=True,
            postgresql_where=text("status <> 'left'"),
        ),
        Index(
            "ix_enrolment_due", "remind_at", postgresql_where=text("remind_at IS NOT NULL")
        ),
    )  # fmt: skip
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    activity_id: UUID
    person_id: UUID = Field(foreign_key="person.id", index=True)
    status: EnrolmentStatus = choice("status", EnrolmentStatus, default=EnrolmentStatus.JOINED)
    at: Moment = moment()
    remind_at: MaybeMoment = moment(null=True)
    attended_at: MaybeMoment = moment(null=True)
    approved_by: UUID | None = points_at("person.id", null=True)
