"""Tables as files: csv in UTF-8 or GB 18030, and xlsx; the first sheet, the first line headers."""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from core.i18n import Translator
from services.imports import Row

LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was read; lines without any content are left out, their numbers stay."""

    headers: tuple[str, ...]
    rows: tuple[Row, ...]


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
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise ValueError(Translator()("file-no-xlsx")) from None
    try:
        sheet = book.worksheets[0]
        return [[_cell(value) for value in line] for line in sheet.iter_rows(values_only=True)]
    finally:
        book.close()


def _cell(value: object) -> str:
    """Write a spreadsheet's value as a person sees it: 13900000005.0 is a telephone number."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, time):
        return f"{value.hour}:{value.minute:02d}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _sheet(lines: Sequence[Sequence[str]]) -> Sheet:
    if not lines:
        raise ValueError(Translator()("file-empty"))
    headers = tuple(unicodedata.normalize("NFKC", "".join(cell.split())) for cell in lines[0])
    rows = tuple(
        Row(number, dict(zip(headers, (cell.strip() for cell in line), strict=False)))
        for number, line in enumerate(lines[1:], 2)
        if any(cell.strip() for cell in line)
    )
    return Sheet(headers, rows)


def write(path: Path, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table; csv with a byte order mark, so that spreadsheets read its Chinese."""
    if path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([headers, *rows])
        return
    if path.suffix.lower() != ".xlsx":
        raise ValueError(Translator()("file-not-written", kind=path.suffix or path.name))
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
