"""Shops from a table: every cell is checked, what people write is normalised, then upserted."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

import orjson

from core.db import sql
from core.ids import uuid7
from models import Datum
from services.imports import Counts, Desk, Fault, Faulty, Reading, Row, cells
from services.shops.hours_text import parse
from services.shops.taxonomy import categories, nearest_names, plain, resolve

_LONGEST = 60
_text = cells.text_up_to(_LONGEST)
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
    id: UUID | None = None


async def check(desk: Desk, rows: Sequence[Row]) -> tuple[list[NewShop], list[Fault]]:
    """Read every row; return the good ones and all faults of the others, several a row."""
    good: list[NewShop] = []
    faults: list[Fault] = []
    there = await _there(desk) if any(row.id for row in rows) else {}
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        shop, found = _read(row)
        if shop is not None:
            key = (shop.name, shop.address)
            if shop.id is not None and there.get(key, shop.id) != shop.id:
                found = [Fault(row.number, "name", shop.name, "fault-there-already")]
            elif key in seen:
                found = [Fault(row.number, "name", shop.name, "fault-twice", {"row": seen[key]})]
            else:
                seen[key] = row.number
                good.append(shop)
        faults += found
    return good, faults


def _read(row: Row) -> tuple[NewShop | None, list[Fault]]:
    reading = Reading(row)
    cell, faults = reading.cell, reading.faults
    name, category, address = (
        cell("name", _name),
        cell("category", _category),
        cell("address", _text),
    )
    at = cells.located(reading, required=True)
    phone, hours, tags = cell("phone", phone_of), cell("hours", hours_of), cell("tags", _tags)
    if at is None or faults:
        return None, faults
    shop = NewShop(
        name, category, address, phone, at.lon, at.lat, at.datum.value, at.source_lon,
        at.source_lat, row.get("hours"), hours, tags, row.id,
    )  # fmt: skip
    return shop, []


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


def phone_of(text: str) -> str | None:
    """Read the first telephone number of a text, None of an empty one; raises Faulty."""
    folded = unicodedata.normalize("NFKC", text)
    folded = re.sub(r"[—–―]", "-", re.sub(r"[\s().]", "", folded.replace(")", "-", 1)))
    numbers = [one for one in re.split(r"[、,;/|]", folded) if one]
    if not numbers:
        return None
    if not all(_PHONE.fullmatch(one) for one in numbers):
        raise Faulty("fault-phone")
    return numbers[0]


def hours_of(text: str) -> list[list[int]] | None:
    """Read free text as weekly ranges, None where it says nothing; raises Faulty."""
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


async def write(desk: Desk, shops: Sequence[NewShop]) -> Counts:
    """Add the shops or change those of the same name and address; the same file twice is no change."""
    added = changed = 0
    await _rename(desk, [one for one in shops if one.id is not None])
    for start in range(0, len(shops), _CHUNK):
        rows = [
            asdict(one) | {"id": str(one.id or uuid7())} for one in shops[start : start + _CHUNK]
        ]
        written = await desk.session.execute(
            _UPSERT,
            {"community": desk.community, "now": desk.now, "rows": orjson.dumps(rows).decode()},
        )
        for row in written:
            added += row.added
            changed += not row.added
    return Counts(added, changed, len(shops) - added - changed)


async def _there(desk: Desk) -> dict[tuple[str, str], UUID]:
    rows = await desk.session.execute(
        sql("SELECT id, name, address FROM shop WHERE community_id = :community"),
        {"community": desk.community},
    )
    return {(row.name, row.address): row.id for row in rows}


async def _rename(desk: Desk, shops: Sequence[NewShop]) -> None:
    """Let a shop that a form is about have its new name and address before it is changed by them."""
    for one in shops:
        await desk.session.execute(
            sql(
                "UPDATE shop SET name = :name, address = :address, updated_at = :now "
                "WHERE id = :id AND community_id = :community"
            ),
            {"id": one.id, "community": desk.community, "name": one.name, "address": one.address,
             "now": desk.now},
        )  # fmt: skip


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


async def lines(desk: Desk) -> list[tuple[UUID, tuple[str, ...]]]:
    """List the shops as rows of the import's own columns, in their source's datum."""
    rows = await desk.session.execute(
        sql(
            "SELECT * FROM shop WHERE community_id = :community AND enabled ORDER BY category, name"
        ),
        {"community": desk.community},
    )
    return [
        (row.id, (
            row.name, categories()[row.category].zh, row.address, f"{row.source_lon}",
            f"{row.source_lat}", _WRITTEN[Datum(row.datum)], row.phone or "", row.hours_raw,
            "、".join(row.tags),
        ))
        for row in rows
    ]  # fmt: skip
