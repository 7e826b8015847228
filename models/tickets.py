"""Tickets: one life for alarm, report, maintenance, hand-over and visit need."""

from datetime import date
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
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
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


class Status(StrEnum):
    """`closed` is terminal; what comes back is a new ticket linked to the old."""

    OPEN = "open"
    ACKED = "acked"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Severity(StrEnum):
    """How fast people must hear, fastest first."""

    LIFE = "life"
    CARE = "care"
    PROPERTY = "property"
    MAINTENANCE = "maintenance"


class Happened(StrEnum):
    """The kinds of ticket events."""

    OPENED = "opened"
    ALARM_AGAIN = "alarm_again"
    REOPENED = "reopened"
    TOLD = "told"
    UNREACHABLE = "unreachable"
    ESCALATED = "escalated"
    DISPATCHED = "dispatched"
    ACKED = "acked"
    ARRIVED = "arrived"
    NOT_FOUND = "not_found"
    RESOLVED = "resolved"
    RECOVERED = "recovered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    LOOKED = "looked"
    ASKED = "asked"
    ANSWERED = "answered"
    TAKEN_BACK = "taken_back"
    ASK_OVER = "ask_over"
    PROMISED = "promised"
    OVERDUE = "overdue"
    TRANSFERRED = "transferred"
    RETURNED = "returned"
    RELIEVED = "relieved"
    UNMANNED = "unmanned"
    DIALLED = "dialled"
    AT_DOOR = "at_door"
    SEEN = "seen"
    DRILL_OVER = "drill_over"
    UNDELIVERED = "undelivered"
    NOTED = "noted"


class Part(StrEnum):
    """What a person has to do with a ticket; it decides words and buttons of their card."""

    WORKER = "worker"
    BACKUP = "backup"
    ELDER = "elder"
    FAMILY = "family"
    OPERATOR = "operator"
    CALLER = "caller"


class Ticket(SQLModel, table=True):
    """Something that a person must see to.

    `key` is what there is one live ticket of; `recovered_at` is set while the device reports no
    alarm; `chain` is the snapshot of the escalation steps, `step` the next one. `people` are those
    whom a ticket without a device is about. `stair` is where the flat lies, and `immobile` says
    that somebody there cannot walk out. Once somebody has taken it, `watch` says how long they
    may go without arriving and finishing, `watch_at` when that is looked at, `promised_at` by when
    they said to be there. `drill_id` stands while it is only practice.
    """

    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        ForeignKeyConstraint(["community_id", "device_id"], ["device.community_id", "device.id"]),
        Index("uq_ticket_live", "key", unique=True, postgresql_where=text("status <> 'closed'")),
        Index(
            "ix_ticket_due",
            "next_escalation_at",
            postgresql_where=text("next_escalation_at IS NOT NULL"),
        ),
        Index("ix_ticket_watch", "watch_at", postgresql_where=text("status = 'acked'")),
        Index(
            "ix_ticket_arrived",
            "acked_by",
            "arrived_at",
            postgresql_where=text("arrived_at IS NOT NULL"),
        ),
        Index("ix_ticket_live_device", "device_id", postgresql_where=text("status <> 'closed'")),
        Index("ix_ticket_closed_at", "closed_at", "community_id"),
        Index(
            "ix_ticket_live_lane",
            "id",
            postgresql_where=text("what = 'lane_blocked' AND status <> 'closed'"),
        ),
        Index("ix_ticket_key", "key", "id"),
    )
    id: UUID = object_id()
    number: int = Field(sa_column=Column(BigInteger, Identity(always=True), nullable=False))
    community_id: UUID = points_at("community.id")
    grid_id: MaybeId = None
    device_id: MaybeId = None
    key: str
    what: str
    severity: Severity = choice("severity", Severity)
    status: Status = choice("status", Status, default=Status.OPEN)
    epoch: int = 1
    version: int = 1
    opened_at: Moment = moment()
    alarm_at: Moment = moment()
    acked_at: MaybeMoment = moment(null=True)
    acked_by: MaybeId = points_at("person.id", null=True)
    assigned_to: MaybeId = points_at("person.id", null=True)
    arrived_at: MaybeMoment = moment(null=True)
    resolved_at: MaybeMoment = moment(null=True)
    recovered_at: MaybeMoment = moment(null=True)
    closed_at: MaybeMoment = moment(null=True)
    previous_id: MaybeId = points_at("ticket.id", null=True)
    chain: list[dict[str, Any]] = Field(sa_type=JSONB)
    step: int = 0
    next_escalation_at: MaybeMoment = moment(null=True)
    promised_at: MaybeMoment = moment(null=True)
    watch: dict[str, int] | None = Field(default=None, sa_type=JSONB)
    watch_at: MaybeMoment = moment(null=True)
    watch_step: int = Field(
        default=0, sa_column=Column(Integer, nullable=False, server_default="0")
    )
    place: Any = sealed("ticket.place")
    people: Any = sealed("ticket.people")
    stair: int | None = None
    immobile: bool = False
    drill_id: MaybeId = points_at("drill.id", null=True)


