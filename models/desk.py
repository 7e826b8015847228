"""The desk of the command centre: what one watch hands to the next, and when the siren rests."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.columns import MaybeId, MaybeMoment, Moment, moment, object_id, points_at, sealed


class WatchHandover(SQLModel, table=True):
    """A watch that was handed over (交班), and who has signed for it; one waits at a time.

    `summary` counts what was live at that moment; the tickets themselves are read when signed.
    """

    __tablename__ = "watch_handover"
    __table_args__ = (
        CheckConstraint("signed_by <> from_id", name="two_people"),
        Index(
            "uq_watch_handover_waiting",
            "community_id",
            unique=True,
            postgresql_where=text("signed_at IS NULL"),
        ),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    from_id: UUID = points_at("person.id")
    at: Moment = moment()
    summary: dict[str, int] = Field(sa_type=JSONB)
    note: Any = sealed("watch_handover.note")
    signed_by: MaybeId = points_at("person.id", null=True)
    signed_at: MaybeMoment = moment(null=True)


class Mute(SQLModel, table=True):
    """The siren of one operator's page rests, with a reason and an end."""

    __table_args__ = (
        CheckConstraint("until <= at + interval '30 minutes'", name="longest"),
        Index("ix_mute_until", "community_id", "until"),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    person_id: UUID = points_at("person.id")
    at: Moment = moment()
    until: Moment = moment()
    reason: Any = sealed("mute.reason", null=False)
    ended_at: MaybeMoment = moment(null=True)
