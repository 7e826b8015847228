"""Cells as people and spreadsheets write them: numbers, days, telephones, ID numbers, coordinates."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta

from models import Datum
from services import identity
from services.imports import Faulty, Reading
from services.shops.distance import to_wgs84

_CHINA = ((73.0, 136.0), (3.0, 54.0))
_DATUMS = {
    "wgs84": Datum.WGS84, "gps": Datum.WGS84, "cgcs2000": Datum.WGS84, "天地图": Datum.WGS84,
    "gcj02": Datum.GCJ02, "火星": Datum.GCJ02, "火星坐标": Datum.GCJ02, "火星坐标系": Datum.GCJ02,
    "高德": Datum.GCJ02, "腾讯": Datum.GCJ02, "国测局": Datum.GCJ02, "高德地图": Datum.GCJ02,
    "腾讯地图": Datum.GCJ02, "bd09": Datum.BD09, "bd09ll": Datum.BD09, "百度": Datum.BD09,
    "百度地图": Datum.BD09, "百度坐标": Datum.BD09,
}  # fmt: skip
EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet's serial numbers
OLDEST = 120
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:t?\d{1,2}:.*)?")
_MONTH = re.compile(r"\d{4}[-/.年]\d{1,2}月?|\d{6}")
_SHORT = re.compile(r"\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,4}日?")
_TIME = re.compile(
    r"(上午|下午|晚上|早上|中午)?(\d{1,2})(?:[:点时](?:(\d{1,2})|(半))?分?)?(?::00)?"
)


def plain(text: str) -> str:
    """Fold width, take out blanks and the apostrophe that keeps a cell a text."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lstrip("'’‘`")


def text_up_to(longest: int) -> Callable[[str], str]:
    """Make a reader of free text."""

    def read(text: str) -> str:
        if len(text) > longest:
            raise Faulty("fault-too-long", limit=longest)
        if text[:1] in {"=", "@"} or not text.replace("\t", " ").replace("\n", " ").isprintable():
            raise Faulty("fault-not-text")  # a formula, once the table is opened again
        return text

    return read


def needed(read: Callable[[str], str]) -> Callable[[str], str]:
    """Refuse an empty cell."""

    def must(text: str) -> str:
        if not text:
            raise Faulty("fault-empty")
        return read(text)

    return must


def name(text: str) -> str:
    """Read somebody's name; blanks within a Chinese one are for the eye alone."""
    folded = unicodedata.normalize("NFKC", text).strip("'’‘` ")
    if not folded:
        raise Faulty("fault-empty")
    if not folded.isascii():
        folded = "".join(folded.split())
    folded = re.sub(r"[•・.．]", "·", folded) if not folded.isascii() else " ".join(folded.split())
    if len(folded) > 30:
        raise Faulty("fault-too-long", limit=30)
    if not re.fullmatch(r"[^\W\d_](?:[^\W\d_]|[·'\- ()（）])*", folded):
        raise Faulty("fault-name")
    return folded


def integer(least: int, most: int) -> Callable[[str], int | None]:
    """Make a reader of whole numbers; 3.0 and 3层 are 3."""

    def read(text: str) -> int | None:
        if not (bare := plain(text)):
            return None
        if not (found := re.fullmatch(r"(-?\d+)(?:\.0+)?[个层人分户]?", bare)):
            raise Faulty("fault-integer")
        if not least <= int(found[1]) <= most:
            raise Faulty("fault-outside", least=least, most=most)
        return int(found[1])

    return read


def phone(text: str) -> str | None:
    """Read a telephone number; of several the first, if all of them are some."""
    if _SCIENTIFIC.fullmatch(plain(text)):
        raise Faulty("fault-scientific")
    found = [identity.normalised_phone(one.removesuffix(".0"))
             for one in re.split(r"[、，,;；/|\n]", text) if plain(one)]  # fmt: skip
    if None in found:
        raise Faulty("fault-phone")
    return next(iter(found), None)


def id_number(text: str) -> str | None:
    """Read an ID number, with its last character and its day of birth held against each other."""
    number = identity.normalised_id(text)
    if not number:
        return None
    if _SCIENTIFIC.fullmatch(plain(text)):
        raise Faulty("fault-scientific")
    if re.fullmatch(r"\d{15}", number):
        raise Faulty("fault-id-old")
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise Faulty("fault-id-length", length=len(number))
    if not identity.id_is_whole(number):
        raise Faulty("fault-scientific" if number.endswith("000") else "fault-id-check")
    try:
        id_born(number)
    except ValueError:
        raise Faulty("fault-id-day") from None
    return number


