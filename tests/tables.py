"""Tables as communities write them: clean ones, and one that is as filthy as they get."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from openpyxl import Workbook

from services.identity import id_check

AREA = "990101"  # no such place: the ID numbers of invented people belong to nobody
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超兰霞平刚桂英华建国玉梅志红"


def id_number(born: date, serial: int, *, area: str = AREA) -> str:
    """Make a whole ID number; an odd serial is a man's."""
    first = f"{area}{born:%Y%m%d}{serial % 1000:03}"
    return first + id_check(first)


def phone(number: int) -> str:
    """Make a mobile number that nobody has."""
    return f"1390000{number:04}" if number < 10_000 else f"139{number:08}"


def name(rng: Random) -> str:
    """Make up a name."""
    return rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))


def residents(many: int, *, seed: int = 7) -> Iterator[dict[str, str]]:
    """Make up residents, three a flat, over buildings 1幢 to 30幢 with 2 stairs and 60 flats each."""
    rng = Random(seed)
    for index in range(many):
        flat = index // 3
        building, rest = divmod(flat, 120)
        stair, door = divmod(rest, 60)
        born = date(1930, 1, 1) + timedelta(
            days=index * 7919 % (90 * 365)
        )  # nobody's like another's
        serial = rng.randrange(1000)
        yield {
            "姓名": name(rng), "性别": "男" if serial % 2 else "女",
            "身份证号": id_number(born, serial), "出生日期": born.isoformat(),
            "手机号": phone(index), "幢": f"{building + 1}幢", "单元": f"{stair + 1}",
            "室": f"{door // 10 + 1}{door % 10 + 1:02}",
            "与户主关系": ("户主", "配偶", "儿子")[index % 3], "人户状态": "人户一致",
            "特殊群体": rng.choice(("", "", "", "独居", "空巢、高龄", "低保")),
        }  # fmt: skip


def buildings(many: int = 30) -> list[list[str]]:
    """Make up the buildings that those residents live in, three grids of them."""
    rows = [["楼栋", "所属网格", "单元数", "楼层数", "经度", "纬度", "坐标系"]]
    rows += [
        [f"{one}幢", f"第{'一二三'[one % 3]}网格", "2", "6", f"{120.06 + one / 2000:.6f}",
         "31.720000", "GCJ02"]
        for one in range(1, many + 1)
    ]  # fmt: skip
    return rows


