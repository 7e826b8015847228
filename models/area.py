"""Street, community, grid, building, home: the tree that every query and permission is inside."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.columns import choice, object_id, points_at, sealed


class HomeUse(StrEnum):
    """How a flat is used."""

    OWNED = "owned"
    LET = "let"
    VACANT = "vacant"


class Street(SQLModel, table=True):
    """A street office (街道)."""

    id: UUID = object_id()
    name: str


class Community(SQLModel, table=True):
    """A community (社区): the tenant.

    `phone` is the telephone of its office, which anybody may know; `answers_from` ("08:30") is
    when the office opens, and only where it is set is an answer promised by then. `staffed` lists
    {"days", "from", "to"} of local time when somebody sits there, none meaning always; outside of
    it `duty_phone` stands on the first card.
    """

    id: UUID = object_id()
    street_id: UUID = points_at("street.id")
    slug: str = Field(unique=True)
    name: str
    lon: float
    lat: float
    phone: str | None = None
    answers_from: str | None = None
    staffed: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default="[]")
    )
    duty_phone: str | None = None


class Grid(SQLModel, table=True):
    """A grid (网格): a few hundred homes and their workers."""

    __table_args__ = (UniqueConstraint("community_id", "id"),)
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    number: int
    name: str


class Building(SQLModel, table=True):
    """A building with its outline: a ring of [lon, lat] in WGS-84, first point repeated last.

    The outline is empty until somebody has drawn it; the point stands for the building till then.
    """

    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        UniqueConstraint("community_id", "name"),
        ForeignKeyConstraint(["community_id", "grid_id"], ["grid.community_id", "grid.id"]),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    grid_id: UUID = Field(index=True)
    name: str
    address: str | None = None
    stairs: int | None = None
    floors: int | None = None
    outline: list[list[float]] = Field(sa_type=JSONB)
    lon: float
    lat: float


class Home(SQLModel, table=True):
    """A flat; its door number is sealed, `label_index` finds it within the building."""

    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        UniqueConstraint("building_id", "label_index"),
        ForeignKeyConstraint(
            ["community_id", "building_id"], ["building.community_id", "building.id"]
        ),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    building_id: UUID
    stair: int
    floor: int
    use: HomeUse = choice("use", HomeUse)
    label: Any = sealed("home.label", null=False)
    label_index: bytes