class TicketEvent(SQLModel, table=True):
    """One step of a ticket; append-only, minutes are computed from these alone."""

    __tablename__ = "ticket_event"
    __table_args__ = (
        ForeignKeyConstraint(["community_id", "ticket_id"], ["ticket.community_id", "ticket.id"]),
        Index("ix_ticket_event_ticket", "ticket_id", "id"),
        Index(
            "uq_ticket_event_acked",
            "ticket_id",
            "epoch",
            unique=True,
            postgresql_where=text("kind = 'acked'"),
        ),
    )
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    community_id: UUID
    ticket_id: UUID
    epoch: int
    at: Moment = moment()
    kind: Happened = choice("kind", Happened)
    person_id: MaybeId = None
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    note: Any = sealed("ticket_event.note")


class TicketCard(SQLModel, table=True):
    """The one card of a ticket that a person has in a channel.

    `ring` counts how often it must ring; a version with a greater ring goes out as a new message,
    any other as an edit; with none it only stands in the person's list. `next_channel_at` is when a life alarm that nobody confirmed goes to the
    person's next channel; `confirmed_at` is when they pressed a button of it.
    """

    __tablename__ = "ticket_card"
    __table_args__ = (
        Index(
            "ix_ticket_card_next_channel_at",
            "next_channel_at",
            postgresql_where=text("next_channel_at IS NOT NULL"),
        ),
    )
    ticket_id: UUID = points_at("ticket.id", primary=True)
    person_id: UUID = points_at("person.id", primary=True)
    channel: str = Field(primary_key=True)
    part: Part = choice("part", Part)
    ring: int = 1
    shown_ring: int = 0
    shown_version: int = 0
    shown_at: MaybeMoment = moment(null=True)
    rung_at: MaybeMoment = moment(null=True)
    confirmed_at: MaybeMoment = moment(null=True)
    next_channel_at: MaybeMoment = moment(null=True)


class Drill(SQLModel, table=True):
    """演练: alarms of the named devices are practice until it ends; anything else is real.

    `households` says that elders and relatives take part, which they do not by default.
    """

    __table_args__ = (
        UniqueConstraint("community_id", "id"),
        CheckConstraint("ends_at <= begins_at + interval '4 hours'", name="longest"),
        Index(
            "uq_drill_live", "community_id", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
    )
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    begun_by: UUID = points_at("person.id")
    households: bool = False
    begins_at: Moment = moment()
    ends_at: Moment = moment()
    ended_at: MaybeMoment = moment(null=True)


class DrillDevice(SQLModel, table=True):
    """A device that takes part in a drill."""

    __tablename__ = "drill_device"
    __table_args__ = (
        ForeignKeyConstraint(["community_id", "drill_id"], ["drill.community_id", "drill.id"]),
        ForeignKeyConstraint(["community_id", "device_id"], ["device.community_id", "device.id"]),
        Index("ix_drill_device_device", "device_id"),
    )
    drill_id: UUID = Field(primary_key=True)
    device_id: UUID = Field(primary_key=True)
    community_id: UUID


class Baseline(SQLModel, table=True):
    """The figures of a month as they were when somebody kept them, to compare later ones with."""

    community_id: UUID = points_at("community.id", primary=True)
    month: date = Field(primary_key=True)
    figures: list[dict[str, Any]] = Field(sa_type=JSONB)
    kept_by: UUID = points_at("person.id")
    kept_at: Moment = moment()


class Snapshot(SQLModel, table=True):
    """What a camera saw when it raised a ticket: the job to fetch it until `sha256` names it.

    `event` is the recorder's id of what it saw. Without `due_at` nothing is tried any more.
    """

    __table_args__ = (
        ForeignKeyConstraint(["community_id", "ticket_id"], ["ticket.community_id", "ticket.id"]),
        Index("ix_snapshot_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )
    ticket_id: UUID = Field(primary_key=True)
    epoch: int = Field(primary_key=True)
    community_id: UUID = points_at("community.id")
    event: str
    asked_at: Moment = moment()
    due_at: MaybeMoment = moment(null=True)
    attempts: int = 0
    sha256: str | None = Field(default=None, foreign_key="media.sha256")


class Media(SQLModel, table=True):
    """A stored picture: HOME/media/<sha256 of the plain bytes>, sealed."""

    sha256: str = Field(primary_key=True)
    mime: str
    size: int
    created_at: Moment = moment()
