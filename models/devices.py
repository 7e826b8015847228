"""Devices, what they last said, the readings' log, and what could not be read."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
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


class DeviceKind(StrEnum):
    """The kinds of points on the map, and the gateway, which is none."""

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
    GATEWAY = "gateway"


class Device(SQLModel, table=True):
    """A registered device under a pseudonymous id.

    `gateway_id` is the device through which it speaks. `place` seals what would tie it to people: {"name", "home", "people"}; `home_index` finds the
    devices of a home without storing the home's id. The name by which it speaks (`external`) often
    holds an address, so it is sealed too and found by `external_index`.
    """

    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        Index(
            "uq_device_live",
            "source",
            "external_index",
            "community_id",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
        ForeignKeyConstraint(["community_id", "gateway_id"], ["device.community_id", "device.id"]),
        Index(
            "ix_device_gateway_id", "gateway_id", postgresql_where=text("gateway_id IS NOT NULL")
        ),
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
    model: str = ""
    gateway_id: MaybeId = None
    installed_at: Moment = moment()
    removed_at: MaybeMoment = moment(null=True)


class DevicePresence(SQLModel, table=True):
    """When a device was last heard; digests recognise a retained message seen before.

    `last_seen` is not indexed, so that updates stay heap-only. `unreached_at` is when it was found
    to be silent together with all that hangs on the same gateway, until one of them is heard.
    """

    __tablename__ = "device_presence"
    __table_args__ = {"postgresql_with": {"fillfactor": "70"}}
    device_id: UUID = points_at("device.id", primary=True)
    last_seen: MaybeMoment = moment(null=True)
    online: bool = True
    digest: bytes | None = None
    retained_digest: bytes | None = None
    unreached_at: MaybeMoment = moment(null=True)


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
    """A device that speaks and is not registered; what it told of its model and its gateway."""

    __tablename__ = "unknown_device"
    community_id: UUID = points_at("community.id", primary=True)
    source: str = Field(primary_key=True)
    external_index: bytes = Field(primary_key=True)
    external: Any = sealed("unknown_device.external", null=False)
    model: Any = sealed("unknown_device.model")
    gateway: Any = sealed("unknown_device.gateway")
    first_seen: Moment = moment()
    last_seen: Moment = moment()
    messages: int = 1


class Installation(SQLModel, table=True):
    """A device's live test: for some minutes its alarms ring nobody and prove that it works.

    It ends when the time is over, and what the device says then is judged. `heard_at` and
    `heard` are when it first said what was waited for, and what; `told_at` when the worker knew.
    """

    __table_args__ = (
        ForeignKeyConstraint(["community_id", "device_id"], ["device.community_id", "device.id"]),
        Index(
            "uq_installation_live",
            "device_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    device_id: UUID
    worker_id: UUID = points_at("person.id")
    began_at: Moment = moment()
    until: Moment = moment()
    heard_at: MaybeMoment = moment(null=True)
    heard: str | None = None
    told_at: MaybeMoment = moment(null=True)
    ended_at: MaybeMoment = moment(null=True)


class Stage(StrEnum):
    """How far a wish for a device has come."""

    WAITING = "waiting"
    INSTALLED = "installed"
    WITHDRAWN = "withdrawn"


class DeviceRequest(SQLModel, table=True):
    """Somebody's wish for a device in their flat; `need` orders the waiting list, least first.

    `consent_by` agreed to what the device tells whom. `said` is why, in their words. Which device
    it became is not kept: what ties devices to people is sealed.
    """

    __tablename__ = "device_request"
    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        ForeignKeyConstraint(["community_id", "home_id"], ["home.community_id", "home.id"]),
        Index(
            "uq_device_request_waiting",
            "person_id",
            "kind",
            unique=True,
            postgresql_where=text("stage = 'waiting'"),
        ),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    person_id: UUID = points_at("person.id")
    home_id: UUID
    kind: DeviceKind = choice("kind", DeviceKind)
    need: int
    said: Any = sealed("device_request.said")
    asked_by: UUID = points_at("person.id")
    asked_at: Moment = moment()
    consent_by: UUID = points_at("person.id")
    stage: Stage = choice("stage", Stage, default=Stage.WAITING)
    ended_at: MaybeMoment = moment(null=True)
    told_at: MaybeMoment = moment(null=True)


class UnknownKey(SQLModel, table=True):
    """A key of a payload that nobody understands, counted by source; strangers choose keys."""

    __tablename__ = "unknown_key"
    source: str = Field(primary_key=True)
    key_index: bytes = Field(primary_key=True)
    key: Any = sealed("unknown_key.key", null=False)
    messages: int = 1
    first_seen: Moment = moment()
    last_seen: Moment = moment()


class WrongClock(SQLModel, table=True):
    """A device whose clock can't be right: what it claimed last, and how often it was wrong."""

    __tablename__ = "wrong_clock"
    device_id: UUID = points_at("device.id", primary=True)
    claimed: Any = sealed("wrong_clock.claimed")
    messages: int = 1
    first_seen: Moment = moment()
    last_seen: Moment = moment()


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
