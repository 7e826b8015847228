"""Shops of the ten-minute circle (十分钟生活圈): public facts about businesses, so nothing is sealed."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, Text

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


class Datum(StrEnum):
    """In which datum a source gave its coordinates; the columns lon and lat are always WGS-84."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class Shop(SQLModel, table=True):
    """A shop or service point; `category` is a code of data/taxonomy.yaml.

    `hours` is `hours_raw` as the weekly ranges of services.shops.hours, None when unknown.
    `walk_s` is the community's own walking time from its centre area where gates or shortcuts
    make the estimate wrong; None leaves the estimate.
    """

    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        UniqueConstraint("community_id", "name", "address"),
        ForeignKeyConstraint(["merchant_person_id"], ["person.id"]),
        Index("ix_shop_community_category", "community_id", "category"),
        Index(
            "ix_shop_merchant",
            "merchant_person_id",
            postgresql_where=text("merchant_person_id IS NOT NULL"),
        ),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    name: str
    category: str
    address: str = ""
    phone: str | None = None
    lon: float
    lat: float
    datum: Datum = choice("datum", Datum)
    source_lon: float
    source_lat: float
    hours_raw: str = ""
    hours: Any = Field(default=None, sa_type=JSONB(none_as_null=True), nullable=True)
    tags: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    walk_s: int | None = None
    enabled: bool = True
    merchant_person_id: MaybeId = None
    created_at: Moment = moment()
    updated_at: Moment = moment()


class ShopMark(SQLModel, table=True):
    """Changes whenever a community's shops do, by a trigger; search indexes in memory hang on it.

    A random mark, not a counter: one that was read in a transaction that rolled back never returns.
    """

    __tablename__ = "shop_mark"
    community_id: UUID = points_at("community.id", primary=True)
    mark: UUID


class ShopFault(StrEnum):
    """What is wrong about a shop in the list."""

    CLOSED = "closed"
    MOVED = "moved"
    HOURS = "hours"
    PHONE = "phone"


class ReportState(StrEnum):
    """What became of a report."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class ShopReport(SQLModel, table=True):
    """What somebody says is wrong about a shop; `said` is what they gave as right, if anything.

    A merchant's own correction is accepted as it is written.
    """

    __tablename__ = "shop_report"
    __table_args__ = (
        ForeignKeyConstraint(["community_id", "shop_id"], ["shop.community_id", "shop.id"]),
        Index(
            "uq_shop_report_open", "shop_id", "fault", "asked_by",
            unique=True, postgresql_where=text("state = 'open'"),
        ),
        Index("ix_shop_report_waiting", "community_id", postgresql_where=text("state = 'open'")),
    )  # fmt: skip
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    shop_id: UUID
    fault: ShopFault = choice("fault", ShopFault)
    said: Any = sealed("shop_report.said")
    asked_by: UUID = points_at("person.id")
    at: Moment = moment()
    state: ReportState = choice("state", ReportState)
    decided_by: MaybeId = points_at("person.id", null=True)
    decided_at: MaybeMoment = moment(null=True)


class ShopMiss(SQLModel, table=True):
    """Words for which no shop was found, and how often; counted by their blind index."""

    __tablename__ = "shop_miss"
    community_id: UUID = points_at("community.id", primary=True)
    word_index: bytes = Field(primary_key=True)
    word: Any = sealed("shop_miss.word", null=False)
    times: int = 1
    last_at: Moment = moment()


class ShopWord(SQLModel, table=True):
    """A word that a community taught: what people there call a category."""

    __tablename__ = "shop_word"
    community_id: UUID = points_at("community.id", primary=True)
    word: str = Field(primary_key=True)
    category: str
    taught_by: UUID = points_at("person.id")
    at: Moment = moment()
