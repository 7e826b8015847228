"""What is taken out can be brought in again and changes nothing: every kind, on the whole demo."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from core.db import Database
from ops.community import community_of
from ops.imports import export_file, import_file
from ops.imports.command import problem
from ops.seed import seed
from services.imports.kinds import KINDS
from services.imports.reports import Report, Wishes
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


async def test_every_list_comes_back_unchanged(db: Database, tmp_path: Path) -> None:
    """Nothing is typed twice: 0 added, 0 changed, whichever list somebody takes to a spreadsheet."""
    await seed(db, demo=True, now=NOW)
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
