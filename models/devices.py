"""Devices, what they last said, the readings' log, and what could not be read."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Identity, Index, UniqueConstraint
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


class DeviceKind(StrEnum):
    """The kinds of points on the map."""

    DOOR = "door"
    GAS = "gas"
    SMOKE = "smoke"
    WRISTBAND = "wristband"
    WATER = "water"
    CAMERA = "camera"
    MANHOLE = "manhole"
    FIRE = "fire"
    LANE = "lane"
    RUBBISH = "rubbish"
    PARKING = "parking"
    STREET = "street"


class Device(SQLModel, table=True):
    """A registered device under a pseudonymous id.

    `place` seals what would tie it to people: {"name", "home", "people"}; `home_index` finds the
    devices of a home without storing the home's id. The name by which it speaks (`external`) often
    holds an address, so it is sealed too and found by `external_index`.
    """

    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        UniqueConstraint("source", "external_index", "community_id"),
        ForeignKeyConstraint(["community_id", "grid_id"], ["grid.community_id", "grid.id"]),
        ForeignKeyConstraint(
            ["community_id", "building_id"], ["building.community_id", "building.id"]
        ),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    grid_id: UUID
    building_id: MaybeId = Field(default=None, index=True)
    kind: DeviceKind = choice("kind", DeviceKind)
    source: str
    external: Any = sealed("device.external", null=False)
    external_index: bytes
    place: Any = sealed("device.place", null=False)
    home_index: bytes | None = Field(default=None, index=True)
    lon: float
    lat: float
    installed_at: Moment = moment()
    removed_at: MaybeMoment = moment(null=True)


class DevicePresence(SQLModel, table=True):
    """When a device was last heard; digests recognise a retained message seen before.

    `last_seen` is not indexed, so that updates stay heap-only.
    """

    __tablename__ = "device_presence"
    __table_args__ = {"postgresql_with": {"fillfactor": "70"}}
    device_id: UUID = points_at("device.id", primary=True)
    last_seen: MaybeMoment = moment(null=True)
    online: bool = True
    digest: bytes | None = None
    retained_digest: bytes | None = None


class DeviceState(SQLModel, table=True):
    """The newest value of each metric; booleans are 0 and 1.

    `changed_at` is the last sign of life: when the value last changed, a meter's beyond `bound`.
    """

    __tablename__ = "device_state"
    __table_args__ = {"postgresql_with": {"fillfactor": "70"}}
    device_id: UUID = points_at("device.id", primary=True)
    metric: str = Field(primary_key=True)
    value: float
    ts: Moment = moment()
    bound: float | None = None
    changed_at: MaybeMoment = moment(null=True)


class Reading(SQLModel, table=True):
    """The log of readings, partitioned by day of `ts`.

    `event_id` is the source's id, else `~` and a digest of the message.
    """

    __table_args__ = {"postgresql_partition_by": "RANGE (ts)"}
    device_id: UUID = Field(primary_key=True)
    metric: str = Field(primary_key=True)
    ts: Moment = Field(primary_key=True, sa_type=moment().sa_type)
    event_id: str = Field(primary_key=True)
    value: float
    received_at: Moment = moment()


class UnknownDevice(SQLModel, table=True):
    """A device that speaks and is not registered."""

    __tablename__ = "unknown_device"
    community_id: UUID = points_at("community.id", primary=True)
    source: str = Field(primary_key=True)
    external_index: bytes = Field(primary_key=True)
    external: Any = sealed("unknown_device.external", null=False)
    first_seen: Moment = moment()
    last_seen: Moment = moment()
    messages: int = 1


class DeadLetter(SQLModel, table=True):
    """A message that could not be read or applied, with the reason; its content is sealed."""

    __tablename__ = "dead_letter"
    __table_args__ = (Index("ix_dead_letter_received_at", "received_at"),)
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    source: str
    topic: Any = sealed("dead_letter.topic", null=False)
    payload: Any = sealed("dead_letter.payload", null=False)
    reason: str
    received_at: Moment = moment()
