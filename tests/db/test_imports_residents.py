"""Residents out of a table: who is the same person, who moved, what is kept, what is refused."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from core.actor import Actor, Grant, Role, ScopeKind
from core.crypto import open_json
from core.db import Database, Session, sql
from core.errors import UserError
from ops.imports import BY, export_file, files, import_file, meanings
from ops.imports.command import as_text, problem
from services import identity
from services.imports import Desk, Row
from services.imports.kinds import bring_in, take_out
from services.imports.reports import Report, Wishes
from tests import make, tables

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HERE = ZoneInfo("Asia/Shanghai")
ZHOU = tables.id_number(date(1949, 12, 31), 2)
HEADERS = ["姓名", "身份证号", "手机号", "幢", "单元", "室", "人户状态", "特殊群体"]


@pytest.fixture
async def place(db: Database, tmp_path: Path) -> UUID:
    """Make a community with thirty buildings in three grids."""

    async def work(session: Session) -> UUID:
        return (await make.community(session)).id

    made = await db.run(work)
    report = await bring(db, made, tables.csv(tmp_path / "b.csv", tables.buildings()), "buildings")
    assert report.counts.added == 30
    return made


async def bring(
    db: Database, place: UUID, path: Path, kind: str = "residents", **wishes: Any
) -> Report:
    """Import a file."""
    return await import_file(
        db, place, kind, path, now=NOW, wishes=Wishes(**wishes), says=problem, zone=HERE
    )


async def lines(db: Database, place: UUID, tmp_path: Path, *rows: Sequence[str]) -> Report:
    """Import these lines below the usual headers."""
    return await bring(db, place, tables.csv(tmp_path / "r.csv", [HEADERS, *rows]))


async def living(db: Database) -> list[tuple[str, str, bool]]:
    """List who lives where, with whether that has ended."""
    async with db.reading() as session:
        rows = await session.execute(
            sql(
                """
                SELECT p.name, b.name AS building, h.label, r.until FROM residence r
                JOIN person p ON p.id = r.person_id JOIN home h ON h.id = r.home_id
                JOIN building b ON b.id = h.building_id ORDER BY r.id
                """
            )
        )
        return [
            (open_json(row.name, "person.name"),
             f"{row.building} {open_json(row.label, 'home.label')}", row.until is not None)
            for row in rows
        ]  # fmt: skip


async def persons(db: Database) -> list[Any]:
    """Read the people."""
    async with db.reading() as session:
        return list((await session.execute(sql("SELECT * FROM person ORDER BY id"))).all())


async def value(db: Database, text: str) -> Any:
    """Read one value."""
    async with db.reading() as session:
        return (await session.execute(sql(text))).scalar_one()


async def test_a_resident_is_kept_sealed_and_found_by_number(
    db: Database, place: UUID, tmp_path: Path
) -> None:
    """What the ID number says need not be typed; the indexes are those that look-ups use."""
    report = await lines(
        db,
        place,
        tmp_path,
        ["周 玉兰", ZHOU, "139 0000 0003", "3号楼", "2单元", "501", "人户一致", "独居、高龄老人"],
    )
    assert (report.counts.added, report.faults) == (1, ())
    (row,) = await persons(db)
    assert open_json(row.name, "person.name") == "周玉兰"
    assert open_json(row.born, "person.born") == "1949-12-31"
    assert open_json(row.sex, "person.sex") == "female"
    assert bytes(row.phone_index) == identity.phone_index("13900000003")
    assert bytes(row.phone_tail) == identity.tail_indexes("0003")[0]
    assert bytes(row.id_tail) == identity.tail_indexes(ZHOU[-4:])[1]
    assert await living(db) == [("周玉兰", "3幢 2单元 501室", False)]
    assert await value(db, "SELECT use FROM home") == "owned"
    assert await value(db, "SELECT elder FROM residence")
    sealed = await value(db, "SELECT groups FROM residence")
    assert open_json(sealed, "residence.groups") == ["living_alone", "over80"]


async def test_the_same_file_twice_changes_nothing(
    db: Database, place: UUID, tmp_path: Path
) -> None:
    """The report says so, and nobody has moved."""
    rows = list(tables.residents(300))
    path = tables.csv(tmp_path / "r.csv", [list(rows[0]), *[list(one.values()) for one in rows]])
    assert (await bring(db, place, path)).counts.added == 300
    again = await bring(db, place, path)
    assert (again.counts.added, again.counts.changed, again.counts.same) == (0, 0, 300)
    assert "新增 0，更新 0，没有变化 300" in list(as_text(again, dry_run=False))[-1]
    assert not any(ended for _, _, ended in await living(db))


async def test_who_moved_has_one_home(db: Database, place: UUID, tmp_path: Path) -> None:
    """The ID number is the person: the old residence ends, its row stays as history."""
    await lines(db, place, tmp_path, ["周玉兰", ZHOU, "", "3", "2", "501", "", "独居"])
    report = await lines(db, place, tmp_path, ["周玉兰", ZHOU, "", "4", "1", "102", "", ""])
    assert report.counts.added == 1
    assert len(await persons(db)) == 1
    assert await living(db) == [
        ("周玉兰", "3幢 2单元 501室", True), ("周玉兰", "4幢 1单元 102室", False),
    ]  # fmt: skip


async def test_registered_in_one_flat_and_living_in_another(
    db: Database, place: UUID, tmp_path: Path
) -> None:
    """人户分离 is two rows of one person, and the flat of the papers stays vacant."""
    report = await lines(
        db, place, tmp_path,
        ["周玉兰", ZHOU, "", "3", "2", "501", "户在人不在", ""],
        ["周玉兰", ZHOU, "", "4", "1", "102", "人在户不在", ""],
    )  # fmt: skip
    assert (report.counts.added, report.faults) == (2, ())
    assert [ended for _, _, ended in await living(db)] == [False, False]
    assert await value(db, "SELECT count(*) FROM home WHERE use = 'vacant'") == 1
    other = await lines(
        db, place, tmp_path,
        ["周玉兰", ZHOU, "", "3", "2", "501", "常住", ""],
        ["周玉兰", ZHOU, "", "4", "1", "102", "", ""],
    )  # fmt: skip
    assert [(one.row, one.key) for one in other.faults] == [(3, "fault-person-elsewhere")]


async def test_without_a_number_name_and_flat_are_the_person(
    db: Database, place: UUID, tmp_path: Path
) -> None:
    """A later file brings the number; another number is another person of the same name."""
    await lines(db, place, tmp_path, ["周玉兰", "", "", "3", "2", "501", "", ""])
    known = await lines(db, place, tmp_path, ["周玉兰", ZHOU, "", "3", "2", "501", "", ""])
    assert (known.counts.added, known.counts.changed) == (0, 1)
    other = tables.id_number(date(1980, 1, 1), 4)
    await lines(db, place, tmp_path, ["周玉兰", other, "", "3", "2", "501", "", ""])
    assert len(await persons(db)) == 2


async def test_an_empty_cell_says_nothing_and_none_says_none(
    db: Database, place: UUID, tmp_path: Path
) -> None:
    """A file without telephones does not take them away; 无 ends the groups."""
    await lines(db, place, tmp_path, ["周玉兰", ZHOU, "13900000003", "3", "2", "501", "", "独居"])
    same = await lines(db, place, tmp_path, ["周玉兰", ZHOU, "", "3", "2", "501", "", ""])
    assert same.counts.same == 1
    none = await lines(db, place, tmp_path, ["周玉兰", ZHOU, "", "3", "2", "501", "", "无"])
    assert none.counts.changed == 1
    assert await value(db, "SELECT groups FROM residence") is None


async def test_faults_hold_everything_back(db: Database, place: UUID, tmp_path: Path) -> None:
    """One wrong row and nothing is written, neither people nor flats."""
    report = await lines(
        db, place, tmp_path,
        ["周玉兰", ZHOU, "", "3", "2", "501", "", ""],
        ["王建国", ZHOU[:17] + "9", "", "3", "3", "502", "", ""],
        ["李明", "", "", "3", "", "502", "", "独具"],
        ["周玉兰", ZHOU, "", "3", "2", "501", "", ""],
    )  # fmt: skip
    assert [(one.row, one.column, one.key) for one in report.faults] == [
        (3, "身份证号", "fault-id-check"), (3, "单元", "fault-no-such-stair"),
        (4, "特殊群体", "fault-word-like"), (4, "单元", "fault-stair-missing"),
        (5, "姓名", "fault-person-twice"),
    ]  # fmt: skip
    assert not report.written
    assert await persons(db) == []
    assert await value(db, "SELECT count(*) FROM home") == 0
    assert await value(db, "SELECT count(*) FROM access_entry") == 0


async def test_strange_headers_are_named_explained_and_remembered(
    db: Database, place: UUID, tmp_path: Path
) -> None:
    """Somebody says once what a header means; the next file needs no explanation."""
    table = [["户内人员称呼", "幢", "单元", "室", "血型"], ["周玉兰", "3", "2", "501", "A"]]
    path = tables.csv(tmp_path / "r.csv", table)
    first = await bring(db, place, path)
    assert [(one.column, one.key) for one in first.faults] == [("姓名", "fault-column-missing")]
    assert "户内人员称呼" in " ".join(as_text(first, dry_run=False))
    means = meanings("residents", ["户内人员称呼=姓名"])
    assert (await bring(db, place, path, means=means)).counts.added == 1
    again = await bring(db, place, path)
    assert (again.counts.same, [one.header for one in again.strange]) == (1, ["血型"])
    with pytest.raises(ValueError, match="没有“没有的”"):
        await bring(db, place, path, means={"没有的": "name"})
    with pytest.raises(ValueError, match="看不懂"):
        meanings("residents", ["户内人员称呼=星座"])


async def test_one_entry_in_the_access_log_for_a_whole_table(
    db: Database, place: UUID, tmp_path: Path
) -> None:
    """Whoever asks 谁看过我的信息 learns of it; a hundred rows are one entry."""
    rows = list(tables.residents(100))
    path = tables.csv(tmp_path / "r.csv", [list(rows[0]), *[list(one.values()) for one in rows]])
    await bring(db, place, path)
    async with db.reading() as session:
        (entry,) = (await session.execute(sql("SELECT * FROM access_entry"))).all()
    assert (entry.action, entry.how_many, entry.way) == ("tables.import", 100, "ops")
    assert open_json(entry.reason, "access_entry.reason") == "residents"


async def test_a_worker_may_neither_import_nor_export(db: Database, place: UUID) -> None:
    """The service asks, whoever calls it."""
    worker = Actor(
        place, "王建国", (Grant(Role.WORKER, place, ScopeKind.COMMUNITY, place),), way="console"
    )

    async def work(session: Session) -> None:
        desk = Desk(session, place, worker, NOW)
        with pytest.raises(UserError, match="not-allowed"):
            await bring_in(desk, "residents", [Row(2, {})], dry_run=False, skip_bad=True)
        with pytest.raises(UserError, match="not-allowed"):
            await take_out(desk, "residents")

    await db.run(work)
    assert BY.machine


async def test_a_masked_table_names_nobody_and_never_comes_in(
    db: Database, place: UUID, tmp_path: Path
) -> None:
    """It is handed on; brought in again by mistake it changes nobody's name."""
    rows = list(tables.residents(30))
    path = tables.csv(tmp_path / "r.csv", [list(rows[0]), *[list(one.values()) for one in rows]])
    await bring(db, place, path)
    out = tmp_path / "masked.csv"
    assert await export_file(db, place, "residents", out, now=NOW, whole=False) == 30
    said = out.read_text("utf-8-sig")
    for one in rows:
        assert one["姓名"] not in said
        assert not one["身份证号"] or one["身份证号"] not in said
        assert not one["手机号"] or one["手机号"] not in said
    report = await bring(db, place, out)
    assert (report.written, len({fault.row for fault in report.faults})) == (False, 30)


