"""Column shapes that every table uses: aware moments, checked choices, sealed values."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Text
from sqlmodel import Field, SQLModel

from core.clock import utcnow
from core.crypto import Sealed
from core.ids import uuid7

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def object_id() -> Any:
    """Make a UUIDv7 primary key."""
    return Field(default_factory=uuid7, primary_key=True)


def points_at(column: str, *, null: bool = False, primary: bool = False) -> Any:
    """Refer to another table's column."""
    if null:
        return Field(default=None, foreign_key=column, nullable=True)
    return Field(foreign_key=column, primary_key=primary)


def moment(*, null: bool = False) -> Any:
    """Store an aware moment; without `null` it defaults to now."""
    kind = DateTime(timezone=True)
    if null:
        return Field(default=None, sa_type=kind, nullable=True)
    return Field(default_factory=utcnow, sa_type=kind)


def choice(name: str, values: type[StrEnum], **options: Any) -> Any:
    """Store a StrEnum's value as text under a CHECK; native enums would store member names."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return Field(
        sa_column=Column(
            name, Text, CheckConstraint(f'"{name}" IN ({allowed})', name=name), nullable=False
        ),
        **options,
    )


def sealed(context: str, *, null: bool = True) -> Any:
    """Store a JSON-able value sealed under `context` (table.column)."""
    return Field(default=None, sa_type=Sealed(context), nullable=null)


Moment = datetime
MaybeMoment = datetime | None
MaybeId = UUID | None
