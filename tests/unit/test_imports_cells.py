"""Cells and headers as people write them, without a database."""

from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from openpyxl import Workbook

from models import Datum
from ops.imports import files
from ops.imports.command import Bar
from services import identity
from services.imports import Faulty, Reading, Row, cells
from services.imports.buildings import ring
from services.imports.columns import columns, find_headers, rows_below
from services.imports.doors import Door, House, door, grid_number, house
from services.imports.words import answer, tables, words
from tests.tables import id_number

TODAY = date(2026, 11, 22)


def refused(read: Callable[[str], Any], text: str) -> str:
    """Tell by which key a cell is refused."""
    with pytest.raises(Faulty) as fault:
        read(text)
    return fault.value.key


@pytest.mark.parametrize(
    "text",
    ["1950-01-02", "1950/1/2", "1950.1.2", "1950年1月2日", "19500102", "18265", "18265.0",
     "１９５０－１－２", "1950-01-02T00:00:00", " 1950 年 1 月 2 日 ", "'1950-1-2"],
)  # fmt: skip
def test_a_day_in_many_shapes(text: str) -> None:
    """All of these are the second of January 1950."""
    assert cells.day(text) == date(1950, 1, 2)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("50.1.2", "fault-day-ambiguous"), ("1/2/1950", "fault-day-ambiguous"),
        ("1950-1", "fault-day-missing"), ("195001", "fault-day-missing"), ("1950", "fault-day"),
        ("1950-02-30", "fault-day-none"), ("19501301", "fault-day-none"), ("不详", "fault-day"),
    ],
)  # fmt: skip
def test_a_day_that_may_be_several_is_refused(text: str, key: str) -> None:
    """A guess would make somebody older or younger than they are."""
    assert refused(cells.day, text) == key


@given(some.dates(date(1910, 1, 1), date(2026, 12, 31)))
def test_every_day_comes_back_from_every_shape(on: date) -> None:
    """Including the serial number that spreadsheets keep."""
    serial = str((on - cells.EPOCH).days)
    for text in (on.isoformat(), f"{on.year}年{on.month}月{on.day}日", f"{on:%Y%m%d}", serial):
        assert cells.day(text) == on


@given(some.dates(date(1907, 1, 1), TODAY), some.integers(0, 999))
def test_a_whole_id_number_says_day_and_sex(on: date, serial: int) -> None:
    """What it says need not be typed."""
    number = cells.id_number(id_number(on, serial).lower())
    assert number is not None
    assert cells.id_born(number) == on
    assert cells.id_sex(number) == ("male" if serial % 2 else "female")


