"""The residents of a community or of the own grids, flat by flat; masked for whoever must open them."""

from datetime import datetime
from typing import Any

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from services import audit, identity, masks
from services.lists.pages import WORDS, Asked, Page, Query, read, within
from services.people import names, spoken
from services.permissions import At, Permission

_SOURCE = """residence r JOIN person p ON p.id = r.person_id JOIN home h ON h.id = r.home_id
    JOIN building b ON b.id = h.building_id JOIN grid g ON g.id = b.grid_id"""
_QUERY = Query(
    "r.id, p.id AS person, p.name, p.phone, r.elder, r.groups, r.standing, h.label, "
    "b.name AS building, b.grid_id, g.name AS grid",
    _SOURCE,
    (
        ("length(b.name)", "integer"), ("b.name", "text"), ("h.stair", "integer"),
        ("h.floor", "integer"), ("r.id", "uuid"),
    ),
)  # fmt: skip


async def listing(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:
    """List residents; the look is written down with how many it showed."""
    scope, values = within(by, Permission.PEOPLE_FIND, asked.community, "b")
    conditions = ["r.until IS NULL", scope]
    for name, column in (("grid", "b.grid_id"), ("building", "b.id")):
        if (chosen := asked.id(name)) is not None:
            conditions.append(f"{column} = :{name}")
            values[name] = chosen
    if asked.one("elder"):
        conditions.append("r.elder = :elder")
        values["elder"] = asked.one("elder") == "yes"
    if standing := asked.one("standing"):
        conditions.append("r.standing = :standing")
        values["standing"] = standing
    if group := asked.one("group"):
        conditions.append("r.id = ANY(CAST(:grouped AS uuid[]))")
        values["grouped"] = await _of_group(session, conditions[:-1], values, group)
    if words := asked.words.strip()[:WORDS]:
        found = await _said(session, conditions, values, words)
        conditions.append("r.id = ANY(CAST(:said AS uuid[]))")
        values["said"] = found
    rows, goes_on, total = await read(session, _QUERY, conditions, values, asked)
    if rows:
        audit.note(
            session, by, Permission.PEOPLE_FIND, community=asked.community, how_many=len(rows),
            now=now,
        )  # fmt: skip
    return Page([_row(by, asked, row) for row in rows], goes_on, total)


def _row(by: Actor, asked: Asked, row: Any) -> dict[str, Any]:
    whole = masks.whole(by, At(asked.community, row.grid_id, row.person))
    phone = open_json(row.phone, "person.phone") if row.phone else ""
    return {
        "id": row.id, "person": row.person, "name": masks.shown(row.name, whole=whole),
        "phone": phone if whole else masks.phone(phone), "building": row.building,
        "flat": open_json(row.label, "home.label"), "grid": row.grid, "elder": row.elder,
        "groups": open_json(row.groups, "residence.groups") or [] if row.groups else [],
        "standing": row.standing, "masked": not whole,
    }  # fmt: skip


async def _of_group(
    session: Session, conditions: list[str], values: dict[str, Any], group: str
) -> list[Any]:
    """Open the groups of those who may be meant: health data is sealed and never filtered on."""
    rows = await _all(session, "r.id, r.groups", [*conditions, "r.groups IS NOT NULL"], values)
    return [row.id for row in rows if group in (open_json(row.groups, "residence.groups") or ())]


async def _said(
    session: Session, conditions: list[str], values: dict[str, Any], words: str
) -> list[Any]:
    """Find who is meant by a number, its last four figures, a flat, or a name as written or heard."""
    if number := spoken.long_number(words):
        which = "p.phone_index = :phone OR p.id_index = :own"
        more = {"phone": identity.phone_index(number), "own": identity.id_index(number)}
        rows = await _all(session, "r.id", [*conditions, f"({which})"], values | more)
        return [row.id for row in rows]
    if tail := spoken.tail_of(words):
        phone, own = identity.tail_indexes(tail)
        which = "p.phone_tail = :phone OR p.id_tail = :own"
        rows = await _all(
            session, "r.id", [*conditions, f"({which})"], values | {"phone": phone, "own": own}
        )
        if rows:
            return [row.id for row in rows]
    rows = await _all(
        session, "r.id, p.name, r.elder, b.name AS building, h.label", conditions, values
    )
    if any(char.isdigit() for char in words):
        parts = words.replace(" ", "")
        return [
            row.id
            for row in rows
            if parts in f"{row.building}{open_json(row.label, 'home.label')}".replace(" ", "")
        ]
    people = [(row.id, str(open_json(row.name, "person.name")), row.elder) for row in rows]
    return names.best(people, names.tests(words)) or [
        one for one, name, _ in people if words in name
    ]


async def _all(
    session: Session, columns: str, conditions: list[str], values: dict[str, Any]
) -> list[Any]:
    rows = await session.execute(
        sql(f"SELECT {columns} FROM {_SOURCE} WHERE {' AND '.join(conditions)}"),  # noqa: S608  (literals of this module)
        values,
    )
    return list(rows)
