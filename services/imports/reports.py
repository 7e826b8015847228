"""A file brought in: its headers understood, its rows checked and written, and the report of that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.imports import Counts, Desk, Fault, Faulty, Row, mapping
from services.imports.columns import (
    Headers,
    Strange,
    columns,
    faults_of,
    find_headers,
    rows_below,
)
from services.imports.kinds import Done, bring_in
from services.imports.sheets import Sheet
from services.imports.words import folded
from services.permissions import At, Permission, require

PROBLEM = "问题"  # the last column of a file of bad rows; such a file may be imported again


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to import: `means` maps headers to columns, as somebody says now."""

    dry_run: bool = False
    skip_bad: bool = False
    means: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """What an import found and did; `bad_file` holds the rows that were left out.

    The faults name columns as the file does.
    """

    kind: str
    rows: int
    good: int
    faults: tuple[Fault, ...]
    strange: tuple[Strange, ...]
    counts: Counts
    written: bool
    bad_file: str | None = None


async def bring(desk: Desk, kind: str, sheet: Sheet, wishes: Wishes) -> tuple[Headers, Report]:
    """Check a file and write it: all of it or nothing, unless the bad rows may be left out.

    Raises Faulty where it lacks a header that was explained.
    """
    require(desk.by, Permission.TABLES_IMPORT, At(desk.community))
    known = await mapping.saved(desk, kind)
    known |= {folded(header): code for header, code in wishes.means.items()}
    headers = find_headers(kind, sheet.lines, saved=known, beside=(PROBLEM,))
    present = {folded(name) for name in headers.names}
    for header in wishes.means:
        if folded(header) not in present:
            raise Faulty("import-map-missing", header=header)
    if not wishes.dry_run:
        await mapping.save(desk, kind, wishes.means)
    rows = rows_below(headers, sheet.lines)
    if wrong := faults_of(kind, headers, rows):
        done = Done(0, tuple(wrong), Counts(), written=False)
    else:
        done = await bring_in(desk, kind, rows, dry_run=wishes.dry_run, skip_bad=wishes.skip_bad)
    return headers, _report(kind, headers, rows, done)


def _report(kind: str, headers: Headers, rows: Sequence[Row], done: Done) -> Report:
    of = columns(kind)
    faults = tuple(replace(one, column=headers.name(of[one.column])) for one in done.faults)
    return Report(
        kind, len(rows), done.good, faults, headers.strange, done.counts, done.written
    )  # fmt: skip


def bad_rows(
    sheet: Sheet, headers: Headers, faults: Sequence[Fault], says: Callable[[Fault], str]
) -> tuple[list[str], list[tuple[str, ...]]]:
    """List the faulty rows as they were, each with what is wrong, below their headers."""
    wrong: dict[int, list[str]] = {}
    for fault in faults:
        wrong.setdefault(fault.row, []).append(f"{fault.column}：{says(fault)}")
    kept = [at for at, name in enumerate(headers.names) if name != PROBLEM]
    rows = [
        (*(cells[at] if at < len(cells) else "" for at in kept), "；".join(wrong[number]))
        for number, cells in sheet.lines
        if number in wrong
    ]
    return [*(headers.names[at] for at in kept), PROBLEM], rows
