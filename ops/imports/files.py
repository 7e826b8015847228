"""Tables as files: csv in UTF-8 or GB 18030, xlsx with its merged cells (the first sheet), GeoJSON."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from core.i18n import Translator
from services.imports import geojson
from services.imports.columns import Line

LARGEST = 64 * 1024 * 1024
_EXACT = 10**15


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was read, from its first line on; lines without any content are left out."""

    lines: tuple[Line, ...]


def read(path: Path) -> Sheet:
    """Read a table; raises ValueError, in words for a person, for what is none."""
    if not path.is_file():
        raise ValueError(Translator()("file-missing", file=str(path)))
    if path.stat().st_size > LARGEST:
        raise ValueError(Translator()("file-too-large", limit=LARGEST // 1024 // 1024))
    if path.suffix.lower() == ".xlsx":
        return _sheet(_xlsx(path))
    if path.suffix.lower() == ".csv":
        return _sheet(_csv(path.read_bytes()))
    if path.suffix.lower() in {".geojson", ".json"}:
        return _sheet(geojson.table(path.read_bytes()))
    raise ValueError(Translator()("file-not-read", kind=path.suffix or path.name))


def _csv(raw: bytes) -> list[list[str]]:
    if b"\0" in raw:
        raise ValueError(Translator()("file-no-csv"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ValueError(Translator()("file-encoding"))
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise ValueError(Translator()("file-quotes", fault=str(error))) from None


def _xlsx(path: Path) -> list[list[str]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, data_only=True)  # read-only mode knows no merged cells
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise ValueError(Translator()("file-no-xlsx")) from None
    sheet = book.worksheets[0]
    lines = [[_cell(value) for value in line] for line in sheet.iter_rows(values_only=True)]
    for merged in sheet.merged_cells.ranges:
        value = lines[merged.min_row - 1][merged.min_col - 1]
        for line in lines[merged.min_row - 1 : merged.max_row]:
            line[merged.min_col - 1 : merged.max_col] = [value] * (
                merged.max_col - merged.min_col + 1
            )
    return lines


def _cell(value: object) -> str:
    """Write a spreadsheet's value as a person sees it: 13900000005.0 is a telephone number.

    Of a number with more than 15 digits the spreadsheet has lost the last ones already.
    """
    if value is None:
        return ""
    if isinstance(value, int | float) and abs(value) >= _EXACT:
        return f"{value:.10E}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, time):
        return f"{value.hour}:{value.minute:02d}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _sheet(lines: Sequence[Sequence[str]]) -> Sheet:
    found = tuple(
        (number, tuple(cell.strip() for cell in line))
        for number, line in enumerate(lines, 1)
        if any(cell.strip() for cell in line)
    )
    if not found:
        raise ValueError(Translator()("file-empty"))
    return Sheet(found)


def require_kind(path: Path) -> None:
    """Raise ValueError for a file that could not be written, before anything is read for it."""
    if path.suffix.lower() not in {".csv", ".xlsx"}:
        raise ValueError(Translator()("file-not-written", kind=path.suffix or path.name))


def write(path: Path, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table; csv with a byte order mark, so that spreadsheets read its Chinese."""
    require_kind(path)
    if path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([headers, *rows])
        return
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in [headers, *rows]:
        cells = []
        for value in line:
            cell = WriteOnlyCell(sheet, value=value)
            cell.data_type = "s"  # text, even where it begins like a formula
            cells.append(cell)
        sheet.append(cells)
    book.save(path)
