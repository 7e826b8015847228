"""What importing any kind of table shares: rows as they were read, faults as they were found."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; `number` is the line that a person sees, the headers being line 1."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """Read a cell, empty where the column is missing."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell, by a key of `locales/`; row 1 are the headers."""

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
