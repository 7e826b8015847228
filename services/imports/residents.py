"""Residents from a table: who somebody is, where they live since when, and what is kept of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from core.ids import uuid7
from models import HomeUse, Standing
from services.imports import Counts, Desk, Fault, Faulty, Reading, Row, cells, whom
from services.imports.folk import Folk, Human, Lives
from services.imports.moves import Moves
from services.imports.places import Flat, Places
from services.imports.words import listed, people, relation, words

_ELDER = 60
_EVERY = 200  # rows between two words on how far it has come


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says; None is nothing said, which changes nothing."""

    row: int
    name: str
    sex: str | None
    number: str | None
    born: date | None
    phone: str | None
    flat: Flat
    household: int | None
    relation: str | None
    standing: Standing | None
    groups: tuple[str, ...] | None
    needs: tuple[str, ...] | None
    use: HomeUse | None
    residence: UUID | None


async def check(desk: Desk, rows: Sequence[Row]) -> tuple[Moves, list[Fault]]:
    """Read every row; the good ones become what is to be written."""
    where, known = await whom.load(desk, rows)
    moves, faults = Moves(desk, where, known), list[Fault]()
    today = desk.now.astimezone(desk.zone).date()
    for done, row in enumerate(rows, 1):
        reading = Reading(row)
        said = _read(reading, where, today)
        if said is not None:
            _settle(moves, reading, said, today)
        faults += reading.faults
        if not done % _EVERY or done == len(rows):
            desk.step(done, len(rows))
    return moves, faults


def _read(reading: Reading, where: Places, today: date) -> Said | None:
    cell = reading.cell
    name, phone = cell("name", cells.name), cell("phone", cells.phone)
    number, born = cell("id", cells.id_number), cell("born", cells.born(today))
    sex = cell("sex", words("sexes").one)
    household = cell("household", cells.integer(1, 99))
    bound, standing = cell("relation", relation), cell("standing", words("standings").one)
    groups, needs = cell("groups", words("groups").several), cell("needs", words("needs").several)
    use = cell("use", words("uses").one)
    if number is not None:
        sex, born = _agree(reading, number, sex, born, today)
    flat = where.flat(reading)
    _in_grid(reading, where, flat)
    if reading.faults or flat is None:
        return None
    return Said(
        reading.row.number, name, sex, number, born, phone, flat, household, bound,
        Standing(standing) if standing else None, None if groups is None else tuple(groups),
        None if needs is None else tuple(needs), HomeUse(use) if use else None, reading.row.id,
    )  # fmt: skip


def _agree(
    reading: Reading, number: str, sex: str | None, born: date | None, today: date
) -> tuple[str, date]:
    """Hold sex and day of birth against the ID number, which says them where they are not said."""
    day, of = cells.id_born(number), cells.id_sex(number)
    if born is not None and born != day:
        reading.fault("born", "fault-born-differs", born=day.isoformat())
    elif born is None:
        try:
            cells.require_age(day, today)
        except Faulty as fault:
            reading.fault("id", fault.key, **fault.args_for_words)
    if sex is not None and sex != of:
        reading.fault("sex", "fault-sex-differs", sex=words("sexes").name(of))
    return of, day


def _in_grid(reading: Reading, where: Places, flat: Flat | None) -> None:
    """Refuse a grid in which the building does not lie."""
    grid = reading.cell("grid", where.grid)
    if grid is None or flat is None:
        return
    building = next(one for one in where.buildings if one.id == flat.building)
    if building.grid != grid.id:
        right = next(one.name for one in where.grids if one.id == building.grid)
        reading.fault("grid", "fault-grid-differs", building=building.name, grid=right)


