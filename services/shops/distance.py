"""How far it is on foot: an estimate, always said as "约"."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

import coordTransform
import numpy as np
from numpy.typing import NDArray

from models import Datum

EARTH_M = 6_371_008.8
DETOUR = 1.4  # streets against the straight line
PACE_M_S = 1.0  # an elder's
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Point:
    """A place in WGS-84 degrees."""

    lon: float
    lat: float


def straight_m(one: Point, other: Point) -> float:
    """Measure metres in a straight line."""
    north, east = radians(other.lat - one.lat), radians(other.lon - one.lon)
    square = (
        sin(north / 2) ** 2
        + cos(radians(one.lat)) * cos(radians(other.lat)) * sin(east / 2) ** 2
    )  # fmt: skip
    return 2 * EARTH_M * asin(sqrt(min(1.0, square)))


def straight_to_all(one: Point, lons: Floats, lats: Floats) -> Floats:
    """Measure metres in a straight line to many places at once; arrays are in degrees."""
    north, east = np.radians(lats - one.lat), np.radians(lons - one.lon)
    square = (
        np.sin(north / 2) ** 2
        + cos(radians(one.lat)) * np.cos(np.radians(lats)) * np.sin(east / 2) ** 2
    )  # fmt: skip
    metres: Floats = 2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(1.0, square)))
    return metres


def walk_m(straight: float) -> int:
    """Estimate the metres along the streets."""
    return round(straight * DETOUR)


def walk_s(straight: float) -> int:
    """Estimate the seconds on foot."""
    return round(straight * DETOUR / PACE_M_S)


def to_wgs84(lon: float, lat: float, datum: Datum) -> Point:
    """Convert a source's coordinates."""
    if datum is Datum.GCJ02:
        return Point(*coordTransform.gcj02_to_wgs84(lon, lat))
    if datum is Datum.BD09:
        return Point(*coordTransform.bd09_to_wgs84(lon, lat))
    return Point(lon, lat)


def to_gcj02(point: Point) -> Point:
    """Convert to what Chinese maps expect."""
    return Point(*coordTransform.wgs84_to_gcj02(point.lon, point.lat))