async def test_a_filthy_workbook_of_ten_thousand(db: Database, place: UUID, tmp_path: Path) -> None:
    """Each spoiled row is named at its column, no other is; the good come in within the budget."""
    rows, spoiled = tables.filthy(10_000)
    path = tables.workbook(tmp_path / "台账.xlsx", rows, title="实有人口台账", notes="填表人：赵敏")
    began = process_time()
    report = await bring(db, place, path, skip_bad=True)
    assert process_time() - began < 20
    expected = {
        index + 4: column for index, how in spoiled.items() if (column := tables.FILTH[how][1])
    }
    assert {one.row: one.column for one in report.faults} == expected
    assert len(report.faults) == len(expected)
    assert report.counts.added == 10_000 - len(expected)
    assert Counter(one.key for one in report.faults)["fault-scientific"] > 30

    again = await bring(db, place, path, skip_bad=True)
    assert (again.counts.added, again.counts.changed) == (0, 0)

    bad = tmp_path / "台账.bad.xlsx"
    (_, headers), *left = files.read(bad).lines
    assert len(left) == len(expected)
    assert headers[-1] == "问题"
    assert all(cells[-1] for _, cells in left)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_bad_rows_that_were_mended_come_in(
    db: Database, place: UUID, tmp_path: Path, encoding: str
) -> None:
    """The file of the bad rows is itself a table: mend it, bring it in, and all is there."""
    rows, spoiled = tables.filthy(240, share=6)
    names = list(rows[0])
    path = tables.csv(
        tmp_path / "r.csv", [names, *[list(one.values()) for one in rows]], encoding=encoding
    )
    report = await bring(db, place, path, skip_bad=True)
    bad = sorted(index for index, how in spoiled.items() if tables.FILTH[how][1])
    assert [one.row for one in report.faults] == [index + 2 for index in bad]
    (_, headers), *left = files.read(tmp_path / "r.bad.csv").lines
    assert len(left) == len(bad)
    right = list(tables.residents(240))
    mended = tables.csv(
        tmp_path / "r.bad.csv", [headers, *[[*right[index].values(), "改好了"] for index in bad]]
    )
    assert (await bring(db, place, mended)).counts.added == len(bad)
    whole = tables.csv(tmp_path / "w.csv", [names, *[list(one.values()) for one in right]])
    assert (await bring(db, place, whole)).counts.same == 240


async def test_sixty_is_old_by_the_calendar_here(db: Database, place: UUID, tmp_path: Path) -> None:
    """Who turns sixty tomorrow is no elder today."""
    today = NOW.astimezone(HERE).date()
    for serial, born in enumerate(
        (today.replace(year=today.year - 60), today - timedelta(days=60 * 365))
    ):
        number = tables.id_number(born, serial)
        await lines(
            db, place, tmp_path, [f"王{'一二'[serial]}", number, "", "3", "2", "501", "", ""]
        )
    async with db.reading() as session:
        found = (await session.execute(sql("SELECT elder FROM residence ORDER BY id"))).scalars()
        assert list(found) == [True, False]
