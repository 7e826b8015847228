"""Shops of the ten-minute circle (十分钟生活圈): public facts about businesses, so nothing is sealed."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, Text

from models.columns import MaybeId, Moment, choice, moment, object_id, points_at


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
