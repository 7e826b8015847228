"""Activities from a table: what, where, when, for how many, by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from core.crypto import open_json
from core.db import sql
from core.ids import uuid7
from models import Activity, ActivityStatus
from services.imports import Counts, Desk, Fault, Faulty, Reading, Row, cells, once_each
from services.imports.rows import add, change
from services.imports.words import like, listed


@dataclass(frozen=True, slots=True)
class Held:
    """An activity as it is kept."""

    id: UUID
    title: str
    place: str
    starts: datetime
    ends: datetime
    capacity: int
    points: int
    organiser: UUID
    taken: int = 0


Plan = list[tuple[Held | None, Held]]


async def check(desk: Desk, rows: Sequence[Row]) -> tuple[Plan, list[Fault]]:
    """Read every row; an activity is known by its title and the time when it begins."""
    before = {(one.title, one.starts): one for one in await _held(desk)}
    staff = await _staff(desk)
    return once_each(
        rows, lambda reading: _read(reading, desk, before, staff),
        lambda pair: (pair[1].title, pair[1].starts), column="title", twice="fault-activity-twice",
    )  # fmt: skip


def _read(
    reading: Reading, desk: Desk, before: Mapping[tuple[str, datetime], Held],
    staff: Mapping[UUID, str],
) -> tuple[Held | None, Held] | None:  # fmt: skip
    cell, row = reading.cell, reading.row
    title = cell("title", cells.needed(cells.text_up_to(60)))
    place = cell("place", cells.needed(cells.text_up_to(60)))
    on = cell("date", _day)
    starts, ends = cell("starts", cells.clock), cell("ends", cells.clock)
    capacity, points = cell("capacity", _capacity), cell("points", cells.integer(0, 1000))
    organiser = cell("organiser", lambda text: _organiser(text, staff))
    if reading.faults:
        return None
    if ends <= starts:
        reading.fault("ends", "fault-ends-first")
        return None
    begins = _at(on, starts, desk)
    old = before.get((title, begins))
    if row.id is not None:
        meant = next((one for one in before.values() if one.id == row.id), None)
        if old not in {None, meant}:
            reading.fault("title", "fault-there-already")
            return None
        old = meant
    if old is None and begins <= desk.now:
        reading.fault("date", "fault-past")
    if old is not None and capacity < old.taken:
        reading.fault("capacity", "fault-taken", taken=old.taken)
    if reading.faults:
        return None
    said = old.points if old and not row.get("points") else points or 0
    if old is not None and staff.get(old.organiser) == staff[organiser]:
        organiser = old.organiser
    now = Held(
        old.id if old else uuid7(), title, place, begins, _at(on, ends, desk), capacity, said,
        organiser, old.taken if old else 0,
    )  # fmt: skip
    return old, now


def _day(text: str) -> date:
    if (found := cells.day(text)) is None:
        raise Faulty("fault-empty")
    return found


def _capacity(text: str) -> int:
    if (found := cells.integer(1, 5000)(text)) is None:
        raise Faulty("fault-empty")
    return found


def _at(on: date, clock: time, desk: Desk) -> datetime:
    return datetime.combine(on, clock, desk.zone)


def _organiser(text: str, staff: Mapping[UUID, str]) -> UUID:
    """Find who organises among those who work here."""
    name = cells.name(text)
    found = [one for one, known in staff.items() if known == name]
    if found:
        return found[0]
    near = like(name, list(dict.fromkeys(staff.values())))
    raise Faulty("fault-staff-like" if near else "fault-staff", known=listed(near))


async def write(desk: Desk, plan: Plan) -> Counts:
    """Write the activities; who has joined keeps the place."""
    new = [_values(now) for old, now in plan if old is None]
    changed = [_values(now) for old, now in plan if old is not None and old != now]
    more = {"community_id": desk.community, "taken": 0, "status": ActivityStatus.OPEN}
    await add(desk.session, Activity, [one | more for one in new])
    await change(desk.session, Activity, changed)
    return Counts(len(new), len(changed), len(plan) - len(new) - len(changed))


def _values(one: Held) -> dict[str, Any]:
    return {
        "id": one.id, "title": one.title, "place": one.place, "starts_at": one.starts,
        "ends_at": one.ends, "capacity": one.capacity, "points": one.points,
        "organiser_id": one.organiser,
    }  # fmt: skip


async def _held(desk: Desk) -> list[Held]:
    rows = await desk.session.execute(
        sql(
            """
            SELECT id, title, place, starts_at, ends_at, capacity, points, organiser_id, taken
            FROM activity WHERE community_id = :community AND status = 'open'
            ORDER BY starts_at, title
            """
        ),
        {"community": desk.community},
    )
    return [Held(*row) for row in rows]


async def _staff(desk: Desk) -> dict[UUID, str]:
    """Name who may organise: workers, operators, and whoever does it already."""
    rows = await desk.session.execute(
        sql(
            """
            SELECT p.id, p.name FROM person p WHERE p.id IN (
                SELECT person_id FROM membership
                WHERE community_id = :community AND role IN ('worker', 'operator')
                UNION SELECT organiser_id FROM activity WHERE community_id = :community)
            ORDER BY p.id
            """
        ),
        {"community": desk.community},
    )
    return {row.id: open_json(row.name, "person.name") for row in rows}


async def lines(desk: Desk) -> list[tuple[UUID, tuple[str, ...]]]:
    """List the activities as rows of the import's own columns, in local time."""
    staff = await _staff(desk)
    rows: list[tuple[UUID, tuple[str, ...]]] = []
    for one in await _held(desk):
        starts, ends = one.starts.astimezone(desk.zone), one.ends.astimezone(desk.zone)
        row = (
            one.title, one.place, starts.date().isoformat(), f"{starts:%H:%M}", f"{ends:%H:%M}",
            str(one.capacity), str(one.points), staff[one.organiser],
        )  # fmt: skip
        rows.append((one.id, row))
    return rows