@given(some.dates(date(1907, 1, 1), TODAY), some.integers(0, 999), some.integers(0, 15))
def test_exchanged_digits_are_noticed(on: date, serial: int, place: int) -> None:
    """The commonest slip of a typist, as far as the standard's weights can tell it."""
    number = id_number(on, serial)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(Faulty):
            cells.id_number(swapped)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("3.20402E+17", "fault-scientific"), ("9.9010119500E+17", "fault-scientific"),
        ("990101195001012000", "fault-scientific"), ("990101500101234", "fault-id-old"),
        ("12345", "fault-id-length"), ("99010119500101235A", "fault-id-length"),
        (id_number(date(1950, 1, 1), 1)[:17] + "?", "fault-id-length"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_did_to_an_id_number_is_said(text: str, key: str) -> None:
    """Lost digits are another mend than a slip."""
    assert refused(cells.id_number, text) == key


def test_a_day_that_is_none_within_an_id_number() -> None:
    """The check digit can fit a day that never was."""
    first = "99010119500230001"
    assert refused(cells.id_number, first + identity.id_check(first)) == "fault-id-day"


def test_nobody_is_born_tomorrow_or_two_centuries_ago() -> None:
    """Impossible ages are slips."""
    assert refused(cells.born(TODAY), "2026-11-23") == "fault-born-later"
    assert refused(cells.born(TODAY), "1850-01-01") == "fault-too-old"


@pytest.mark.parametrize(
    ("text", "name"),
    [("周 玉兰", "周玉兰"), ("周　玉兰", "周玉兰"), ("'周玉兰", "周玉兰"),
     ("Anna  Maria Rossi", "Anna Maria Rossi"), ("阿依古丽•买买提", "阿依古丽·买买提")],
)  # fmt: skip
def test_a_name_without_what_only_the_eye_wants(text: str, name: str) -> None:
    """Blanks that align two-character names are not part of them."""
    assert cells.name(text) == name


@pytest.mark.parametrize("text", ["周玉兰2", "=cmd()", "周/玉兰", "13900000003"])
def test_what_is_no_name(text: str) -> None:
    """A telephone in the wrong column does not become somebody."""
    assert refused(cells.name, text) == "fault-name"


@pytest.mark.parametrize(
    ("text", "clock"),
    [("14:00", time(14)), ("14：30", time(14, 30)), ("下午2点", time(14)), ("9点半", time(9, 30)),
     ("0.5833333", time(14)), ("14:00:00", time(14))],
)  # fmt: skip
def test_a_time_of_day(text: str, clock: time) -> None:
    """As people write it, and as a spreadsheet keeps it."""
    assert cells.clock(text) == clock


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (("3", "2", "501"), (House("", "3"), 2, "501")),
        (("3幢", "2单元", "501室"), (House("", "3"), 2, "501")),
        (("3号楼", "二单元", "501"), (House("", "3"), 2, "501")),
        (("三幢", "二", "0501"), (House("", "3"), 2, "501")),
        (("", "", "3-2-501"), (House("", "3"), 2, "501")),
        (("3-2-501", "", ""), (House("", "3"), 2, "501")),
        (("3-501", "", ""), (House("", "3"), None, "501")),
        (("3#", "", "2-501"), (House("", "3"), 2, "501")),
        (("3幢2单元501室", "", ""), (House("", "3"), 2, "501")),
        (("3", "", "3幢2单元501室"), (House("", "3"), 2, "501")),
        (("东方花园３幢", "2.0", "501.0"), (House("东方花园", "3"), 2, "501")),
        (("听雨路12号3幢2单元501室", "", ""), (House("听雨路12号", "3"), 2, "501")),
        (("A3栋", "1", "B101"), (House("", "A3"), 1, "B101")),
        (("综合楼", "1", "101"), (House("综合楼", ""), 1, "101")),
        (("12号", "1", "1203"), (House("", "12"), 1, "1203")),
        (("十二幢", "", "1203"), (House("", "12"), None, "1203")),
    ],
)  # fmt: skip
def test_a_door_however_it_is_written(
    written: tuple[str, str, str], found: tuple[House, int | None, str]
) -> None:
    """One flat, in one column or in three."""
    assert door(*written) == Door(*found)


def test_columns_that_disagree_are_refused() -> None:
    """Nobody can tell which of them is right."""
    with pytest.raises(Faulty, match="fault-place-differs"):
        door("4", "", "3-2-501")
    with pytest.raises(Faulty, match="fault-room"):
        door("4", "", "顶楼东户")


def test_a_grid_by_its_number() -> None:
    """However it is called."""
    for text in ("3", "第三网格", "东方社区第三网格", "网格3", "3号网格"):
        assert grid_number(text) == 3
    assert grid_number("第三网恪") is None
    assert house("3幢") == house("三号楼")


@pytest.mark.parametrize("name", ["groups", "needs", "standings", "uses", "roles", "kinds"])
def test_each_code_is_read_from_what_is_written_of_it(name: str) -> None:
    """What is exported comes back as the same code."""
    known = words(name)
    assert all(known.one(known.name(code)) == code for code in known.names)


def test_words_with_brackets_and_several_in_a_cell() -> None:
    """The groups of one person stand in one cell, with whatever between them."""
    assert words("groups").several("独居老人（一人）、高龄80+;低保") == [
        "living_alone", "over80", "low_income",
    ]  # fmt: skip
    assert words("groups").several("无") == []
    assert words("groups").several("") is None
    with pytest.raises(Faulty) as fault:
        words("groups").several("空巢、独具")
    assert fault.value.args_for_words == {"known": "独居"}
    assert answer("√") is True
    assert answer("否") is False


