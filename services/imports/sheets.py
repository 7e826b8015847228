"""Tables as files: csv in UTF-8 or GB 18030, xlsx with its merged cells (the first sheet), GeoJSON."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time

from services.imports import Faulty, geojson
from services.imports.columns import Line

LARGEST = 64 * 1024 * 1024
_UNPACKED = 512 * 1024 * 1024  # what an xlsx may be once it is unpacked
_EXACT = 10**15
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was read, from its first line on; lines without any content are left out."""

    lines: tuple[Line, ...]


def read(name: str, raw: bytes) -> Sheet:
    """Read a table by the end of its file's name; raises Faulty for what is none."""
    if len(raw) > LARGEST:
        raise Faulty("file-too-large", limit=LARGEST // 1024 // 1024)
    kind = name[name.rfind(".") :].lower() if "." in name else ""
    if kind == ".xlsx":
        return _sheet(_xlsx(raw))
    if kind == ".csv":
        return _sheet(_csv(raw))
    if kind in {".geojson", ".json"}:
        return _sheet(geojson.table(raw))
    raise Faulty("file-not-read", kind=kind or name)


def _csv(raw: bytes) -> list[list[str]]:
    if b"\0" in raw:
        raise Faulty("file-no-csv")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Faulty("file-encoding")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise Faulty("file-quotes", fault=str(error)) from None


def _xlsx(raw: bytes) -> list[list[str]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(one.file_size for one in packed.infolist()) > _UNPACKED:
                raise Faulty("file-too-large", limit=_UNPACKED // 1024 // 1024)
        book = load_workbook(io.BytesIO(raw), data_only=True)  # read-only knows no merged cells
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise Faulty("file-no-xlsx") from None
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
        raise Faulty("file-empty")
    return Sheet(found)


def csv_of(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a table with a byte order mark, so that spreadsheets read its Chinese."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([headers, *rows])
    return text.getvalue().encode("utf-8-sig")


def xlsx_of(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a table in which every cell is a text, even where it begins like a formula.

    Such a cell is marked as quoted, so that it stays a text when somebody edits it.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in [headers, *rows]:
        cells = []
        for value in line:
            cell = WriteOnlyCell(sheet, value=_printable(value))
            cell.data_type = "s"
            if value.startswith(_FORMULA):
                cell.quotePrefix = True
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _printable(text: str) -> str:
    """Leave out what a sheet can't hold: control characters, but for tabs and line ends."""
    return "".join(char for char in text if char.isprintable() or char in "\t\n\r")
