"""Rows written in sets: inserted or changed by the thousand, sealed by their columns' types."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, insert, update
from sqlmodel import SQLModel

from core.db import Session
from services.identity import id_index, id_tail, phone_index, phone_tail
from services.imports.folk import Human

_CHUNK = 1_000
Values = Mapping[str, Any]


async def add(session: Session, model: type[SQLModel], rows: Sequence[Values]) -> None:
    """Insert rows; each names every column that has no default in the database."""
    for start in range(0, len(rows), _CHUNK):
        await session.execute(insert(_table(model)), list(rows[start : start + _CHUNK]))


async def change(session: Session, model: type[SQLModel], rows: Sequence[Values]) -> None:
    """Change rows by `id`; all of them name the same columns."""
    if not rows:
        return
    table = _table(model)
    names = [name for name in rows[0] if name != "id"]
    statement = (
        update(table)
        .where(table.c.id == bindparam("key"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )
    values = [{"key": row["id"], **{f"new_{name}": row[name] for name in names}} for row in rows]
    for start in range(0, len(values), _CHUNK):
        await session.execute(statement, values[start : start + _CHUNK])


def person_row(human: Human) -> dict[str, Any]:
    """Write what tables say of a person, with the indexes of the numbers."""
    return {
        "id": human.id, "name": human.name, "phone": human.phone,
        "phone_index": phone_index(human.phone) if human.phone else None,
        "phone_tail": phone_tail(human.phone) if human.phone else None,
        "id_number": human.id_number,
        "id_index": id_index(human.id_number) if human.id_number else None,
        "id_tail": id_tail(human.id_number) if human.id_number else None,
        "sex": human.sex, "born": human.born.isoformat() if human.born else None,
        "needs": list(human.needs) or None,
    }  # fmt: skip


def _table(model: type[SQLModel]) -> Table:
    found = model.__dict__["__table__"]
    assert isinstance(found, Table)
    return found
