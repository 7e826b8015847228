"""The other lists: buildings, care with contacts, workers, devices, activities, points."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from core.crypto import open_json
from core.db import Database, Session, sql
from ops.imports import export_file, files, import_file
from ops.imports.command import problem
from services import identity
from services.homes import home_index
from services.imports.reports import Report, Wishes
from services.ingest.registry import external_index
from tests import make, tables

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HERE = ZoneInfo("Asia/Shanghai")
ZHOU = tables.id_number(date(1940, 12, 31), 2)
CHEN = tables.id_number(date(1990, 5, 4), 3)


@pytest.fixture
async def place(db: Database, tmp_path: Path) -> UUID:
    """Make a community with buildings and two people in 3幢 2单元 501室."""

    async def work(session: Session) -> UUID:
        return (await make.community(session)).id

    made = await db.run(work)
    table = tables.csv(tmp_path / "b.csv", tables.buildings())
    assert (await bring(db, made, "buildings", table)).counts.added == 30
    people = [
        ["姓名", "身份证号", "住址", "手机号"],
        ["周玉兰", ZHOU, "3幢2单元501室", "13900000003"],
        ["陈晓明", CHEN, "3幢2单元501室", ""],
    ]
    report = await bring(db, made, "residents", tables.csv(tmp_path / "r.csv", people))
    assert (report.counts.added, report.faults) == (2, ())
    return made


async def bring(db: Database, place: UUID, kind: str, path: Path, **wishes: Any) -> Report:
    """Import a file."""
    return await import_file(
        db, place, kind, path, now=NOW, wishes=Wishes(**wishes), says=problem, zone=HERE
    )


async def table(db: Database, place: UUID, kind: str, path: Path, *rows: list[str]) -> Report:
    """Import these rows, the first being the headers."""
    return await bring(db, place, kind, tables.csv(path / f"{kind}.csv", rows))


async def back(db: Database, place: UUID, kind: str, path: Path) -> list[tuple[str, ...]]:
    """Export a list, see that it comes in without a change, and return its rows."""
    out = path / f"{kind}.out.xlsx"
    many = await export_file(db, place, kind, out, now=NOW, zone=HERE)
    report = await bring(db, place, kind, out)
    assert (report.faults, report.counts.added, report.counts.changed) == ((), 0, 0)
    assert report.counts.same == many
    return [cells for _, cells in files.read(out).lines[1:]]


async def all_of(db: Database, text: str) -> list[Any]:
    """Read rows."""
    async with db.reading() as session:
        return list((await session.execute(sql(text))).all())


def keys(report: Report) -> list[tuple[int, str, str]]:
    """List the faults."""
    return [(one.row, one.column, one.key) for one in report.faults]


async def test_buildings_with_grids_and_outlines(db: Database, place: UUID, tmp_path: Path) -> None:
    """A grid with a number is made, one without is a slip; a building keeps its name."""
    headers = ["幢", "网格", "地址", "单元数", "楼层数", "经度", "纬度", "坐标系", "轮廓"]
    ring = "POLYGON ((120.06 31.72, 120.061 31.72, 120.061 31.721))"
    report = await table(
        db, place, "buildings", tmp_path, headers,
        ["31", "7", "听雨路7号", "3", "11", "", "", "WGS84", ring],
        ["3号楼", "第一网格", "", "", "11层", "", "", "", ""],
    )  # fmt: skip
    assert (keys(report), report.counts.added, report.counts.changed) == ([], 1, 1)
    (made,) = await all_of(db, "SELECT * FROM building WHERE name = '31幢'")
    assert (made.address, made.stairs, made.floors) == ("听雨路7号", 3, 11)
    assert made.outline[0] == made.outline[-1] == [120.06, 31.72]
    assert 31.72 < made.lat < 31.721
    assert [row.name for row in await all_of(db, "SELECT name FROM grid WHERE number = 7")] == [
        "第七网格"
    ]
    assert [
        row.floors for row in await all_of(db, "SELECT floors FROM building WHERE name = '3幢'")
    ] == [11]
    wrong = await table(
        db, place, "buildings", tmp_path, headers,
        ["32", "第一网恪", "", "", "", "120.06", "31.72", "WGS84", ""],
        ["33", "1", "", "", "", "31.72", "120.06", "WGS84", ""],
        ["34", "1", "", "", "", "", "", "", ""],
        ["3幢", "1", "", "", "", "", "", "", ""], ["3栋", "1", "", "", "", "", "", "", ""],
    )  # fmt: skip
    assert keys(wrong) == [
        (2, "网格", "fault-grid-like"), (3, "经度", "fault-swapped"),
        (4, "坐标系", "fault-datum-empty"), (4, "经度", "fault-empty"), (4, "纬度", "fault-empty"),
        (6, "幢", "fault-building-twice"),
    ]  # fmt: skip
    await back(db, place, "buildings", tmp_path)


async def test_care_with_contacts_and_who_has_the_key(
    db: Database, place: UUID, tmp_path: Path
) -> None:
    """Two contacts are two rows of one elder; a new telephone changes the contact."""
    headers = ["姓名", "身份证", "特殊人群", "特殊需要", "家属姓名", "家属电话", "关系", "有钥匙"]
    rows = [
        ["周玉兰", ZHOU, "独居、失能", "耳背、轮椅", "周晓明", "13900000002", "长子", "是"],
        ["周玉兰", ZHOU, "", "", "刘阿姨", "0519-88000000", "对门", ""],
    ]
    report = await table(db, place, "care", tmp_path, headers, *rows)
    assert (keys(report), report.counts.added) == ([], 2)
    contacts = await all_of(db, "SELECT * FROM contact ORDER BY position")
    assert [open_json(row.name, "contact.name") for row in contacts] == ["周晓明", "刘阿姨"]
    assert [open_json(row.relation, "contact.relation") for row in contacts] == ["son", "neighbour"]
    assert [row.key_holder for row in contacts] == [True, False]
    assert bytes(contacts[0].phone_index) == identity.phone_index("13900000002")
    (lives,) = await all_of(db, "SELECT groups FROM residence WHERE groups IS NOT NULL")
    assert open_json(lives.groups, "residence.groups") == ["living_alone", "disabled"]
    (needs,) = await all_of(db, "SELECT needs FROM person WHERE needs IS NOT NULL")
    assert open_json(needs.needs, "person.needs") == ["hearing", "wheelchair"]
    assert (await table(db, place, "care", tmp_path, headers, *rows)).counts.same == 2
    rows[0][5] = "13900000009"
    assert (await table(db, place, "care", tmp_path, headers, *rows)).counts.changed == 1
    assert len(await all_of(db, "SELECT 1 FROM contact")) == 2
    assert [row[7] for row in await back(db, place, "care", tmp_path)] == ["周晓明", "刘阿姨"]


async def test_care_names_who_is_not_known(db: Database, place: UUID, tmp_path: Path) -> None:
    """The nearest names are offered; what contradicts itself is refused."""
    report = await table(
        db, place, "care", tmp_path, ["姓名", "身份证", "幢", "室", "特殊群体", "联系人", "联系电话"],
        ["周玉蓝", "", "", "", "独居", "", ""], ["周玉兰", "", "3", "2-501", "独居", "", ""],
        ["周玉兰", ZHOU, "", "", "空巢", "", ""], ["王建国", ZHOU, "", "", "独居", "", ""],
        ["周玉兰", "", "", "", "", "", "13900000002"],
    )  # fmt: skip
    assert keys(report) == [
        (2, "姓名", "fault-resident-like"), (4, "特殊群体", "fault-says-otherwise"),
        (5, "姓名", "fault-name-differs"), (6, "联系人", "fault-contact-name"),
    ]  # fmt: skip
    assert report.faults[0].args == {"known": "周玉兰"}
    assert await all_of(db, "SELECT 1 FROM contact") == []


async def test_workers_with_grids_and_teams(db: Database, place: UUID, tmp_path: Path) -> None:
    """The grids of a row are all the grids of that role; teams are made when they are named."""
    headers = ["姓名", "手机号", "职务", "负责网格", "队伍", "组长"]
    report = await table(
        db, place, "workers", tmp_path, headers,
        ["王建国", "13900000004", "网格员", "第一网格、2", "敲门行动队、夜巡队", "夜巡队"],
        ["赵敏", "13900000006", "值班员", "", "", ""],
        ["王建国", "13900000004", "管理员", "", "", ""],
    )  # fmt: skip
    assert (keys(report), report.counts.added) == ([], 3)
    held = await all_of(db, "SELECT role, scope_kind FROM membership ORDER BY role, scope_kind")
    assert [(row.role, row.scope_kind) for row in held] == [
        ("operator", "community"), ("operator", "community"), ("worker", "grid"), ("worker", "grid"),
    ]  # fmt: skip
    teams = await all_of(
        db, "SELECT t.name, m.lead FROM team_member m JOIN team t ON t.id = m.team_id ORDER BY lead"
    )
    assert [(row.name, row.lead) for row in teams] == [("敲门行动队", False), ("夜巡队", True)]
    await back(db, place, "workers", tmp_path)
    moved = await table(
        db, place, "workers", tmp_path, headers, ["王建国", "13900000014", "", "第三网格", "", ""]
    )
    assert (keys(moved), moved.counts.changed) == ([], 1)
    grids = await all_of(
        db, "SELECT g.name FROM membership m JOIN grid g ON g.id = m.scope_id AND m.role = 'worker'"
    )
    assert [row.name for row in grids] == ["第三网格"]
    wrong = await table(
        db, place, "workers", tmp_path, headers, ["李四", "", "网格员", "第九网格", "", ""],
        ["李五", "", "", "1", "", ""], ["李六", "13900000016", "", "", "", ""],
    )  # fmt: skip
    assert keys(wrong) == [
        (2, "负责网格", "fault-grid-like"), (3, "手机号", "fault-empty"),
        (4, "负责网格", "fault-empty"),
    ]  # fmt: skip


async def test_devices_in_flats_and_outside(db: Database, place: UUID, tmp_path: Path) -> None:
    """A device in a flat protects its elders and stands where the building is, unless it is said."""
    headers = [
        "设备类型",
        "接入方式",
        "设备编号",
        "安装位置",
        "幢",
        "单元",
        "室",
        "网格",
        "经度",
        "纬度",
        "坐标系",
        "使用人",
    ]
    rows = [
        ["智能烟感", "zigbee2mqtt", "3幢2单元501 烟感", "", "3", "2", "501", "", "", "", "", ""],
        ["手环", "linling", "wristband-01", "", "3幢", "2", "501", "", "", "", "", "陈晓明"],
        [
            "井盖",
            "linling",
            "manhole-01",
            "听雨路口",
            "",
            "",
            "",
            "2",
            "120.06",
            "31.72",
            "WGS84",
            "",
        ],
    ]
    report = await table(db, place, "devices", tmp_path, headers, *rows)
    assert (keys(report), report.counts.added) == ([], 3)
    smoke, band, hole = await all_of(
        db,
        "SELECT d.*, b.name FROM device d LEFT JOIN building b ON b.id = d.building_id ORDER BY kind = 'manhole', kind",
    )
    people = {
        open_json(row.name, "person.name"): str(row.id)
        for row in await all_of(db, "SELECT id, name FROM person")
    }
    (home,) = await all_of(db, "SELECT id FROM home")
    assert open_json(smoke.place, "device.place") == {
        "name": "3幢2单元501 烟感", "home": str(home.id), "people": [people["周玉兰"]],
    }  # fmt: skip
    assert bytes(smoke.home_index) == home_index(home.id)
    assert bytes(smoke.external_index) == external_index("3幢2单元501 烟感")
    assert open_json(band.place, "device.place")["people"] == [people["陈晓明"]]
    assert (hole.name, hole.home_index, hole.lon) == (None, None, 120.06)
    assert len(await all_of(db, "SELECT 1 FROM device_presence WHERE NOT online")) == 3
    await back(db, place, "devices", tmp_path)
    wrong = await table(
        db, place, "devices", tmp_path, headers,
        ["烟杆", "zigbee2mqtt", "a", "", "3", "2", "501", "", "", "", "", ""],
        ["烟感", "自有", "b", "", "", "", "", "", "", "", "", ""],
        ["烟感", "自有", "c", "", "3", "2", "501", "", "", "", "", "周玉蓝"],
        ["烟感", "自有", "wristband-01", "", "3", "2", "501", "", "", "", "", ""],
        ["烟感", "自有", "wristband-01", "", "3", "2", "501", "", "", "", "", ""],
    )  # fmt: skip
    assert keys(wrong) == [
        (2, "设备类型", "fault-word-like"), (3, "网格", "fault-device-nowhere"),
        (4, "使用人", "fault-resident-like"), (6, "设备编号", "fault-device-twice"),
    ]  # fmt: skip


async def test_a_stranger_that_is_registered_is_none_any_more(
    db: Database, place: UUID, tmp_path: Path
) -> None:
    """The list of devices that speak and nobody knows gets shorter."""

    async def speaks(session: Session) -> None:
        await session.execute(
            sql(
                """
                INSERT INTO unknown_device (community_id, source, external_index, external,
                                            first_seen, last_seen, messages)
                VALUES (:place, 'linling', :index, :index, :now, :now, 1)
                """
            ),
            {"place": place, "index": external_index("wristband-01"), "now": NOW},
        )

    await db.run(speaks)
    await table(
        db, place, "devices", tmp_path, ["类型", "来源", "编号", "幢", "单元", "室"],
        ["手环", "本平台", "wristband-01", "3", "2", "501"],
    )  # fmt: skip
    assert await all_of(db, "SELECT 1 FROM unknown_device") == []


async def test_activities_at_local_time(db: Database, place: UUID, tmp_path: Path) -> None:
    """Title and beginning are the activity; who organises works here."""
    await table(
        db,
        place,
        "workers",
        tmp_path,
        ["姓名", "手机号", "角色"],
        ["赵敏", "13900000006", "值班员"],
    )
    headers = ["活动名称", "地点", "日期", "开始时间", "结束时间", "名额", "积分", "组织者"]
    row = ["楼道清洁", "活动室", "2026年12月5日", "下午2点", "16：30", "20", "30", "赵敏"]
    report = await table(db, place, "activities", tmp_path, headers, row)
    assert (keys(report), report.counts.added) == ([], 1)
    (made,) = await all_of(db, "SELECT * FROM activity")
    assert made.starts_at == datetime(2026, 12, 5, 6, 0, tzinfo=UTC)
    assert (made.ends_at - made.starts_at).seconds == 9000
    row[5] = "25"
    assert (await table(db, place, "activities", tmp_path, headers, row)).counts.changed == 1
    await back(db, place, "activities", tmp_path)
    wrong = await table(
        db, place, "activities", tmp_path, headers,
        ["义诊", "活动室", "2026-11-01", "9:00", "10:00", "20", "", "赵敏"],
        ["义诊", "活动室", "2026-12-06", "9:00", "8:00", "20", "", "赵敏"],
        ["义诊", "", "2026-12-06", "早", "10:00", "", "-1", "赵民"],
        row, row,
    )  # fmt: skip
    assert keys(wrong) == [
        (2, "日期", "fault-past"), (3, "结束时间", "fault-ends-first"), (4, "地点", "fault-empty"),
        (4, "开始时间", "fault-time"), (4, "名额", "fault-empty"), (4, "积分", "fault-outside"),
        (4, "组织者", "fault-staff-like"), (6, "活动名称", "fault-activity-twice"),
    ]  # fmt: skip


async def test_points_are_carried_over_once(db: Database, place: UUID, tmp_path: Path) -> None:
    """The same file twice credits once; another amount from the same source is a fault."""
    headers = ["志愿者姓名", "手机", "积分余额", "来源"]
    rows = [["周玉兰", "13900000003", "120", "存折结转"], ["陈晓明", "", "30", "存折结转"]]
    report = await table(db, place, "points", tmp_path, headers, *rows)
    assert (keys(report), report.counts.added) == ([], 2)
    again = await table(db, place, "points", tmp_path, headers, *rows)
    assert (again.counts.added, again.counts.same) == (0, 2)
    balances = await all_of(
        db, "SELECT kind, sum(balance) AS sum FROM account GROUP BY kind ORDER BY kind"
    )
    assert [(row.kind, int(row.sum)) for row in balances] == [("issuance", -150), ("resident", 150)]
    assert len(await back(db, place, "points", tmp_path)) == 2
    wrong = await table(
        db, place, "points", tmp_path, headers,
        ["周玉兰", "13900000003", "90", "存折结转"], ["陈晓明", "", "5", ""],
        ["陈晓明", "", "5", "夜巡"], ["陈晓明", "", "6", "夜巡"], ["王建国", "", "5", "夜巡"],
        ["周玉兰", "", "-3", "夜巡"],
    )  # fmt: skip
    assert keys(wrong) == [
        (2, "积分余额", "fault-points-otherwise"), (3, "来源", "fault-source"),
        (5, "志愿者姓名", "fault-points-twice"), (6, "志愿者姓名", "fault-resident-unknown"),
        (7, "积分余额", "fault-outside"),
    ]  # fmt: skip
    assert len(await all_of(db, "SELECT 1 FROM transfer")) == 2


async def test_every_template_can_be_filled_in_and_imported(tmp_path: Path) -> None:
    """Its example is a row as the reader wants it: no header is strange, none is missing."""
    from ops.imports import template
    from services.imports.columns import columns, faults_of, find_headers, rows_below
    from services.imports.kinds import KINDS

    for kind in KINDS:
        for ending in ("csv", "xlsx"):
            path = tmp_path / f"{kind}.{ending}"
            assert template(kind, path) == 1
            lines = files.read(path).lines
            headers = find_headers(kind, lines, saved={})
            assert headers.at == {code: at for at, code in enumerate(columns(kind))}
            assert faults_of(kind, headers, rows_below(headers, lines)) == []