def csv(path: Path, rows: Sequence[Sequence[str]], *, encoding: str = "utf-8-sig") -> Path:
    """Write a csv."""
    quoted = [",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows]
    path.write_text("\n".join(quoted) + "\n", encoding=encoding)
    return path


# What clerks do to a row, and at which column the report must point; None where it must not.
FILTH: dict[str, tuple[str, str | None]] = {
    "wrong check digit": ("身份证号", "身份证号"),
    "scientific": ("身份证号", "身份证号"),
    "fifteen digits": ("身份证号", "身份证号"),
    "other sex": ("性别", "性别"),
    "other day of birth": ("出生日期", "出生日期"),
    "short year": ("出生日期", "出生日期"),
    "no such day": ("出生日期", "出生日期"),
    "short telephone": ("手机号", "手机号"),
    "unknown building": ("幢", "幢"),
    "no such floor": ("室", "室"),
    "unknown group": ("特殊群体", "特殊群体"),
    "no name": ("姓名", "姓名"),
    "blanks in the name": ("姓名", None),
    "full width": ("身份证号", None),
    "apostrophe": ("身份证号", None),
    "whole address": ("室", None),
    "serial day": ("出生日期", None),
    "Chinese day": ("出生日期", None),
    "spaced telephone": ("手机号", None),
    "lower x": ("身份证号", None),
}


def spoil(row: dict[str, str], how: str) -> dict[str, str]:  # noqa: C901, PLR0912  a list of cases
    """Do to a row what clerks do."""
    made = dict(row)
    number, born = row["身份证号"], date.fromisoformat(row["出生日期"])
    match how:
        case "wrong check digit":
            made["身份证号"] = number[:17] + ("1" if number[17] != "1" else "2")
        case "scientific":
            made["身份证号"] = f"{number[0]}.{number[1:6]}E+17"
        case "fifteen digits":
            made["身份证号"] = number[:6] + number[8:17]
        case "other sex":
            made["性别"] = "女" if row["性别"] == "男" else "男"
        case "other day of birth":
            made["出生日期"] = (born + timedelta(days=1)).isoformat()
        case "short year":
            made["出生日期"] = f"{born:%y}.{born.month}.{born.day}"
        case "no such day":
            made["出生日期"] = f"{born.year}-02-30"
        case "short telephone":
            made["手机号"] = row["手机号"][:10]
        case "unknown building":
            made["幢"] = "99幢"
        case "no such floor":
            made["室"] = "9901"
        case "unknown group":
            made["特殊群体"] = "独具"
        case "no name":
            made["姓名"] = ""
        case "blanks in the name":
            made["姓名"] = "　".join(row["姓名"])
        case "full width":
            made["身份证号"] = number.translate({48 + d: 0xFF10 + d for d in range(10)})
        case "apostrophe":
            made["身份证号"] = f"'{number}"
        case "whole address":
            made["室"], made["单元"] = f"{row['幢']}{row['单元']}单元{row['室']}室", ""
        case "serial day":
            made["出生日期"] = str((born - date(1899, 12, 30)).days)
        case "Chinese day":
            made["出生日期"] = f"{born.year}年{born.month}月{born.day}日"
        case "spaced telephone":
            made["手机号"] = f"{row['手机号'][:3]} {row['手机号'][3:7]}-{row['手机号'][7:]}"
        case "lower x":
            made["身份证号"] = number.lower()
    return made


def filthy(
    many: int, *, seed: int = 7, share: int = 12
) -> tuple[list[dict[str, str]], dict[int, str]]:
    """Make residents of whom about one in `share` is spoiled; tell which row how, from 0 on."""
    rng, how = Random(seed), list(FILTH)
    rows: list[dict[str, str]] = []
    spoiled: dict[int, str] = {}
    for index, row in enumerate(residents(many, seed=seed)):
        if rng.randrange(share) == 0:
            spoiled[index] = how[len(spoiled) % len(how)]
            rows.append(spoil(row, spoiled[index]))
        else:
            rows.append(row)
    return rows, spoiled


def workbook(path: Path, rows: Sequence[dict[str, str]], *, title: str, notes: str) -> Path:
    """Write rows as a printed list: a title, headers in two lines, 幢 merged over its rows, a note."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    names = list(rows[0])
    sheet.append([title])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(names))
    sheet.append(["住址" if one in {"幢", "单元", "室"} else one for one in names])
    sheet.append(names)
    at = names.index("幢") + 1
    sheet.merge_cells(start_row=2, end_row=2, start_column=at, end_column=at + 2)
    for column in set(range(1, len(names) + 1)) - {at, at + 1, at + 2}:
        sheet.merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)
    begun = 4
    for number, row in enumerate(rows, 4):
        sheet.append([_typed(column, row[column]) for column in names])
        last = number == len(rows) + 3 or rows[number - 3]["幢"] != row["幢"]
        if last and number > begun:
            sheet.merge_cells(start_row=begun, end_row=number, start_column=at, end_column=at)
        if last:
            begun = number + 1
    foot = len(rows) + 4
    sheet.cell(foot, 1, notes)
    sheet.merge_cells(start_row=foot, end_row=foot, start_column=1, end_column=len(names))
    book.save(path)
    return path


def _typed(column: str, text: str) -> object:
    """Let telephones and serial days be numbers, as a spreadsheet keeps them."""
    if column in {"手机号", "出生日期"} and text.isdigit():
        return float(text)
    return text