@pytest.mark.parametrize("kind", [name for name, one in tables().items() if "columns" in one])
def test_no_header_means_two_columns(kind: str) -> None:
    """A word under two columns would make one of them unreachable."""
    seen: dict[str, str] = {}
    for one in columns(kind).values():
        for word in (one.header, *one.words):
            assert seen.setdefault(word.casefold(), one.code) == one.code, word


@given(some.data())
def test_headers_are_found_in_any_order_and_dress(data: some.DataObject) -> None:
    """Titles above, synonyms, brackets, blanks, stars: each column is at its place."""
    kind = data.draw(some.sampled_from(["residents", "care", "workers", "devices", "points"]))
    chosen = data.draw(some.permutations(list(columns(kind).values())))
    dress = some.sampled_from(["{}", " {} ", "{}（必填）", "{}*", "*{}", "{}(18位)", "{}："])
    names = tuple(
        data.draw(dress).format(data.draw(some.sampled_from([one.header, *one.words])))
        for one in chosen
    )
    title = ("实有人口台账",) * len(names)
    lines = [(1, title), (3, names), (4, tuple("x" for _ in names))]
    headers = find_headers(kind, lines, saved={})
    assert headers.line == 3
    assert headers.at == {one.code: at for at, one in enumerate(chosen)}
    assert headers.strange == ()


def test_notes_and_repeated_headers_are_no_rows() -> None:
    """A printed list has its headers on every page, and says below who filled it in."""
    names = ("姓名", "幢", "室")
    lines = [(1, names), (2, ("周玉兰", "3", "501")), (3, names), (4, ("填表人",) * 3)]
    headers = find_headers("residents", lines, saved={})
    assert [row.number for row in rows_below(headers, lines)] == [2]


def test_merged_cells_count_for_all_of_them(tmp_path: Path) -> None:
    """幢 merged over its flats is the building of each; long numbers are known to be broken."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["幢", "室", "身份证号", "手机号"])
    sheet.append(["3幢", 501.0, 990101195001011234, 13900000003.0])
    sheet.append([None, 502, 9.90101195001012e17, "13900000004"])
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "a.xlsx")
    _, first, second = files.read(tmp_path / "a.xlsx").lines
    assert first == (2, ("3幢", "501", "9.9010119500E+17", "13900000003"))
    assert second == (3, ("3幢", "502", "9.9010119500E+17", "13900000004"))


@pytest.mark.parametrize(
    "text",
    [
        "POLYGON ((120.06 31.72, 120.061 31.72, 120.061 31.721, 120.06 31.72))",
        "[[120.06,31.72],[120.061,31.72],[120.061,31.721]]",
        '{"type":"Polygon","coordinates":[[[120.06,31.72],[120.061,31.72],[120.061,31.721]]]}',
        '{"type":"Feature","geometry":{"coordinates":[[[120.06,31.72],[120.061,31.72],[120.061,31.721]]]}}',
    ],
)
def test_an_outline_in_any_of_its_forms(text: str) -> None:
    """The ring is closed, and in WGS-84 as it was."""
    assert ring(text, Datum.WGS84) == (
        (120.06, 31.72), (120.061, 31.72), (120.061, 31.721), (120.06, 31.72),
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["", "POLYGON", "[]", "[1,2]", "{}", '{"geometry":null}', "[[1,2],[3,4],[5,6]]", "7"]
)
def test_what_is_no_outline(text: str) -> None:
    """Refused in words, never by a crash."""
    reading = Reading(Row(2, {"outline": text}))
    assert reading.cell("outline", lambda cell: ring(cell, Datum.WGS84)) is None
    assert reading.faults


def test_a_bar_shows_itself_on_a_terminal_alone() -> None:
    """A log file is not filled with it."""

    class Out:
        def __init__(self, *, terminal: bool) -> None:
            self.terminal, self.text = terminal, ""

        def isatty(self) -> bool:
            return self.terminal

        def write(self, text: str) -> None:
            self.text += text

        def flush(self) -> None:
            pass

    seen, silent = Out(terminal=True), Out(terminal=False)
    for out in (seen, silent):
        Bar(out).step(5, 10)  # type: ignore[arg-type]
        Bar(out).step(10, 10)  # type: ignore[arg-type]
    assert seen.text.endswith("] 10/10\n")
    assert "5/10" in seen.text
    assert silent.text == ""
