"""Tables in and out: `python -m ops import KIND FILE`, `export KIND FILE`.

A further kind is one more line of `KINDS`: its columns, how a row is checked, how it is written.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from core.db import Database, Session
from ops.imports import files
from services.imports import Counts, Fault, Row
from services.shops import imports as shops

PROBLEM = "问题"  # the last column of a file of bad rows; such a file may be imported again


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be imported and exported under one name."""

    columns: tuple[str, ...]
    required: tuple[str, ...]
    example: tuple[str, ...]
    check: Callable[[Session, UUID, Sequence[Row]], Awaitable[tuple[list[Any], list[Fault]]]]
    write: Callable[[Session, UUID, Sequence[Any], datetime], Awaitable[Counts]]
    table: Callable[[Session, UUID], Awaitable[list[tuple[str, ...]]]]


async def _check_shops(
    _session: Session, _community: UUID, rows: Sequence[Row]
) -> tuple[list[Any], list[Fault]]:
    good, faults = shops.check(rows)
    return [shop for _, shop in good], faults


async def _write_shops(
    session: Session, community: UUID, good: Sequence[Any], now: datetime
) -> Counts:
    return await shops.write(session, community, good, now=now)


KINDS: Mapping[str, Kind] = {
    "shops": Kind(
        shops.COLUMNS, shops.REQUIRED, shops.EXAMPLE, _check_shops, _write_shops, shops.table
    ),
}


@dataclass(frozen=True, slots=True)
class Report:
    """What an import found and did; `bad_file` holds the rows that were left out."""

    kind: str
    rows: int
    good: int
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...]
    counts: Counts
    written: bool
    bad_file: str | None = None


def kind_of(name: str) -> Kind:
    """Look a kind up; raises ValueError that lists them."""
    if name not in KINDS:
        raise ValueError(f"no kind {name}; there are {', '.join(KINDS)}")
    return KINDS[name]


async def import_file(
    db: Database, community: UUID, name: str, path: Path, *, now: datetime,
    dry_run: bool, skip_bad: bool, says: Callable[[Fault], str],
) -> Report:  # fmt: skip
    """Check a file and write it: all of it or nothing, unless the bad rows may be left out.

    Raises ValueError for a file that is no table at all.
    """
    kind = kind_of(name)
    sheet = files.read(path)
    faults = _headers(kind, sheet)
    ignored = tuple(one for one in sheet.headers if one and one not in {*kind.columns, PROBLEM})
    if faults:
        return Report(name, len(sheet.rows), 0, tuple(faults), ignored, Counts(), written=False)

    async def work(session: Session) -> Report:
        good, found = await kind.check(session, community, sheet.rows)
        may = not dry_run and (skip_bad or not found)
        counts = await kind.write(session, community, good, now) if may and good else Counts()
        return Report(name, len(sheet.rows), len(good), tuple(found), ignored, counts, written=may)

    report = await db.run(work)
    if not (report.written and report.faults):
        return report
    bad = _write_bad(kind, sheet, report.faults, path, says)
    return Report(
        name, report.rows, report.good, report.faults, ignored, report.counts, written=True,
        bad_file=str(bad),
    )  # fmt: skip


def _headers(kind: Kind, sheet: files.Sheet) -> list[Fault]:
    faults = [
        Fault(1, column, "", "fault-column-missing")
        for column in kind.required
        if column not in sheet.headers
    ]
    twice = {one for one in sheet.headers if one and sheet.headers.count(one) > 1}
    faults += [Fault(1, column, column, "fault-column-twice") for column in sorted(twice)]
    if not sheet.rows and not faults:
        faults.append(Fault(2, kind.columns[0], "", "fault-no-rows"))
    return faults


def _write_bad(
    kind: Kind,
    sheet: files.Sheet,
    faults: Sequence[Fault],
    path: Path,
    says: Callable[[Fault], str],
) -> Path:
    wrong: dict[int, list[str]] = {}
    for fault in faults:
        wrong.setdefault(fault.row, []).append(f"{fault.column}：{says(fault)}")
    rows = [
        (*(row.get(column) for column in kind.columns), "；".join(wrong[row.number]))
        for row in sheet.rows
        if row.number in wrong
    ]
    bad = path.with_name(f"{path.stem}.bad{path.suffix}")
    files.write(bad, (*kind.columns, PROBLEM), rows)
    return bad


async def export_file(db: Database | None, community: UUID | None, name: str, path: Path) -> int:
    """Write the rows that there are; without a database only the headers and an example."""
    kind = kind_of(name)
    rows = [kind.example]
    if db is not None and community is not None:
        async with db.reading() as session:
            rows = await kind.table(session, community)
    files.write(path, kind.columns, rows)
    return len(rows)
