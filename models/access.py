"""Who looked at whom: the chained log, and glass that was broken in an emergency."""

from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.columns import MaybeId, MaybeMoment, Moment, moment, object_id, points_at, sealed


class AccessEntry(SQLModel, table=True):
    """One look at, or change of, what is said of people; append-only, each row holds the last.

    `number` counts within the community without a gap, `digest` covers the row and the digest of
    the row before. `actor_id` is NULL for the machine; `for_id` is whom a worker stood in for.
    `how_many` people were shown where `subject_id` is NULL.
    """

    __tablename__ = "access_entry"
    __table_args__ = (
        Index("ix_access_entry_subject", "subject_id", "at"),
        Index("ix_access_entry_actor", "actor_id", "at"),
    )
    community_id: UUID = points_at("community.id", primary=True)
    number: int = Field(primary_key=True)
    at: Moment = moment()
    actor_id: MaybeId = None
    for_id: MaybeId = None
    role: str
    way: str
    action: str
    subject_id: MaybeId = None
    how_many: int = 1
    object_id: MaybeId = None
    reason: Any = sealed("access_entry.reason")
    digest: bytes


class AccessHead(SQLModel, table=True):
    """The end of a community's chain; its row is locked by whoever appends, last of all locks."""

    __tablename__ = "access_head"
    community_id: UUID = points_at("community.id", primary=True)
    number: int = 0
    digest: bytes


class BrokenGlass(SQLModel, table=True):
    """A look beyond the own scope in an emergency: with a reason, an end, and a notice."""

    __tablename__ = "broken_glass"
    __table_args__ = (
        Index("ix_broken_glass_actor", "actor_id", "ends_at"),
        Index("ix_broken_glass_community", "community_id", "broken_at"),
        Index("ix_broken_glass_untold", "broken_at", postgresql_where=text("told_at IS NULL")),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    actor_id: UUID = points_at("person.id")
    subject_id: UUID = points_at("person.id")
    ticket_id: MaybeId = None
    reason: Any = sealed("broken_glass.reason", null=False)
    broken_at: Moment = moment()
    ends_at: Moment = moment()
    told_at: MaybeMoment = moment(null=True)
