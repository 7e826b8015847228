"""Outlines of buildings come as GeoJSON, and faults are reported as for any table."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from core.db import Database, Session, sql
from ops.imports import import_file
from ops.imports.command import problem
from services.imports.reports import Report, Wishes
from tests import make

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SQUARE = [[[120.06, 31.72], [120.061, 31.72], [120.061, 31.721], [120.06, 31.721], [120.06, 31.72]]]


@pytest.fixture
async def here(db: Database) -> UUID:
    """Build a community with the building 3幢, which has an outline already."""

    async def work(session: Session) -> UUID:
        place = await make.community(session)
        await make.home(session, await make.grid(session, place.id))
        return place.id

    return await db.run(work)


def feature(shape: Any, kind: str = "Polygon", **said: Any) -> dict[str, Any]:
    """Draw a feature."""
    return {"type": "Feature", "properties": said, "geometry": {"type": kind, "coordinates": shape}}


async def bring(
    db: Database, here: UUID, folder: Path, *features: Any, skip_bad: bool = False
) -> Report:
    """Import features as a file."""
    path = folder / "houses.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return await import_file(
        db, here, "buildings", path, now=NOW, wishes=Wishes(skip_bad=skip_bad), says=problem
    )


def written(path: str) -> list[str]:
    """Read the cells of a file of bad rows."""
    return re.split(r"[,\n]", Path(path).read_text("utf-8-sig"))


async def outlines(db: Database) -> dict[str, list[list[float]]]:
    """Read what is kept."""
    async with db.reading() as session:
        return {row.name: row.outline for row in await session.execute(
            sql("SELECT name, outline FROM building"))}  # fmt: skip


async def test_a_known_building_gets_its_outline_and_keeps_the_rest(
    db: Database, here: UUID, tmp_path: Path
) -> None:
    """Its name is enough; a single part of a MultiPolygon is as good; the same file changes nothing."""
    first = await bring(db, here, tmp_path, feature(SQUARE, name="3号楼", height=18))
    assert (first.faults, first.counts.changed) == ((), 1)
    assert [one.header for one in first.strange] == ["height"]
    again = await bring(db, here, tmp_path, feature([SQUARE], "MultiPolygon", name="3号楼"))
    assert again.counts.same == 1
    assert (await outlines(db))["3幢"] == SQUARE[0]


async def test_a_new_building_wants_a_grid_and_the_report_says_so(
    db: Database, here: UUID, tmp_path: Path
) -> None:
    """One fault holds the file back; the bad features are left as a table that can be mended."""
    new = feature(SQUARE, 幢="9幢")
    broken = feature([SQUARE, SQUARE], "MultiPolygon", 幢="3幢")
    good = feature(SQUARE, 幢="10幢", 网格="第一网格")
    report = await bring(db, here, tmp_path, new, broken, good)
    assert [(one.row, one.column) for one in report.faults] == [(2, "网格"), (3, "轮廓")]
    assert not report.written
    report = await bring(db, here, tmp_path, new, broken, good, skip_bad=True)
    assert report.counts.added == 1
    assert report.bad_file is not None
    assert report.bad_file == str(tmp_path / "houses.bad.csv")
    assert {"9幢", "3幢"} <= set(written(report.bad_file))
    assert (await outlines(db))["10幢"] == SQUARE[0]


async def test_another_datum_is_said_and_converted(
    db: Database, here: UUID, tmp_path: Path
) -> None:
    """What a Chinese map service drew lies some hundred metres off until it is converted."""
    await bring(db, here, tmp_path, feature(SQUARE, 幢="3幢", 坐标系="GCJ02"))
    lon, lat = (await outlines(db))["3幢"][0]
    assert 100 < abs(lon - 120.06) * 94_600 + abs(lat - 31.72) * 111_000 < 1500


@pytest.mark.parametrize(
    "raw", ["", "[]", '{"features": 1}', '{"features": []}', '{"features": [1]}',
            '{"features": [{"properties": 1, "geometry": null}]}'],
)  # fmt: skip
async def test_what_is_no_geojson_is_refused_in_words(
    db: Database, here: UUID, tmp_path: Path, raw: str
) -> None:
    """Nothing is half read."""
    path = tmp_path / "x.geojson"
    path.write_text(raw)
    with pytest.raises(ValueError, match="GeoJSON"):
        await import_file(
            db, here, "buildings", path, now=NOW, wishes=Wishes(), says=problem
        )  # fmt: skip
