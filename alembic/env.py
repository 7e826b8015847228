"""Run migrations on the connection that `ops.migrate` hands over."""

import re
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from sqlmodel import AutoString, SQLModel

import models  # noqa: F401  (fills the metadata)
from core.crypto import Sealed

PARTITION = re.compile(r"^reading_(\d{8}|rest)$")


def plain_type(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Spell our own column types as plain ones: a migration must outlive the code."""
    if kind == "type" and isinstance(item, Sealed):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.Text()"
    return False


def wanted(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave the daily partitions out: they come and go with the days."""
    return not (kind == "table" and name is not None and PARTITION.match(name))


def same_type(_context: Any, _seen: Any, _ours: Any, seen: Any, ours: Any) -> bool | None:
    """Treat Sealed as bytea and AutoString as text when comparing."""
    if isinstance(ours, Sealed):
        return not isinstance(seen, sa.LargeBinary)
    if isinstance(ours, AutoString):
        return not isinstance(seen, sa.Text)
    return None


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_item=plain_type,
    include_name=wanted,
    compare_type=same_type,
)
with context.begin_transaction():
    context.run_migrations()
