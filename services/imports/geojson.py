"""GeoJSON as a table: a feature a row, its properties the cells, its geometry outline or place."""

from collections.abc import Mapping
from typing import Any

import orjson

from models import Datum
from services.imports import Faulty
from services.imports.columns import columns

FEATURES = 50_000


def table(raw: bytes) -> list[list[str]]:
    """Read a FeatureCollection, the headers first; raises Faulty for what is none.

    The standard knows WGS-84 alone; a file in another datum says so in a property of each feature.
    """
    try:
        found = orjson.loads(raw)
        features = [(one["properties"] or {}, one["geometry"] or {}) for one in found["features"]]
        assert all(isinstance(part, dict) for one in features for part in one)
    except (AssertionError, KeyError, TypeError, ValueError):
        raise Faulty("file-no-geojson") from None
    if not features or len(features) > FEATURES:
        raise Faulty("file-no-features", limit=FEATURES)
    rows = [{**_cells(said), **_place(geometry)} for said, geometry in features]
    names = list(dict.fromkeys(name for row in rows for name in row))
    if (datum := _header("datum")) not in names:
        names.append(datum)
    return [names, *([row.get(name, _usual(name)) for name in names] for row in rows)]


def _cells(said: Mapping[str, Any]) -> dict[str, str]:
    """Write the properties as text; what is nested means nothing in a table."""
    return {
        str(name): str(value)
        for name, value in said.items()
        if value is not None and not isinstance(value, dict | list)
    }


def _place(geometry: Mapping[str, Any]) -> dict[str, str]:
    """Give a point its two columns, anything else the outline's, where its shape is judged."""
    parts = geometry.get("coordinates")
    if geometry.get("type") == "Point" and isinstance(parts, list) and len(parts) > 1:
        return {_header("lon"): str(parts[0]), _header("lat"): str(parts[1])}
    if geometry.get("type") == "MultiPolygon" and isinstance(parts, list) and len(parts) == 1:
        parts = parts[0]
    return {_header("outline"): orjson.dumps(parts).decode()} if parts else {}


def _usual(name: str) -> str:
    return Datum.WGS84.value.upper() if name == _header("datum") else ""


def _header(code: str) -> str:
    return columns("buildings")[code].header