def id_born(number: str) -> date:
    """Read the day of birth within an ID number."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def id_sex(number: str) -> str:
    """Read the sex within an ID number: odd is male."""
    return "male" if int(number[16]) % 2 else "female"


def day(text: str) -> date | None:
    """Read a day in any of the shapes that name one; what may be two days is refused."""
    if not (bare := plain(text).lower()):
        return None
    if found := _DAY.fullmatch(bare):
        parts = [int(part) for part in found.groups()]
    elif re.fullmatch(r"\d{8}", bare):
        parts = [int(bare[:4]), int(bare[4:6]), int(bare[6:])]
    elif (found := re.fullmatch(r"(\d{4,5})(?:\.\d+)?", bare)) and int(found[1]) > 2100:
        return EPOCH + timedelta(days=int(found[1]))
    elif _MONTH.fullmatch(bare):
        raise Faulty("fault-day-missing")
    elif _SHORT.fullmatch(bare):
        raise Faulty("fault-day-ambiguous")
    else:
        raise Faulty("fault-day")
    try:
        return date(*parts)
    except ValueError:
        raise Faulty("fault-day-none") from None


def born(today: date) -> Callable[[str], date | None]:
    """Make a reader of days of birth: not to come, and not longer ago than people live."""

    def read(text: str) -> date | None:
        found = day(text)
        if found is not None:
            require_age(found, today)
        return found

    return read


def require_age(on: date, today: date) -> None:
    """Refuse a day of birth that nobody alive can have."""
    if on > today:
        raise Faulty("fault-born-later")
    if age(on, today) > OLDEST:
        raise Faulty("fault-too-old", age=age(on, today))


def age(on: date, today: date) -> int:
    """Count full years."""
    return today.year - on.year - ((today.month, today.day) < (on.month, on.day))


def clock(text: str) -> time:
    """Read a time of day: 14:00, 14点半, 下午2点; a spreadsheet's 0.5833 too."""
    bare = plain(text)
    if not bare:
        raise Faulty("fault-empty")
    if re.fullmatch(r"0?\.\d+", bare):
        minutes = round(float(bare) * 24 * 60)
        return time(minutes // 60, minutes % 60)
    if not (found := _TIME.fullmatch(bare)):
        raise Faulty("fault-time")
    hour, minute = int(found[2]), 30 if found[4] else int(found[3] or 0)
    if found[1] in {"下午", "晚上"} and hour < 12:
        hour += 12
    if hour > 23 or minute > 59:
        raise Faulty("fault-time")
    return time(hour, minute)


@dataclass(frozen=True, slots=True)
class Located:
    """A place in WGS-84, and as its source gave it."""

    lon: float
    lat: float
    datum: Datum
    source_lon: float
    source_lat: float


def located(reading: Reading, *, required: bool = False) -> Located | None:
    """Read longitude, latitude and datum; None where they are refused or, unless required, empty."""
    row, before = reading.row, len(reading.faults)
    if not required and not (row.get("lon") or row.get("lat")):
        return None
    kind = reading.cell("datum", datum)
    lon = reading.cell("lon", lambda text: degrees(text, *_CHINA[0]))
    lat = reading.cell("lat", lambda text: degrees(text, *_CHINA[1]))
    if len(reading.faults) > before:
        _swapped(reading)
        return None
    return Located(*on_earth(lon, lat, kind), kind, lon, lat)


def on_earth(lon: float, lat: float, kind: Datum) -> tuple[float, float]:
    """Convert to WGS-84, to about a centimetre; what is in it already stays as it is."""
    if kind is Datum.WGS84:
        return lon, lat
    at = to_wgs84(lon, lat, kind)
    return round(at.lon, 7), round(at.lat, 7)


def _swapped(reading: Reading) -> None:
    """Where both coordinates would fit the other way round, say that instead."""
    outside = [one for one in reading.faults if one.key == "fault-not-in-china"]
    if len(outside) < 2:
        return
    lon, lat = _number(reading.row.get("lat")), _number(reading.row.get("lon"))
    if all(low <= one <= high for one, (low, high) in zip((lon, lat), _CHINA, strict=True)):
        for one in outside:
            reading.faults.remove(one)
        reading.fault("lon", "fault-swapped")


def degrees(text: str, least: float, most: float) -> float:
    """Read degrees within limits."""
    if not text:
        raise Faulty("fault-empty")
    try:
        value = _number(text)
    except ValueError:
        raise Faulty("fault-number") from None
    if least <= value <= most:
        return value
    raise Faulty("fault-not-in-china")


def _number(text: str) -> float:
    return float(plain(text).rstrip("°度"))


def datum(text: str) -> Datum:
    """Read which datum coordinates are in."""
    if not text:
        raise Faulty("fault-datum-empty")
    if (found := _DATUMS.get(re.sub(r"[\W_]", "", plain(text)).casefold())) is None:
        raise Faulty("fault-datum")
    return found
