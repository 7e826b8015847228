"""The community's grids, buildings and flats, and which of them a row means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from core.crypto import open_json
from core.db import sql
from core.ids import uuid7
from models import HomeUse
from services.identity import label_index
from services.imports import Desk, Faulty, Reading
from services.imports.doors import Door, House, door, floor, grid_number, house
from services.imports.words import bare, like, listed, people


@dataclass(frozen=True, slots=True)
class GridSeen:
    """A grid."""

    id: UUID
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class BuildingSeen:
    """A building, with its name as it is read."""

    id: UUID
    name: str
    house: House
    grid: UUID
    stairs: int | None
    floors: int | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Flat:
    """A flat, there or about to be made; `label` is what is written on its door."""

    id: UUID
    building: UUID
    stair: int
    room: str
    label: str
    use: HomeUse


@dataclass(slots=True)
class Places:
    """What stands in the community; `made` are flats that rows mean and nobody has entered yet."""

    grids: list[GridSeen]
    buildings: list[BuildingSeen]
    flats: dict[UUID, Flat]
    made: dict[UUID, Flat] = field(default_factory=dict)
    _at: dict[tuple[UUID, str], list[Flat]] = field(default_factory=dict)
    _houses: dict[House, list[BuildingSeen]] = field(default_factory=dict)
    _asked: dict[House, BuildingSeen | None] = field(default_factory=dict)

    def index(self) -> None:
        """Make what is looked up."""
        for flat in self.flats.values():
            self._at.setdefault((flat.building, flat.room), []).append(flat)
        for one in self.buildings:
            self._houses.setdefault(one.house, []).append(one)

    def grid(self, text: str) -> GridSeen | None:
        """Read a cell that names a grid; None when it is empty."""
        if not text:
            return None
        number = grid_number(text)
        for one in self.grids:
            if bare(one.name) == bare(text) or (number is not None and one.number == number):
                return one
        names = [one.name for one in self.grids]
        if near := like(text, names):
            raise Faulty("fault-grid-like", known=listed(near))
        raise Faulty("fault-grid", known=listed(names[:12]))

    def building(self, wanted: House) -> BuildingSeen:
        """Find a building; what stands before its number may be left out where it is plain."""
        if wanted not in self._asked:
            self._asked[wanted] = self._search(wanted)
        if (found := self._asked[wanted]) is None:
            names = [one.name for one in self.buildings]
            if near := like(wanted.before + wanted.number, names) or names[:3]:
                raise Faulty("fault-building-like", known=listed(near))
            raise Faulty("fault-no-buildings")
        return found

    def _search(self, wanted: House) -> BuildingSeen | None:
        if exact := self._houses.get(wanted):
            return exact[0]
        near = [
            one for one in self.buildings
            if wanted.number and one.house.number == wanted.number
            and not (one.house.before and wanted.before)
        ]  # fmt: skip
        return near[0] if len(near) == 1 else None

    def flat(self, reading: Reading) -> Flat | None:
        """Read 幢, 单元 and 室 of a row; a flat that is not there is made, its building is not.

        None where a cell is refused.
        """
        row = reading.row
        try:
            found = door(row.get("building"), row.get("stair"), row.get("room"))
        except Faulty as fault:
            wrong = {"fault-stair-unread": "stair"}.get(fault.key, "room")
            reading.fault(
                wrong if row.get(wrong) else "building", fault.key, **fault.args_for_words
            )
            return None
        if found.house is None:
            reading.fault("building", "fault-empty")
            return None
        if found.room is None:
            reading.fault("room", "fault-room-missing")
            return None
        building = self.seen(reading, found.house)
        return self._flat(reading, building, found, found.room) if building else None

    def seen(self, reading: Reading, wanted: House) -> BuildingSeen | None:
        """Find the building of a row, or refuse its cell."""
        try:
            return self.building(wanted)
        except Faulty as fault:
            column = "building" if reading.row.get("building") else "room"
            reading.fault(column, fault.key, **fault.args_for_words)
            return None

    def _flat(
        self, reading: Reading, building: BuildingSeen, found: Door, room: str
    ) -> Flat | None:
        known = self._at.get((building.id, room), [])
        for flat in known:
            if flat.stair == found.stair or (found.stair is None and len(known) == 1):
                return flat
        if found.stair is None and (known or (building.stairs or 1) > 1):
            reading.fault("stair", "fault-stair-missing")
            return None
        stair = found.stair or 1
        if building.stairs is not None and stair > building.stairs:
            reading.fault("stair", "fault-no-such-stair", building=building.name,
                          stairs=building.stairs)  # fmt: skip
            return None
        if building.floors is not None and floor(room) > building.floors:
            reading.fault("room", "fault-no-such-floor", building=building.name,
                          floors=building.floors)  # fmt: skip
            return None
        word = "flat" if found.stair else "flat_alone"
        label = people()[word].format(stair=stair, door=room)
        made = Flat(uuid7(), building.id, stair, room, label, HomeUse.VACANT)
        self.made[made.id] = made
        self._at.setdefault((building.id, room), []).append(made)
        return made

    def written(self, flat: Flat) -> tuple[str, str, str]:
        """Write a flat as 幢, 单元 and 室."""
        name = next(one.name for one in self.buildings if one.id == flat.building)
        return name, str(flat.stair), flat.room


def new_home(desk: Desk, flat: Flat, use: HomeUse) -> Mapping[str, object]:
    """Make the row of a flat that nobody has entered yet."""
    return {
        "id": flat.id, "community_id": desk.community, "building_id": flat.building,
        "stair": flat.stair, "floor": floor(flat.room), "use": use, "label": flat.label,
        "label_index": label_index(flat.label),
    }  # fmt: skip


async def load(desk: Desk) -> Places:
    """Read the community's grids, buildings and flats."""
    key = {"community": desk.community}
    grids = await desk.session.execute(
        sql("SELECT id, number, name FROM grid WHERE community_id = :community ORDER BY number"),
        key,
    )
    buildings = await desk.session.execute(
        sql(
            """
            SELECT id, name, grid_id, stairs, floors, lon, lat FROM building
            WHERE community_id = :community ORDER BY name
            """
        ),
        key,
    )
    homes = await desk.session.execute(
        sql("SELECT id, building_id, stair, label, use FROM home WHERE community_id = :community"),
        key,
    )
    flats = {}
    for row in homes:
        label = open_json(row.label, "home.label")
        flats[row.id] = Flat(
            row.id, row.building_id, row.stair, _room_of(label), label, HomeUse(row.use)
        )
    places = Places(
        [GridSeen(row.id, row.number, row.name) for row in grids],
        [
            BuildingSeen(
                row.id, row.name, house(row.name), row.grid_id, row.stairs, row.floors, row.lon,
                row.lat,
            )
            for row in buildings
        ],
        flats,
    )  # fmt: skip
    places.index()
    return places


def _room_of(label: str) -> str:
    """Read the door off a flat's label; a label that can't be read stands for itself."""
    try:
        return door("", "", label).room or label
    except Faulty:
        return label
