"""A flat's record: who lives there with groups and needs, contacts and keys, devices and states."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from services import actors, audit, homes
from services.people import contacts, flats
from services.people.contacts import Contact
from services.people.flats import Door
from services.permissions import At, Permission, require


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who lives in the flat; `in_chat` when a message reaches them."""

    person: UUID
    name: str
    phone: str
    relation: str
    standing: str
    household: int
    elder: bool
    groups: tuple[str, ...]
    needs: tuple[str, ...]
    in_chat: bool
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A flat with its people, households in their order, and its devices with their states."""

    door: Door
    members: tuple[Member, ...]
    devices: tuple[tuple[str, str], ...]


async def opened(session: Session, by: Actor, *, home: UUID, now: datetime) -> Record:
    """Open a flat's record; each look is noted for each who lives there.

    Raises UserError `not-allowed` outside the own grid, `home-unknown` for none at all.
    """
    try:
        door = await flats.door(session, home)
    except LookupError:
        raise UserError("home-unknown", status=404) from None
    require(by, Permission.PEOPLE_READ, At(door.community, door.grid))
    members = await members_of(session, home)
    for one in members:
        audit.note(
            session, by, Permission.PEOPLE_READ, community=door.community, subject=one.person,
            thing=home, now=now,
        )  # fmt: skip
    return Record(door, members, tuple(await homes.devices_of(session, home)))


async def members_of(session: Session, home: UUID) -> tuple[Member, ...]:
    """List who lives in a flat now; for callers who have asked for permission."""
    rows = (
        await session.execute(
            sql(
                """
                SELECT p.id, p.name, p.phone, p.needs, r.relation, r.standing, r.household,
                       r.elder, r.groups,
                       EXISTS (SELECT 1 FROM channel_account a
                               WHERE a.person_id = p.id AND a.reachable) AS in_chat
                FROM residence r JOIN person p ON p.id = r.person_id
                WHERE r.home_id = :home AND r.until IS NULL
                ORDER BY r.household, r.elder DESC, r.id
                """
            ),
            {"home": home},
        )
    ).all()
    known = await _contacts(session, [row.id for row in rows])
    return tuple(
        Member(
            row.id, open_json(row.name, "person.name"),
            open_json(row.phone, "person.phone") if row.phone else "",
            open_json(row.relation, "residence.relation") if row.relation else "",
            row.standing, row.household, row.elder,
            tuple(open_json(row.groups, "residence.groups") or ()) if row.groups else (),
            tuple(open_json(row.needs, "person.needs") or ()) if row.needs else (),
            row.in_chat, tuple(known[row.id]),
        )
        for row in rows
    )  # fmt: skip


async def name_of(session: Session, by: Actor, person: UUID) -> str:
    """Name somebody to those who may read of them where they live; raises UserError."""
    doors = await flats.lived_in(session, person)
    if not doors:
        raise UserError("person-lives-nowhere", status=409)
    require(by, Permission.PEOPLE_READ, At(doors[0].community, doors[0].grid, person))
    return (await actors.names(session, [person]))[person]


async def _contacts(session: Session, people: Collection[UUID]) -> dict[UUID, list[Contact]]:
    found: dict[UUID, list[Contact]] = defaultdict(list)
    for one in await contacts.of(session, people):
        found[one.person].append(one)
    return found
