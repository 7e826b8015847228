"""Tables in and out: `python -m ops import KIND FILE`, `export KIND FILE`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from uuid import UUID

from core.actor import Actor
from core.db import Database, Session
from core.i18n import Translator
from ops.imports import files
from ops.imports.files import Sheet
from services.imports import Counts, Desk, Fault, Row, mapping
from services.imports.columns import (
    Headers,
    Strange,
    column_named,
    columns,
    faults_of,
    find_headers,
    rows_below,
)
from services.imports.kinds import KINDS, Done, bring_in, take_out
from services.imports.words import folded

PROBLEM = "问题"  # the last column of a file of bad rows; such a file may be imported again
BY = Actor(person=None, name="ops", machine=True, way="ops")


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


def kind_of(name: str) -> str:
    """Look a kind up; raises ValueError that lists them."""
    if name not in KINDS:
        raise ValueError(Translator()("import-no-kind", kind=name, known=" ".join(KINDS)))
    return name


def meanings(kind: str, said: Sequence[str]) -> dict[str, str]:
    """Read `住户姓名=姓名`; raises ValueError for a column that there is not."""
    found = {}
    for one in said:
        header, _, name = one.partition("=")
        if not header.strip() or (column := column_named(kind, name)) is None:
            known = " ".join(column.header for column in columns(kind).values())
            raise ValueError(Translator()("import-map-wrong", said=one, known=known))
        found[header.strip()] = column.code
    return found


async def import_file(
    db: Database, community: UUID, name: str, path: Path, *, now: datetime, wishes: Wishes,
    says: Callable[[Fault], str], step: Callable[[int, int], None] = lambda _done, _of: None,
    zone: tzinfo = UTC,
) -> Report:  # fmt: skip
    """Check a file and write it: all of it or nothing, unless the bad rows may be left out.

    Raises ValueError for a file that is no table at all, or lacks a header that was explained.
    """
    kind, sheet = kind_of(name), files.read(path)

    async def work(session: Session) -> tuple[Headers, Report]:
        desk = Desk(session, community, BY, now, zone, step)
        return await _bring(desk, kind, sheet, wishes)

    headers, report = await db.run(work)
    bad = _write_bad(sheet, headers, report.faults, path, says) if _leaves(report) else None
    return replace(report, bad_file=str(bad) if bad else None)


def _leaves(report: Report) -> bool:
    return report.written and bool(report.faults)


async def _bring(desk: Desk, kind: str, sheet: Sheet, wishes: Wishes) -> tuple[Headers, Report]:
    known = await mapping.saved(desk, kind)
    known |= {folded(header): code for header, code in wishes.means.items()}
    headers = find_headers(kind, sheet.lines, saved=known, beside=(PROBLEM,))
    present = {folded(name) for name in headers.names}
    for header in wishes.means:
        if folded(header) not in present:
            raise ValueError(Translator()("import-map-missing", header=header))
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


def _write_bad(
    sheet: Sheet, headers: Headers, faults: Sequence[Fault], path: Path,
    says: Callable[[Fault], str],
) -> Path:  # fmt: skip
    """Write the faulty rows as they were, each with what is wrong."""
    wrong: dict[int, list[str]] = {}
    for fault in faults:
        wrong.setdefault(fault.row, []).append(f"{fault.column}：{says(fault)}")
    kept = [at for at, name in enumerate(headers.names) if name != PROBLEM]
    rows = [
        (*(cells[at] if at < len(cells) else "" for at in kept), "；".join(wrong[number]))
        for number, cells in sheet.lines
        if number in wrong
    ]
    bad = path.with_name(f"{path.stem}.bad{'.xlsx' if path.suffix == '.xlsx' else '.csv'}")
    files.write(bad, (*(headers.names[at] for at in kept), PROBLEM), rows)
    return bad


async def export_file(
    db: Database,
    community: UUID,
    name: str,
    path: Path,
    *,
    now: datetime,
    zone: tzinfo = UTC,
    whole: bool = True,
) -> int:
    """Write the rows that there are, people masked unless `whole`; return how many."""
    files.require_kind(path)

    async def work(session: Session) -> list[tuple[str, ...]]:
        return await take_out(Desk(session, community, BY, now, zone), kind_of(name), whole=whole)

    rows = await db.run(work)
    files.write(path, _headers(name), rows)
    return len(rows)


def template(name: str, path: Path) -> int:
    """Write the headers and an example."""
    files.write(path, _headers(name), [[one.example for one in columns(name).values()]])
    return 1


def _headers(name: str) -> list[str]:
    return [one.header for one in columns(name).values()]
