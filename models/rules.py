"""Alarm rules in their versions, what they remember of each device, and whose devices they are."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from models.columns import MaybeId, MaybeMoment, Moment, choice, moment, object_id, points_at
from models.tickets import Severity


class RuleKind(StrEnum):
    """What a rule looks for.

    A value at its limit; one that stays there, or comes back so often; no change; silence; an
    amount within a span; use without any pause.
    """

    THRESHOLD = "threshold"
    DURATION = "duration"
    REPEATING = "repeating"
    ABSENCE = "absence"
    OFFLINE = "offline"
    RATE = "rate"
    LEAK = "leak"


class Comparison(StrEnum):
    """How a value is held against a rule's limit."""

    AT_LEAST = ">="
    AT_MOST = "<="


class RuleScope(StrEnum):
    """For whom a version is; the narrowest in force wins."""

    PERSON = "person"
    HOME = "home"
    SOURCE = "source"
    COMMUNITY = "community"


class Rule(SQLModel, table=True):
    """A version of an alarm rule.

    With a device's `kind` it is about those alone. Append-only: of each key and scope the greatest version is in force, until `expires_at`.
    `scope_index` is the blind index of a person or home, or the name of a source. `limit` is the
    smallest change that counts for an absence; `span_s` is how long, `times` how often,
    `clear_limit` where the alarm ends if not at `limit`. `schedule` lists {"days", "from", "to"}
    of local time, none meaning always.
    """

    __table_args__ = (UniqueConstraint("community_id", "key", "scope_index", "version"),)
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    key: str
    version: int = 1
    looks_for: RuleKind = choice("looks_for", RuleKind, default=RuleKind.THRESHOLD)
    scope: RuleScope = choice("scope", RuleScope, default=RuleScope.COMMUNITY)
    scope_index: bytes = b""
    kind: str | None = None
    metric: str
    comparison: Comparison = choice("comparison", Comparison, default=Comparison.AT_LEAST)
    limit: float
    clear_limit: float | None = None
    span_s: int | None = None
    times: int | None = None
    schedule: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    severity: Severity = choice("severity", Severity)
    enabled: bool = True
    source: str = ""
    created_at: Moment = moment()
    created_by: MaybeId = points_at("person.id", null=True)
    expires_at: MaybeMoment = moment(null=True)


class RuleProposal(SQLModel, table=True):
    """A limit that would have spared a false alarm, for the operator to accept or decline.

    It is for the people of the device's flat or for whoever wears it; `was_…` is what was in force.
    """

    __tablename__ = "rule_proposal"
    __table_args__ = (
        ForeignKeyConstraint(["community_id", "ticket_id"], ["ticket.community_id", "ticket.id"]),
        ForeignKeyConstraint(["community_id", "device_id"], ["device.community_id", "device.id"]),
        Index(
            "uq_rule_proposal_live", "device_id", "key", unique=True,
            postgresql_where=text("decided_at IS NULL"),
        ),
    )  # fmt: skip
    id: UUID = object_id()
    community_id: UUID = points_at("community.id")
    ticket_id: UUID
    device_id: UUID
    key: str
    limit: float
    span_s: int
    was_limit: float
    was_span_s: int
    asked_by: UUID = points_at("person.id")
    asked_at: Moment = moment()
    decided_by: MaybeId = points_at("person.id", null=True)
    decided_at: MaybeMoment = moment(null=True)
    accepted: bool | None = None


class RuleState(SQLModel, table=True):
    """What a rule remembers of a device, and when it is to look again.

    `since` is when the condition began to hold, `hits` when it held lately; `firing` while the
    rule alarms.
    """

    __tablename__ = "rule_state"
    __table_args__ = (
        Index("ix_rule_state_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_rule_state_firing", "device_id", postgresql_where=text("firing")),
        {"postgresql_with": {"fillfactor": "70"}},
    )
    device_id: UUID = points_at("device.id", primary=True)
    key: str = Field(primary_key=True)
    community_id: UUID = points_at("community.id")
    since: MaybeMoment = moment(null=True)
    hits: list[Moment] = Field(
        default_factory=list,
        sa_column=Column(
            ARRAY(DateTime(timezone=True)), nullable=False, server_default=text("'{}'")
        ),
    )
    firing: bool = False
    due_at: MaybeMoment = moment(null=True)


class DeviceScope(SQLModel, table=True):
    """The blind indexes of those whom a device protects, which only its sealed place names.

    `place_hash` tells whether the place was changed since.
    """

    __tablename__ = "device_scope"
    device_id: UUID = points_at("device.id", primary=True)
    people: list[bytes] = Field(sa_column=Column(ARRAY(LargeBinary()), nullable=False))
    place_hash: bytes
