"""Which resident a row of another table is about: by ID number, by flat and name, or by name alone."""

from collections.abc import Sequence
from uuid import UUID

from services.identity import normalised_id, normalised_phone
from services.imports import Desk, Reading, Row, cells, folk, places
from services.imports.folk import Folk, Human
from services.imports.places import Places
from services.imports.words import like, listed


async def load(desk: Desk, rows: Sequence[Row]) -> tuple[Places, Folk]:
    """Read the community's flats and residents, and whom the rows name by number."""
    known = await folk.load(
        desk,
        numbers=filter(None, (normalised_id(row.get("id")) for row in rows)),
        phones=filter(None, (normalised_phone(row.get("phone")) for row in rows)),
    )
    return await places.load(desk), known


def resident(reading: Reading, where: Places, known: Folk) -> UUID | None:
    """Find the resident of a row by its columns name, id, phone, building, stair, room."""
    before = len(reading.faults)
    name, number = reading.cell("name", cells.name), reading.cell("id", cells.id_number)
    phone = reading.cell("phone", cells.phone)
    flat = where.flat(reading) if _says_where(reading.row) else None
    if len(reading.faults) > before:
        return None
    found = known.find(name, number=number, home=flat.id if flat else None, phone=phone)
    if not found and not (number or flat or phone):
        found = known.named(name)
    found = [one for one in found if one in known.lives]  # whoever lives elsewhere is unknown here
    if len(found) == 1:
        return _same_name(reading, known.people[found[0]], name)
    if found:
        reading.fault("name", "fault-resident-several")
    else:
        _unknown(reading, name, known)
    return None


def _says_where(row: Row) -> bool:
    return bool(row.get("building") or row.get("room"))


def _same_name(reading: Reading, human: Human, name: str) -> UUID | None:
    if human.name != name:
        reading.fault("name", "fault-name-differs")
        return None
    return human.id


def _unknown(reading: Reading, name: str, known: Folk) -> None:
    names = list(dict.fromkeys(known.people[one].name for one in known.lives))
    near = [one for one in like(name, names) if one != name]
    if near:
        reading.fault("name", "fault-resident-like", known=listed(near))
    else:
        reading.fault("name", "fault-resident-unknown")


def about(human: Human, where: Places, known: Folk) -> tuple[str, str, str]:
    """Write where somebody lives; the flat where they are is written before the one of the papers."""
    lives = known.lives.get(human.id, [])
    first = min(lives, key=lambda one: (one.standing == "registered", one.id), default=None)
    return where.written(where.flats[first.home]) if first else ("", "", "")
