"""Tables in folders: read and written by the end of their names."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from core.i18n import Translator
from services.imports import Faulty, sheets
from services.imports.sheets import Sheet


def read(path: Path) -> Sheet:
    """Read a table; raises ValueError, in words for a person, for what is none."""
    if not path.is_file():
        raise ValueError(Translator()("file-missing", file=str(path)))
    try:
        if path.stat().st_size > sheets.LARGEST:
            raise Faulty("file-too-large", limit=sheets.LARGEST // 1024 // 1024)  # noqa: TRY301  (said as the others)
        return sheets.read(path.name, path.read_bytes())
    except Faulty as fault:
        raise ValueError(Translator()(fault.key, **fault.args_for_words)) from None


def require_kind(path: Path) -> None:
    """Raise ValueError for a file that could not be written, before anything is read for it."""
    if path.suffix.lower() not in {".csv", ".xlsx"}:
        raise ValueError(Translator()("file-not-written", kind=path.suffix or path.name))


def write(path: Path, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table."""
    require_kind(path)
    made = sheets.csv_of if path.suffix.lower() == ".csv" else sheets.xlsx_of
    path.write_bytes(made(headers, rows))
