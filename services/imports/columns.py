"""Columns of the tables, and the headers of a file that mean them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from services.imports import Fault, Row
from services.imports.words import bare, folded, tables

Line = tuple[int, tuple[str, ...]]  # the number that a person sees, and the cells
_TITLES = 20  # so many lines may stand above the headers
_LIKE = 45


@dataclass(frozen=True, slots=True)
class Column:
    """A column of ours; `words` are further headers that mean it, `mask` how it is shown masked."""

    code: str
    header: str
    required: bool
    example: str
    words: tuple[str, ...]
    mask: str | None


@dataclass(frozen=True, slots=True)
class Strange:
    """A header of a file that means nothing to us, and the one that it may be."""

    header: str
    like: str | None


@dataclass(frozen=True, slots=True)
class Headers:
    """How the headers of a file were read: `at` gives the place of each column of ours."""

    line: int
    names: tuple[str, ...]
    at: Mapping[str, int]
    strange: tuple[Strange, ...]
    twice: tuple[str, ...]

    def name(self, column: Column) -> str:
        """Call a column as the file does."""
        place = self.at.get(column.code)
        return column.header if place is None else self.names[place]


@cache
def columns(kind: str) -> Mapping[str, Column]:
    """Read the columns of a kind of table, in their order."""
    return {
        code: Column(
            code, about["header"], bool(about.get("required")), str(about.get("example", "")),
            tuple(str(about.get("words", "")).split()), about.get("mask"),
        )
        for code, about in tables()[kind]["columns"].items()
    }  # fmt: skip


def is_personal(kind: str) -> bool:
    """Tell whether a kind of table is about people."""
    return bool(tables()[kind].get("personal"))


def column_named(kind: str, header: str) -> Column | None:
    """Find the column that a header means."""
    return _known(kind).get(folded(header)) or _known(kind).get(bare(header) or "?")


@cache
def _known(kind: str) -> Mapping[str, Column]:
    """Map every spelling to its column: the header itself before the other words of any column."""
    found: dict[str, Column] = {}
    for one in columns(kind).values():
        for word in (one.header, one.code):
            found.setdefault(folded(word), one)
    for one in columns(kind).values():
        for word in one.words:
            found.setdefault(bare(word), one)
    return found


def find_headers(
    kind: str, lines: Sequence[Line], *, saved: Mapping[str, str], beside: Iterable[str] = ()
) -> Headers:
    """Find the line of headers, titles above it left out, and read it.

    `saved` maps headers to columns' codes as somebody decided before; `beside` are headers of
    ours that are no columns.
    """

    def meant(name: str) -> str | None:
        if (code := saved.get(folded(name))) in columns(kind):
            return code
        found = column_named(kind, name)
        return found.code if found else None

    first = [line for line in lines if any(line[1])][:_TITLES]
    number, names = max(
        first, key=lambda line: len({code for name in line[1] if name and (code := meant(name))})
    )
    at: dict[str, int] = {}
    for place, name in enumerate(names):
        if name and (code := meant(name)):
            at.setdefault(code, place)
    times = Counter(code for name in names if name and (code := meant(name)))
    free = [one for code, one in columns(kind).items() if code not in at]
    unread = [name for name in dict.fromkeys(names) if name and not meant(name)]
    return Headers(
        number, names, at,
        tuple(Strange(name, _likely(name, free)) for name in unread if name not in set(beside)),
        tuple(code for code, many in times.items() if many > 1),
    )  # fmt: skip


def _likely(name: str, free: Sequence[Column]) -> str | None:
    """Guess which of the columns that are still missing a header stands for."""
    spelled = [(bare(word), one.header) for one in free for word in (one.header, *one.words)]
    best = process.extractOne(
        bare(name), [word for word, _ in spelled], scorer=fuzz.ratio, score_cutoff=_LIKE
    )
    return spelled[best[2]][1] if best else None


def rows_below(headers: Headers, lines: Sequence[Line]) -> list[Row]:
    """Read the lines below the headers; repeated headers and notes across the table are none."""
    rows = []
    for number, cells in lines:
        filled = [cell for cell in cells if cell]
        if number <= headers.line or not filled or cells == headers.names:
            continue
        if len(filled) > 2 and len(set(filled)) == 1:  # one merged cell: a note
            continue
        rows.append(
            Row(number, {code: cells[at] for code, at in headers.at.items() if at < len(cells)})
        )
    return rows


def faults_of(kind: str, headers: Headers, rows: Sequence[Row]) -> list[Fault]:
    """Say what is wrong with the headers themselves."""
    wanted = [one for one in columns(kind).values() if one.required and one.code not in headers.at]
    faults = [Fault(headers.line, one.code, "", "fault-column-missing") for one in wanted]
    faults += [
        Fault(headers.line, code, headers.names[headers.at[code]], "fault-column-twice")
        for code in headers.twice
    ]
    if not rows and not faults:
        faults.append(Fault(headers.line + 1, next(iter(columns(kind))), "", "fault-no-rows"))
    return faults
