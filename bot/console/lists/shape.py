"""What a list is declared by: columns, filters, what can be done with it, and whence its rows come."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from bot.console.deps import Operator
from core.actor import Actor
from core.db import Session
from core.i18n import Translator
from services.lists.pages import Asked, Page
from services.permissions import Permission

Words = Callable[[Translator, Any], str]
Choices = Callable[[Session, Operator], Awaitable[list[tuple[str, str]]]]
Place = Literal["row", "list"]


class Rows(Protocol):
    """A service that reads a page; it asks for the permission."""

    async def __call__(self, session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:
        """Read a page."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title is `col-TITLE`, by default of its code; `words` says a code of it, `shape` how it is drawn.

    Shapes are text, number, moment, day, state, chips (several words), groups (those of care), long (may wrap).
    """

    code: str
    shape: str = "text"
    words: Words | None = None
    title: str = ""

    @property
    def word(self) -> str:
        """Name the word of the title."""
        return self.title or self.code


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice by which a list is narrowed; its title is `col-CODE`."""

    code: str
    choices: Choices


@dataclass(frozen=True, slots=True)
class Act:
    """Something to do with a row or with the whole list, by a route that stands elsewhere too.

    Its words are `act-CODE`. `body` is what is asked for, `cells` says that the form is that of the
    list's table. What is there already comes from the path `loads`, with its version, or from the
    row's own `takes`. `sure` asks once more, in the words `sure-CODE`; `when` names what of the row
    must be true; what a `shows` act answers is put into the row, what a `tells` act answers is
    read out.
    """

    code: str
    method: str
    path: str
    permission: Permission
    on: Place = "row"
    body: type[BaseModel] | None = None
    loads: str | None = None
    takes: str | None = None
    versioned: bool = False
    sure: bool = False
    when: str | None = None
    shows: bool = False
    tells: bool = False
    cells: bool = False

    @property
    def asks(self) -> bool:
        """Tell whether a form is filled in first."""
        return self.body is not None or self.cells


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its title is `list-NAME`, `empty-NAME` says what to do where it has no rows.

    `table` is the kind of table that comes in and goes out whole, and whose form changes a row
    where its `changeable` is true; `personal` ones go out with a
    reason only. `group` is where it stands in the navigation.
    """

    name: str
    group: str
    permission: Permission
    rows: Rows
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    acts: tuple[Act, ...] = ()
    searched: bool = True
    personal: bool = False
    table: str = ""
    changeable: str | None = None


def fixed(codes: Callable[[], list[str]] | list[str], words: Words) -> Choices:
    """Make choices of codes with their words."""

    async def choices(_session: Session, by: Operator) -> list[tuple[str, str]]:
        known = codes() if callable(codes) else codes
        return [(code, words(by.t, code)) for code in known]

    return choices
