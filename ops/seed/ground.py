"""The demo's invented map: eight blocks of houses around a park, roads between them.

Everything is laid out in metres east and north of the centre and turned as a whole at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians, sin
from random import Random
from typing import Any

from ops.seed import data

# Metres per degree at the community's latitude; a few hundred metres do not feel the curve.
_NORTH = 110_880.0
_EAST = 94_760.0
_BLOCK = (182.0, 134.0)  # from road to road
_SLOT = (82.0, 38.7)  # what a house has for itself within a block
_STAIR = 17.0
_DEPTH = {6: 11.5, 11: 13.5}
_WING = (13.0, 10.0)
_CELLS = [(column, row) for row in (1, 0, -1) for column in (-1, 0, 1) if (column, row) != (0, 0)]
_SLOTS = [(column, row) for row in (1, 0, -1) for column in (-0.5, 0.5)]

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class House:
    """A residential building before it is a row; `grid` counts from 0, angles are degrees."""

    number: int
    name: str
    grid: int
    stairs: int
    floors: int
    middle: Point
    angle: float
    bent: bool

    def at(self, along: float, across: float) -> Point:
        """Give lon and lat of a place in the house: -0.5 to 0.5 of its length and depth."""
        east, north = _turn(
            (along * self.stairs * _STAIR, across * _DEPTH[self.floors]), self.angle
        )
        return on_earth((self.middle[0] + east, self.middle[1] + north))

    def ring(self) -> list[list[float]]:
        """Draw the outline as a closed ring of [lon, lat]."""
        corners = [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]
        if self.bent:
            inner = 0.5 - _WING[0] / (self.stairs * _STAIR)
            outer = 0.5 + _WING[1] / _DEPTH[self.floors]
            corners[2:3] = [(0.5, outer), (inner, outer), (inner, 0.5)]
        return [list(self.at(*corner)) for corner in [*corners, corners[0]]]


@dataclass(frozen=True, slots=True)
class Spot:
    """A named place in the open."""

    name: str
    point: Point
    grid: int


def on_earth(metres: Point) -> Point:
    """Turn metres east and north of the centre into lon and lat."""
    place = _place()
    east, north = _turn(metres, place["turned"])
    lon, lat = place["centre"]
    return round(lon + east / _EAST, 7), round(lat + north / _NORTH, 7)


def houses(rng: Random) -> list[House]:
    """Place the houses of every grid in rows."""
    place = _place()
    kinds = [
        (kind["stairs"], kind["floors"]) for kind in place["houses"] for _ in range(kind["count"])
    ]
    rng.shuffle(kinds)
    bent = set(rng.sample(range(len(kinds)), place["bent"]))
    found: list[House] = []
    for grid, many in enumerate(place["houses_per_grid"]):
        for slot in _SLOTS[:many]:
            index = len(found)
            stairs, floors = kinds[index]
            name = place["words"]["house"].format(number=index + 1)
            middle = _middle(grid, slot, rng)
            angle = rng.uniform(-1.5, 1.5)
            found.append(House(index + 1, name, grid, stairs, floors, middle, angle, index in bent))
    return found


def roads() -> list[tuple[str, float, bool]]:
    """List the roads: name, metres north (or east) of the centre, whether it runs west to east."""
    lying = [(name, offset, True) for name, offset in _west_east()]
    return lying + [(name, offset, False) for name, offset in _north_south()]


def crossings() -> list[Spot]:
    """List the corners where two roads meet, a few metres beside the middle."""
    place = _place()
    return [
        _spot(place["words"]["crossing"].format(one=one, other=other), (x + 6.0, y + 6.0))
        for one, y in _west_east()
        for other, x in _north_south()
    ]


def roadsides() -> list[Spot]:
    """List two places on every stretch of road."""
    word = _place()["words"]["roadside"]
    steps = [(index, (index - 2.5) / 2) for index in range(6)]  # in blocks from the middle
    along = [
        _spot(word.format(road=road, number=4 * index + 2), (step * _BLOCK[0], y - 4.0))
        for road, y in _west_east()
        for index, step in steps
    ]
    return along + [
        _spot(word.format(road=road, number=4 * index + 3), (x - 4.0, step * _BLOCK[1]))
        for road, x in _north_south()
        for index, step in steps
    ]


def _west_east() -> Iterator[tuple[str, float]]:
    for index, road in enumerate(_place()["roads_west_east"]):
        yield road, (1.5 - index) * _BLOCK[1]


def _north_south() -> Iterator[tuple[str, float]]:
    for index, road in enumerate(_place()["roads_north_south"]):
        yield road, (index - 1.5) * _BLOCK[0]


def _spot(name: str, metres: Point) -> Spot:
    def distance(grid: int) -> float:
        column, row = _CELLS[grid]
        return (metres[0] - column * _BLOCK[0]) ** 2 + (metres[1] - row * _BLOCK[1]) ** 2

    return Spot(name, on_earth(metres), min(range(len(_CELLS)), key=distance))


def _middle(grid: int, slot: Point, rng: Random) -> Point:
    column, row = _CELLS[grid]
    return (
        column * _BLOCK[0] + slot[0] * _SLOT[0] + rng.uniform(-2, 2),
        # A wing points north, so rows stand a little south in their slot.
        row * _BLOCK[1] + slot[1] * _SLOT[1] - 4.0 + rng.uniform(-1.5, 1.5),
    )


def _turn(metres: Point, degrees: float) -> Point:
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return metres[0] * c - metres[1] * s, metres[0] * s + metres[1] * c


def _place() -> dict[str, Any]:
    return data.demo("place")
