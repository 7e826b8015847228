"""Shops from a table: every cell is checked, what people write is normalised, then upserted."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from core.db import Session, sql
from core.ids import uuid7
from models import Datum
from services.imports import Counts, Fault, Faulty, Row
from services.shops.distance import to_wgs84
from services.shops.hours_text import parse
from services.shops.taxonomy import categories, nearest_names, plain, resolve

COLUMNS = ("名称", "类别", "地址", "经度", "纬度", "坐标系", "电话", "营业时间", "标签")
REQUIRED = ("名称", "类别", "经度", "纬度", "坐标系")
EXAMPLE = (
    "老李修鞋铺", "修鞋铺", "听雨路12号", "120.0612", "31.7209", "WGS84", "0519-88000000",
    "周一至周六 8:00-18:00；周日休息", "配钥匙、修伞",
)  # fmt: skip
_LONGEST = 60
_CHINA = ((73.0, 136.0), (3.0, 54.0))
_DATUMS = {
    "wgs84": Datum.WGS84, "gps": Datum.WGS84, "cgcs2000": Datum.WGS84, "天地图": Datum.WGS84,
    "gcj02": Datum.GCJ02, "火星": Datum.GCJ02, "火星坐标": Datum.GCJ02, "火星坐标系": Datum.GCJ02,
    "高德": Datum.GCJ02, "腾讯": Datum.GCJ02, "国测局": Datum.GCJ02, "高德地图": Datum.GCJ02,
    "腾讯地图": Datum.GCJ02, "bd09": Datum.BD09, "bd09ll": Datum.BD09, "百度": Datum.BD09,
    "百度地图": Datum.BD09, "百度坐标": Datum.BD09,
}  # fmt: skip
_WRITTEN = {Datum.WGS84: "WGS84", Datum.GCJ02: "GCJ02", Datum.BD09: "BD09"}
_PHONE = re.compile(r"(?:\+?86-?)?(\d{3,4}-?\d{7,8}|1\d{10}|[48]00-?\d{3,4}-?\d{3,4}|\d{7,8}|\d{5,6})"
                    r"(?:(?:转|-)\d{1,6})?")  # fmt: skip
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class NewShop:
    """A checked row."""

    name: str
    category: str
    address: str
    phone: str | None
    lon: float
    lat: float
    datum: str
    source_lon: float
    source_lat: float
    hours_raw: str
    hours: list[list[int]] | None
    tags: list[str]


def check(rows: Sequence[Row]) -> tuple[list[tuple[Row, NewShop]], list[Fault]]:
    """Read every row; return the good ones and all faults of the others, several a row."""
    good: list[tuple[Row, NewShop]] = []
    faults: list[Fault] = []
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        shop, found = _read(row)
        if shop is not None:
            key = (shop.name, shop.address)
            if key in seen:
                found = [Fault(row.number, "名称", shop.name, "fault-twice", {"row": seen[key]})]
            else:
                seen[key] = row.number
                good.append((row, shop))
        faults += found
    return good, faults


def _read(row: Row) -> tuple[NewShop | None, list[Fault]]:
    faults: list[Fault] = []

    def cell(column: str, read: Callable[[str], Any]) -> Any:
        try:
            return read(row.get(column))
        except Faulty as fault:
            faults.append(
                Fault(row.number, column, row.get(column), fault.key, fault.args_for_words)
            )
            return None

    name, category = cell("名称", _name), cell("类别", _category)
    address, datum = cell("地址", _text), cell("坐标系", _datum)
    lon = cell("经度", lambda text: _degrees(text, *_CHINA[0]))
    lat = cell("纬度", lambda text: _degrees(text, *_CHINA[1]))
    phone, hours, tags = cell("电话", _phone), cell("营业时间", _hours), cell("标签", _tags)
    if faults:
        return None, _swapped(row, faults)
    at = to_wgs84(lon, lat, datum)
    shop = NewShop(
        name, category, address, phone, round(at.lon, 7), round(at.lat, 7), datum.value, lon, lat,
        row.get("营业时间"), hours, tags,
    )  # fmt: skip
    return shop, []


def _swapped(row: Row, faults: list[Fault]) -> list[Fault]:
    """Where both coordinates would fit the other way round, say that instead."""
    outside = [one for one in faults if one.key == "fault-not-in-china"]
    if len(outside) < 2:
        return faults
    lon, lat = _number(row.get("纬度")), _number(row.get("经度"))
    if not all(low <= one <= high for one, (low, high) in zip((lon, lat), _CHINA, strict=True)):
        return faults
    said = Fault(row.number, "经度", row.get("经度"), "fault-swapped")
    return [*(one for one in faults if one not in outside), said]


def _number(text: str) -> float:
    return float(unicodedata.normalize("NFKC", text).rstrip("°度"))


def _text(text: str) -> str:
    if len(text) > _LONGEST:
        raise Faulty("fault-too-long", limit=_LONGEST)
    if text[:1] in {"=", "@"} or not text.replace("\t", " ").isprintable():
        raise Faulty("fault-not-text")  # a formula, once the table is opened again
    return text


def _name(text: str) -> str:
    if not plain(text):
        raise Faulty("fault-empty")
    return _text(text)


def _category(text: str) -> str:
    if not text:
        raise Faulty("fault-empty")
    if (code := resolve(text)) is None:
        like = nearest_names(text)
        known = "、".join(like or [one.zh for one in categories().values()])
        raise Faulty("fault-category-like" if like else "fault-category", known=known)
    return code


def _degrees(text: str, least: float, most: float) -> float:
    if not text:
        raise Faulty("fault-empty")
    try:
        value = _number(text)
    except ValueError:
        raise Faulty("fault-number") from None
    if least <= value <= most:
        return value
    raise Faulty("fault-not-in-china")


def _datum(text: str) -> Datum:
    if not text:
        raise Faulty("fault-datum-empty")
    if (datum := _DATUMS.get(plain(text))) is None:
        raise Faulty("fault-datum")
    return datum


def _phone(text: str) -> str | None:
    folded = unicodedata.normalize("NFKC", text)
    folded = re.sub(r"[—–―]", "-", re.sub(r"[\s().]", "", folded.replace(")", "-", 1)))
    numbers = [one for one in re.split(r"[、,;/|]", folded) if one]
    if not numbers:
        return None
    if not all(_PHONE.fullmatch(one) for one in numbers):
        raise Faulty("fault-phone")
    return numbers[0]


def _hours(text: str) -> list[list[int]] | None:
    if len(text) > 2 * _LONGEST:
        raise Faulty("fault-too-long", limit=2 * _LONGEST)
    try:
        week = parse(text)
    except ValueError:
        raise Faulty("fault-hours") from None
    return week.stored() if week else None


def _tags(text: str) -> list[str]:
    tags = [one.strip() for one in re.split(r"[、，,;；|/\s]+", text) if one.strip()]
    for one in tags:
        _text(one)
    return list(dict.fromkeys(tags))


async def write(
    session: Session, community: UUID, shops: Sequence[NewShop], *, now: datetime
) -> Counts:
    """Add the shops or change those of the same name and address; the same file twice is no change."""
    added = changed = 0
    for start in range(0, len(shops), _CHUNK):
        rows = [{"id": str(uuid7()), **asdict(one)} for one in shops[start : start + _CHUNK]]
        written = await session.execute(
            _UPSERT, {"community": community, "now": now, "rows": orjson.dumps(rows).decode()}
        )
        for row in written:
            added += row.added
            changed += not row.added
    return Counts(added, changed, len(shops) - added - changed)


_UPSERT = sql(
    """
    INSERT INTO shop AS s (id, community_id, name, category, address, phone, lon, lat, datum,
                           source_lon, source_lat, hours_raw, hours, tags, enabled, created_at,
                           updated_at)
    SELECT id, :community, name, category, address, phone, lon, lat, datum, source_lon,
           source_lat, hours_raw, nullif(hours, 'null'::jsonb),
           ARRAY(SELECT jsonb_array_elements_text(tags)), true, :now, :now
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
        id uuid, name text, category text, address text, phone text, lon float8, lat float8,
        datum text, source_lon float8, source_lat float8, hours_raw text, hours jsonb, tags jsonb)
    ON CONFLICT (community_id, name, address) DO UPDATE
    SET category = excluded.category, phone = excluded.phone, lon = excluded.lon,
        lat = excluded.lat, datum = excluded.datum, source_lon = excluded.source_lon,
        source_lat = excluded.source_lat, hours_raw = excluded.hours_raw, hours = excluded.hours,
        tags = excluded.tags, enabled = true, updated_at = excluded.updated_at
    WHERE (s.category, s.phone, s.source_lon, s.source_lat, s.datum, s.hours_raw, s.tags, s.enabled)
        IS DISTINCT FROM (excluded.category, excluded.phone, excluded.source_lon,
                          excluded.source_lat, excluded.datum, excluded.hours_raw, excluded.tags,
                          true)
    RETURNING (xmax = 0) AS added
    """
)


async def table(session: Session, community: UUID) -> list[tuple[str, ...]]:
    """List the shops as rows of the import's own columns, in their source's datum."""
    rows = await session.execute(
        sql(
            "SELECT * FROM shop WHERE community_id = :community AND enabled ORDER BY category, name"
        ),
        {"community": community},
    )
    return [
        (
            row.name, categories()[row.category].zh, row.address, f"{row.source_lon}",
            f"{row.source_lat}", _WRITTEN[Datum(row.datum)], row.phone or "", row.hours_raw,
            "、".join(row.tags),
        )
        for row in rows
    ]  # fmt: skip
