"""Tables in and out: `python -m ops import KIND FILE`, `export KIND FILE`."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from uuid import UUID

from core.actor import Actor
from core.db import Database, Session
from core.i18n import Translator
from ops.imports import files
from services.imports import Desk, Fault, Faulty
from services.imports.columns import Headers, column_named, columns
from services.imports.kinds import KINDS, take_out
from services.imports.reports import Report, Wishes, bad_rows, bring
from services.imports.sheets import Sheet

BY = Actor(person=None, name="ops", machine=True, way="ops")


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
        return await bring(desk, kind, sheet, wishes)

    try:
        headers, report = await db.run(work)
    except Faulty as fault:
        raise ValueError(Translator()(fault.key, **fault.args_for_words)) from None
    bad = _write_bad(sheet, headers, report.faults, path, says) if _leaves(report) else None
    return replace(report, bad_file=str(bad) if bad else None)


def _leaves(report: Report) -> bool:
    return report.written and bool(report.faults)


def _write_bad(
    sheet: Sheet, headers: Headers, faults: Sequence[Fault], path: Path,
    says: Callable[[Fault], str],
) -> Path:  # fmt: skip
    """Write the faulty rows as they were, each with what is wrong."""
    bad = path.with_name(f"{path.stem}.bad{'.xlsx' if path.suffix == '.xlsx' else '.csv'}")
    files.write(bad, *bad_rows(sheet, headers, faults, says))
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