def _settle(moves: Moves, reading: Reading, said: Said, today: date) -> None:
    """Decide who it is and what that changes."""
    known = moves.folk.find(said.name, number=said.number, home=said.flat.id, phone=said.phone)
    if said.residence is not None:
        meant = [
            one
            for one, lives in moves.folk.lives.items()
            if said.residence in {x.id for x in lives}
        ]
        if known and said.number and known != meant:
            reading.fault("id", "fault-id-taken")
            return
        known = meant
    if len(known) > 1:
        reading.fault("name", "fault-person-unclear")
        return
    old = moves.folk.people[known[0]] if known else None
    human = _human(old, said)
    before = _residence(moves.folk, human.id, said.flat.id)
    lives = Lives(
        before.id if before else uuid7(), human.id, said.flat.id,
        said.household or (before.household if before else 1),
        said.relation or (before.relation if before else None),
        said.standing or (before.standing if before else Standing.BOTH),
        cells.age(human.born, today) >= _ELDER if human.born else bool(before and before.elder),
        _groups(said, before),
    )  # fmt: skip
    if _once(moves, reading, lives):
        moves.take(said.row, old, human, before, lives, use=_use(said, lives))


def _groups(said: Said, before: Lives | None) -> tuple[str, ...]:
    if said.groups is None and said.residence is None and before is not None:
        return before.groups
    return said.groups or ()


def _once(moves: Moves, reading: Reading, lives: Lives) -> bool:
    """Refuse who stood in the file before, unless registered in one flat and living in another."""
    for row, other in moves.rows.get(lives.person, ()):
        if other.home == lives.home:
            reading.fault("name", "fault-person-twice", row=row)
            return False
        if (other.standing is Standing.REGISTERED) == (lives.standing is Standing.REGISTERED):
            reading.fault("name", "fault-person-elsewhere", row=row)
            return False
    return True


def _human(old: Human | None, said: Said) -> Human:
    if old is None:
        return Human(
            uuid7(), said.name, said.phone, said.number, said.sex, said.born, said.needs or ()
        )
    if said.residence is not None:
        return Human(
            old.id, said.name, said.phone, said.number, said.sex, said.born, said.needs or ()
        )
    return replace(
        old, name=said.name, phone=said.phone or old.phone, id_number=said.number or old.id_number,
        sex=said.sex or old.sex, born=said.born or old.born,
        needs=old.needs if said.needs is None else said.needs,
    )  # fmt: skip


def _residence(known: Folk, person: UUID, home: UUID) -> Lives | None:
    return next((one for one in known.lives.get(person, ()) if one.home == home), None)


def _use(said: Said, lives: Lives) -> HomeUse | None:
    """Tell how the flat is used from now on; None leaves it as it is."""
    if said.use is not None:
        return said.use
    if lives.standing is Standing.REGISTERED or said.flat.use is not HomeUse.VACANT:
        return None
    return HomeUse.LET if said.relation in people()["tenants"].split() else HomeUse.OWNED


async def write(_desk: Desk, moves: Moves) -> Counts:
    """Write what was decided."""
    return await moves.write()


async def lines(desk: Desk) -> list[tuple[UUID, tuple[str, ...]]]:
    """List the residents, flat by flat, as rows of the import's own columns, by their residence."""
    where, known = await whom.load(desk, [])
    grids = {one.id: one.name for one in where.grids}
    of_building = {one.id: one for one in where.buildings}
    rows = []
    for person, residences in known.lives.items():
        for lives in residences:
            flat = where.flats[lives.home]
            building = of_building[flat.building]
            order = (building.grid.hex, building.name, flat.stair, flat.room, lives.household)
            row = _row(known.people[person], lives, where.written(flat), grids[building.grid], flat)
            rows.append((order, lives.id, row))
    return [(one, row) for _, one, row in sorted(rows, key=lambda line: line[0])]


def _row(
    human: Human, lives: Lives, at: tuple[str, str, str], grid: str, flat: Flat
) -> tuple[str, ...]:
    said: Mapping[str, str] = spoken(human, lives)
    return (
        human.name, words("sexes").name(human.sex or ""), human.id_number or "",
        human.born.isoformat() if human.born else "", human.phone or "", *at, grid,
        str(lives.household), lives.relation or "", words("standings").name(lives.standing),
        said["groups"], said["needs"], words("uses").name(flat.use),
    )  # fmt: skip


def spoken(human: Human, lives: Lives | None) -> Mapping[str, str]:
    """Write groups and needs in words."""
    groups = lives.groups if lives else ()
    return {
        "groups": listed(words("groups").name(code) for code in groups),
        "needs": listed(words("needs").name(code) for code in human.needs),
    }
