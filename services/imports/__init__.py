"""What importing any kind of table shares: rows as they were read, faults as they were found."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeVar
from uuid import UUID

from core.actor import Actor
from core.db import Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; `number` is the line that a person sees, `cells` are by our columns.

    With an `id` it is a form about what is there already: an empty cell of it empties what was said.
    """

    number: int
    cells: Mapping[str, str]
    id: UUID | None = None

    def get(self, column: str) -> str:
        """Read a cell, empty where the column is missing."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell, by a key of `locales/`; `column` is a code of ours."""

    row: int
    column: str
    value: str
    key: str
    args: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a write did."""

    added: int = 0
    changed: int = 0
    same: int = 0


class Faulty(Exception):
    """Refuse one cell; the reader of the row makes a Fault of it."""

    def __init__(self, key: str, /, **args: str | int) -> None:
        super().__init__(key)
        self.key = key
        self.args_for_words = args


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a table is brought in or taken out; `step` hears how many rows are done of how many."""

    session: Session
    community: UUID
    by: Actor
    now: datetime
    zone: tzinfo = UTC
    step: Callable[[int, int], None] = lambda _done, _total: None


@dataclass(slots=True)
class Reading:
    """A row while its cells are read; every fault is kept, so that all are told at once."""

    row: Row
    faults: list[Fault] = field(default_factory=list)

    def cell(self, column: str, read: Callable[[str], Any]) -> Any:
        """Read a cell; None where it is refused."""
        try:
            return read(self.row.get(column))
        except Faulty as fault:
            self.faults.append(
                Fault(
                    self.row.number, column, self.row.get(column), fault.key, fault.args_for_words
                )
            )
            return None

    def fault(self, column: str, key: str, /, **args: str | int) -> None:
        """Refuse a cell for what other cells or the database say."""
        self.faults.append(Fault(self.row.number, column, self.row.get(column), key, args))


def once_each(
    rows: Sequence[Row],
    read: Callable[[Reading], T | None],
    key: Callable[[T], Hashable],
    *,
    column: str,
    twice: str,
) -> tuple[list[T], list[Fault]]:
    """Read every row; the second one of a key is refused at `column`, naming the first."""
    plan, faults, seen = list[T](), list[Fault](), dict[Hashable, int]()
    for row in rows:
        reading = Reading(row)
        found = read(reading)
        if found is not None:
            if (first := seen.setdefault(key(found), row.number)) != row.number:
                reading.fault(column, twice, row=first)
            else:
                plan.append(found)
        faults += reading.faults
    return plan, faults
