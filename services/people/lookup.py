"""Finding residents within the own grids: by flat, name as written or heard, and last four digits.

Names are sealed, so the own grids are opened in memory for one turn; what is shown of it is noted.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from services import audit, identity
from services.people import flats, names, spoken
from services.people.flats import Door
from services.permissions import At, Permission, require

PAGE = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A flat that is meant, or somebody in it; `name` is whole and masked by whoever shows it."""

    home: UUID
    community: UUID
    grid: UUID
    place: str
    use: str
    person: UUID | None = None
    name: str = ""
    elder: bool = False
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, or flats near one that there is not, or that it is another grid's."""

    hits: tuple[Hit, ...] = ()
    nearest: tuple[Door, ...] = ()
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class _Living:
    person: UUID
    name: str
    home: UUID
    elder: bool
    groups: tuple[str, ...]


async def find(session: Session, by: Actor, text: str) -> Found:
    """Find who or which flats are meant; raises UserError `not-allowed` to all but staff."""
    grids = await flats.own_grids(session, by, Permission.PEOPLE_FIND)
    if not grids:
        raise UserError("not-allowed", status=403)
    if number := spoken.long_number(text):
        return Found(await _numbered(session, grids, _of_number(number)))
    found = await _by_flat(session, grids, text)
    if tail := spoken.tail_of(text):
        phone, own = identity.tail_indexes(tail)
        ends = "p.phone_tail = :phone OR p.id_tail = :own", {"phone": phone, "own": own}
        hits = await _numbered(session, grids, ends)
        return Found((*found.hits, *hits), found.nearest, found.elsewhere)
    if found.hits or found.nearest or found.elsewhere:
        return found
    return Found(await _by_name(session, grids, text))


async def living_in(session: Session, by: Actor, at: Hit) -> tuple[Hit, ...]:
    """List who lives in a flat that was found."""
    require(by, Permission.PEOPLE_FIND, At(at.community, at.grid))
    return tuple(
        replace(at, person=one.person, name=one.name, elder=one.elder, groups=one.groups)
        for one in await _living(session, [at.home])
    )


async def shown(session: Session, by: Actor, hits: Iterable[Hit], *, now: datetime) -> None:
    """Write down that this part of a list was seen."""
    people = [one for one in hits if one.person is not None]
    for one in people:
        require(by, Permission.PEOPLE_FIND, At(one.community, one.grid))
    for community in {one.community for one in people}:
        many = sum(one.community == community for one in people)
        audit.note(session, by, Permission.PEOPLE_FIND, community=community, how_many=many, now=now)


async def _by_flat(session: Session, grids: dict[UUID, UUID], text: str) -> Found:
    """Find flats, or those within a building or stair who are of the groups that were said."""
    flat = spoken.flat_of(text)
    groups, use = spoken.groups_of(text), spoken.use_of(text)
    if flat is None and groups:
        return Found(await _by_group(session, grids, set(groups)))
    if flat is None and use is None:
        return Found()
    flat = flat or spoken.Flat(None, None, None)
    doors: list[Door] = []
    for community in dict.fromkeys(grids.values()):
        doors += await flats.matching(session, community, flat, grids=grids)
    if not doors and flat.door is not None:
        return await _not_there(session, grids, flat)
    if use is not None and not groups:
        return Found(tuple(_of_door(one) for one in doors if one.use == use))
    living = await _living(session, {one.home for one in doors})
    if groups:
        chosen = [one for one in living if set(groups) & set(one.groups)]
        return Found(_of_people(doors, chosen))
    everybody = [(one.person, one.name, one.elder) for one in living]
    if named := set(names.best(everybody, names.tests(spoken.bare(text)))):
        return Found(_of_people(doors, [one for one in living if one.person in named]))
    return Found(tuple(_of_door(one) for one in doors))


async def _not_there(session: Session, grids: dict[UUID, UUID], flat: spoken.Flat) -> Found:
    """Say which flats are near, or that the flat is another grid's."""
    for community in dict.fromkeys(grids.values()):
        if flat.building and await flats.matching(session, community, flat):
            return Found(elsewhere=True)
    near = [
        one
        for community in dict.fromkeys(grids.values())
        for one in await flats.nearest(session, community, flat, grids=grids)
    ]
    return Found(nearest=tuple(near[: flats.NEAREST]))


def _of_number(number: str) -> tuple[str, dict[str, Any]]:
    return (
        "p.phone_index = :phone OR p.id_index = :own",
        {"phone": identity.phone_index(number), "own": identity.id_index(number)},
    )


async def _numbered(
    session: Session, grids: dict[UUID, UUID], which: tuple[str, dict[str, Any]]
) -> tuple[Hit, ...]:
    condition, values = which
    return await _hits(session, grids, condition, values)


