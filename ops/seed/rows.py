"""Rows of many tables, collected first and written in one go."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert
from sqlmodel import SQLModel

from core.db import Session
from core.ids import uuid7


class Rows:
    """What is to be written, table by table; parents must be added before their children."""

    def __init__(self) -> None:
        self._by_table: dict[Table, list[dict[str, Any]]] = defaultdict(list)

    def add(self, model: type[SQLModel], **values: Any) -> None:
        """Take one row with a value for every column that has no default in the database."""
        self._by_table[_table(model)].append(values)

    def make(self, model: type[SQLModel], **values: Any) -> UUID:
        """Take one row under a new id; return the id."""
        made = uuid7()
        self.add(model, id=made, **values)
        return made

    async def write(self, session: Session) -> Mapping[str, int]:
        """Insert everything, table after table in the order of their first rows; return counts.

        Raises ValueError for rows of one table with different columns: SQLAlchemy would take the
        first row's alone and drop the others without a word.
        """
        for table, rows in self._by_table.items():
            if any(row.keys() != rows[0].keys() for row in rows):
                raise ValueError(f"rows of {table.name} name different columns")
            await session.execute(insert(table), rows)
        return {table.name: len(rows) for table, rows in self._by_table.items()}


def _table(model: type[SQLModel]) -> Table:
    found = model.__dict__["__table__"]
    assert isinstance(found, Table)
    return found
