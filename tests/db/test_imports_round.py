"""What is taken out can be brought in again and changes nothing: every kind, on the whole demo."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from core.db import Database
from ops.community import community_of
from ops.imports import Report, Wishes, export_file, files, import_file
from ops.imports.command import problem
from ops.seed import seed
from services.imports.kinds import KINDS
from tests import tables

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HERE = ZoneInfo("Asia/Shanghai")


async def bring(db: Database, kind: str, path: Path) -> Report:
    """Import a file into the demo."""
    return await import_file(
        db, await community_of(db, "default"), kind, path, now=NOW, wishes=Wishes(),
        says=problem, zone=HERE,
    )  # fmt: skip


async def take(db: Database, kind: str, path: Path) -> int:
    """Export a table of the demo."""
    return await export_file(db, await community_of(db, "default"), kind, path, now=NOW, zone=HERE)


async def number_the_namesakes(db: Database, path: Path) -> None:
    """Give an ID number to all of one name in one flat: without one nobody can tell them apart."""
    await take(db, "residents", path)
    (_, headers), *lines = files.read(path).lines
    door = [headers.index(one) for one in ("姓名", "幢", "单元", "室")]
    many = Counter(tuple(cells[at] for at in door) for _, cells in lines)
    rows = [
        [tables.id_number(date(1950, 1, 1), number) if name == "身份证号" else cell
         for name, cell in zip(headers, cells, strict=True)]
        for number, cells in lines if many[tuple(cells[at] for at in door)] > 1
    ]  # fmt: skip
    files.write(path, headers, [[*row] for row in rows])
    assert (await bring(db, "residents", path)).counts.changed == len(rows)


async def test_every_list_comes_back_unchanged(db: Database, tmp_path: Path) -> None:
    """Nothing is typed twice: 0 added, 0 changed, whichever list somebody takes to a spreadsheet."""
    await seed(db, demo=True, now=NOW)
    await number_the_namesakes(db, tmp_path / "residents.xlsx")
    table = [["姓名", "手机号", "积分", "来源"], ["周玉兰", "13900000003", "120", "存折"]]
    assert (await bring(db, "points", tables.csv(tmp_path / "p.csv", table))).counts.added == 1
    for kind in KINDS:
        path = tmp_path / f"{kind}.csv"
        many = await take(db, kind, path)
        report = await bring(db, kind, path)
        assert (kind, report.faults[:3]) == (kind, ())
        assert (kind, report.counts.added, report.counts.changed) == (kind, 0, 0)
        assert (kind, report.counts.same) == (kind, many)
        assert many > 0