async def _by_name(session: Session, grids: dict[UUID, UUID], text: str) -> tuple[Hit, ...]:
    """Open the names of the grids, take who fits best, and read the rest of those alone."""
    tests = names.tests(text)
    if not tests:
        return ()
    row = await _everybody(session, grids, "p.name")
    people = [
        (who, _name(sealed), elder)
        for who, sealed, elder in zip(row.ids, row.sealed, row.elders, strict=True)
    ]
    chosen = names.best(people, tests)
    return await _hits(session, grids, "p.id = ANY(CAST(:chosen AS uuid[]))", {"chosen": chosen})


async def _by_group(session: Session, grids: dict[UUID, UUID], groups: set[str]) -> tuple[Hit, ...]:
    row = await _everybody(session, grids, "r.groups")
    chosen = [
        who
        for who, sealed in zip(row.ids, row.sealed, strict=True)
        if not groups.isdisjoint(_groups(sealed))
    ]
    return await _hits(session, grids, "p.id = ANY(CAST(:chosen AS uuid[]))", {"chosen": chosen})


async def _everybody(session: Session, grids: dict[UUID, UUID], column: str) -> Any:
    """Read a column of all of these grids as one row of arrays: there may be thousands."""
    rows = await session.execute(
        sql(
            f"""
            SELECT coalesce(array_agg(p.id), '{{}}') AS ids,
                   coalesce(array_agg({column}), '{{}}') AS sealed,
                   coalesce(array_agg(r.elder), '{{}}') AS elders
            FROM residence r JOIN person p ON p.id = r.person_id
            JOIN home h ON h.id = r.home_id JOIN building b ON b.id = h.building_id
            WHERE r.until IS NULL AND b.grid_id = ANY(CAST(:grids AS uuid[]))
              AND {column} IS NOT NULL
            """  # noqa: S608  (columns are literals of this module)
        ),
        {"grids": list(grids)},
    )
    return rows.one()


async def _living(session: Session, homes: Collection[UUID]) -> list[_Living]:
    rows = await session.execute(
        sql(
            """
            SELECT p.id, p.name, r.home_id, r.elder, r.groups
            FROM residence r JOIN person p ON p.id = r.person_id
            WHERE r.until IS NULL AND r.home_id = ANY(CAST(:homes AS uuid[]))
            ORDER BY r.elder DESC, r.id
            """
        ),
        {"homes": list(homes)},
    )
    return [
        _Living(row.id, _name(row.name), row.home_id, row.elder, _groups(row.groups))
        for row in rows
    ]


async def _hits(
    session: Session, grids: dict[UUID, UUID], condition: str, values: dict[str, Any]
) -> tuple[Hit, ...]:
    """List those who live in these grids and fulfil a condition of this module."""
    rows = await session.execute(
        sql(
            f"""
            SELECT p.id, p.name, r.home_id, r.elder, r.groups, h.label, h.use, b.name AS building,
                   b.grid_id, b.community_id
            FROM residence r JOIN person p ON p.id = r.person_id
            JOIN home h ON h.id = r.home_id JOIN building b ON b.id = h.building_id
            WHERE r.until IS NULL AND b.grid_id = ANY(CAST(:grids AS uuid[])) AND ({condition})
            ORDER BY r.elder DESC, r.id
            """  # noqa: S608  (conditions are literals of this module)
        ),
        values | {"grids": list(grids)},
    )
    labels: dict[UUID, str] = {}
    found = []
    for row in rows:
        if row.home_id not in labels:
            labels[row.home_id] = f"{row.building} {open_json(row.label, 'home.label')}"
        found.append(
            Hit(row.home_id, row.community_id, row.grid_id, labels[row.home_id], row.use, row.id,
                _name(row.name), row.elder, _groups(row.groups))
        )  # fmt: skip
    return tuple(found)


def _of_door(one: Door) -> Hit:
    return Hit(one.home, one.community, one.grid, one.place, one.use)


def _of_people(doors: Iterable[Door], people: Iterable[_Living]) -> tuple[Hit, ...]:
    known = {one.home: one for one in doors}
    return tuple(
        Hit(at.home, at.community, at.grid, at.place, at.use, who.person, who.name, who.elder,
            who.groups)
        for who in people
        for at in (known[who.home],)
    )  # fmt: skip


# By what is sealed, so nothing here can be out of date: a name that is changed is sealed anew.
@lru_cache(maxsize=20_000)
def _name(sealed: bytes) -> str:
    return str(open_json(sealed, "person.name"))


@lru_cache(maxsize=20_000)
def _groups(sealed: bytes | None) -> tuple[str, ...]:
    return tuple(open_json(sealed, "residence.groups") or ()) if sealed else ()
