"""Neighbours for the community of tests/world.py: more flats, people without chat, another grid."""

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from core.actor import Role
from core.db import Session, sql
from models import Grid, Home, HomeUse
from services import identity
from tests import make
from tests.world import Human, Item, World


@dataclass
class Neighbours:
    """Ids by name, flats by door."""

    people: dict[str, UUID]
    flats: dict[str, UUID]


async def moved_in(world: World) -> Neighbours:
    """Let them move in.

    3幢2单元501 陈桂芳 (in chat) and her son's room; 502 周秀兰, alone, no chat; 601 empty;
    602 程贵方, who sounds like 陈桂芳; 5幢 in another grid: 1单元101 陈大山.
    """
    made = Neighbours({}, {})

    async def work(session: Session) -> None:
        grid = (await session.get(Grid, world.grid)) or None
        assert grid is not None
        first = (await session.execute(sql("SELECT id, building_id FROM home"))).one()
        made.flats["501"] = first.id
        for door, use in (("502", "owned"), ("601", "vacant"), ("602", "owned")):
            made.flats[door] = await _flat(session, grid, first.building_id, door, use)
        other = await make.grid(session, world.community, number=2)
        made.flats["5-101"] = (
            await make.home(session, other, name="5幢", label="1单元 101室", stair=1)
        ).id
        for name, door, elder, more in (
            ("周秀兰", "502", True, {"phone": "13900000088", "id_number": "32040419450101001X"}),
            ("程贵方", "602", False, {"phone": "13900000099"}),
            ("陈大山", "5-101", True, {"phone": "13900000077"}),
        ):
            made.people[name] = await _person(session, name, made.flats[door], elder=elder, **more)
        await session.execute(sql("UPDATE shift SET ends_at = ends_at + interval '1 year'"))

    await world.db.run(work)
    return made


async def _flat(session: Session, grid: Grid, building: UUID, door: str, use: str) -> UUID:
    label = f"2单元 {door}室"
    made = await make.add(
        session,
        Home(community_id=grid.community_id, building_id=building, stair=2, floor=int(door[0]),
             use=HomeUse(use), label=label, label_index=identity.label_index(label)),
    )  # fmt: skip
    return UUID(str(made.id))


async def _person(
    session: Session, name: str, home: UUID, *, elder: bool, phone: str, id_number: str = ""
) -> UUID:
    more: dict[str, object] = {
        "phone": phone, "phone_index": identity.phone_index(phone),
        "phone_tail": identity.phone_tail(phone),
    }  # fmt: skip
    if id_number:
        more |= {
            "id_number": id_number, "id_index": identity.id_index(id_number),
            "id_tail": identity.id_tail(id_number),
        }  # fmt: skip
    person = await make.person(session, name, channel=None, **more)
    where = await session.get(Home, home)
    assert where is not None
    await make.residence(session, person.id, where, elder=elder)
    return UUID(str(person.id))


async def newcomer(world: World, name: str = "somebody") -> Human:
    """Let somebody write for the first time, in the web chat."""
    found: list[UUID] = []

    async def work(session: Session) -> None:
        who = await make.person(session, name)
        await make.membership(session, who.id, Role.RESIDENT, where=world.community)
        found.append(who.id)

    await world.db.run(work)
    return Human(world, found[0], name)


def by_day(world: World) -> None:
    """Let it be an hour in which anybody may be written to."""
    world.now = world.now.replace(hour=2) + timedelta(days=1)


async def newest(someone: Human) -> Item:
    """Return the newest card."""
    return (await someone.cards())[0]


def digits(card: Item) -> str:
    """Read the code of an invitation's card."""
    return re.sub(r"\D", "", str(card["title"]))


async def lives(world: World, who: Human) -> list[UUID]:
    """List where somebody lives now by the register."""
    rows = await world.fetch(
        "SELECT home_id FROM residence WHERE person_id = :p AND until IS NULL", p=who.id
    )
    return [row.home_id for row in rows]
