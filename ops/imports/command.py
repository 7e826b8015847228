"""`python -m ops import KIND FILE` and `export KIND FILE`, and what they say."""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

import orjson

from core.clock import utcnow
from core.crypto import use_keyring
from core.i18n import Translator
from core.settings import Settings
from ops.community import community_of, opened
from ops.imports import export_file, import_file
from ops.imports import template as write_template
from services.imports import Fault
from services.imports.reports import Report, Wishes

_WIDTH = 30  # signs of a full bar
_MANY = 10  # faults from which on they are counted by column too


def problem(fault: Fault) -> str:
    """Say what is wrong with a cell."""
    return Translator()(fault.key, **fault.args)


def bring_in(settings: Settings, slug: str, kind: str, path: Path, *, wishes: Wishes) -> Report:
    """Import a file into a community; on a terminal a bar shows how far it has come."""
    use_keyring(settings.keyring)

    async def work() -> Report:
        async with opened(settings) as db:
            return await import_file(
                db, await community_of(db, slug), kind, path, now=utcnow(), wishes=wishes,
                says=problem, step=Bar(sys.stderr).step, zone=ZoneInfo(settings.timezone),
            )  # fmt: skip

    return asyncio.run(work())


class Bar:
    """How far it has come, on a line of a terminal that is written anew; elsewhere nothing."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def step(self, done: int, of: int) -> None:
        """Show so many of so many."""
        if not self._out.isatty():
            return
        full = _WIDTH * done // max(of, 1)
        self._out.write(f"\r[{'#' * full}{'.' * (_WIDTH - full)}] {done}/{of}")
        if done >= of:
            self._out.write("\n")
        self._out.flush()


def take_out(settings: Settings, slug: str, kind: str, path: Path, *, whole: bool) -> str:
    """Export a community's rows into a file, people masked unless `whole`."""
    use_keyring(settings.keyring)

    async def work() -> int:
        async with opened(settings) as db:
            return await export_file(
                db, await community_of(db, slug), kind, path, now=utcnow(),
                zone=ZoneInfo(settings.timezone), whole=whole,
            )  # fmt: skip

    return Translator()("export-written", rows=asyncio.run(work()), file=str(path))


def template(kind: str, path: Path) -> str:
    """Write the headers and an example; needs no database."""
    return Translator()("export-written", rows=write_template(kind, path), file=str(path))


def as_json(report: Report, *, dry_run: bool) -> str:
    """Write a report for a program, on one line."""
    line = {
        "kind": report.kind,
        "rows": report.rows,
        "good": report.good,
        "written": report.counts.added + report.counts.changed,
        "added": report.counts.added,
        "changed": report.counts.changed,
        "same": report.counts.same,
        "dry_run": dry_run,
        "faults": [
            {"row": one.row, "column": one.column, "value": one.value, "problem": problem(one)}
            for one in report.faults
        ],
        "ignored": [one.header for one in report.strange],
        "likely": {one.header: one.like for one in report.strange if one.like},
        "bad_file": report.bad_file,
    }
    return orjson.dumps(line).decode()


def as_text(report: Report, *, dry_run: bool) -> Iterator[str]:
    """Write a report for a person: a line a fault, then what was done."""
    t = Translator()
    for one in report.faults:
        about: dict[str, str | int] = {
            "row": one.row,
            "column": one.column,
            "problem": problem(one),
        }
        if one.value:
            yield t("import-fault-value", value=one.value, **about)
        else:
            yield t("import-fault", **about)
    unread = [one.header for one in report.strange if one.like is None]
    if unread:
        yield t("import-ignored", columns=t("word-list").join(unread))
    for strange in report.strange:
        if strange.like is not None:
            yield t("import-likely", header=strange.header, column=strange.like)
    if len(report.faults) > _MANY:
        by_column = Counter(one.column for one in report.faults).most_common()
        counted = (t("import-column-count", column=name, faults=n) for name, n in by_column)
        yield t("import-by-column", columns=t("word-list").join(counted))
    counts = {"rows": report.rows, "faults": len(report.faults)}
    if report.written:
        yield t(
            "import-written", rows=report.rows, added=report.counts.added,
            changed=report.counts.changed, same=report.counts.same,
        )  # fmt: skip
    elif dry_run:
        yield t("import-checked", good=report.good, **counts)
    else:
        yield t("import-nothing-written", **counts)
    if report.bad_file:
        yield t("import-bad-file", file=report.bad_file)
