"""The default rules of every installation, and the demo's whole community."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from core.clock import local
from core.db import Database, Session, sql
from models import Building, Community, Grid, Home, Rule, Street
from ops.seed import (
    activities,
    data,
    ground,
    papers,
    phones,
    points,
    residents,
    rewards,
    roles,
    rota,
    shops,
)
from ops.seed.residents import Flat, persona
from ops.seed.rows import Rows
from services import identity
from services.rules import enrol

SLUG = "default"
_LOCK = 7_204_512
_PLAIN_RULE: dict[str, object] = {
    "looks_for": "threshold", "kind": None, "scope": "community", "scope_index": b"",
    "comparison": ">=", "clear_limit": None, "span_s": None, "times": None, "schedule": [],
}  # fmt: skip
_CHANCE = 6626  # the same community at every start
_AGE = timedelta(days=120)


class NotEmptyError(RuntimeError):
    """Refuse to mix invented people with a real community's."""


async def seed(
    db: Database, *, demo: bool, now: datetime, channels: Collection[str] = ()
) -> dict[str, int]:
    """Write what is missing, in one transaction; return how many rows of which table.

    With `demo` the community `default` becomes the demo's, and its people are on duty from the
    midnight before `now`. `channels` are the vendors for which the demo has phones. Raises
    NotEmptyError where somebody else's buildings stand already.
    """

    async def work(session: Session) -> dict[str, int]:
        return await _seed(session, demo=demo, now=now, channels=channels)

    return await db.run(work)


async def _seed(
    session: Session, *, demo: bool, now: datetime, channels: Collection[str]
) -> dict[str, int]:
    await session.execute(sql("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    written: Counter[str] = Counter()
    community = await _community(session, written)
    written.update(await _rules(session, community, now=now))
    if demo:
        written.update(await _demo(session, community, now=now))
        written.update(await rewards.keep_up(session, community, now=now))
        written.update(await phones.keep_up(session, community, channels=channels, now=now))
    return dict(written)


async def bare(session: Session, slug: str, *, now: datetime) -> UUID:
    """Find a community, or make one with the default rules and nobody in it."""
    community = await _community(session, Counter(), slug)
    await _rules(session, community, now=now)
    return community


async def _community(session: Session, written: Counter[str], slug: str = SLUG) -> UUID:
    found = await session.execute(
        sql("SELECT id FROM community WHERE slug = :slug"), {"slug": slug}
    )
    if (known := found.scalar_one_or_none()) is not None:
        return UUID(str(known))
    names, (lon, lat) = data.demo("place")["unnamed"], data.demo("place")["centre"]
    rows = Rows()
    street = rows.make(Street, name=names["street"])
    made = rows.make(
        Community, street_id=street, slug=slug, name=names["community"], lon=lon, lat=lat
    )
    written.update(await rows.write(session))
    return made


async def _rules(session: Session, community: UUID, *, now: datetime) -> Mapping[str, int]:
    """Add rules whose key is not there yet; a rule that was changed or switched off stays so."""
    found = await session.execute(
        sql("SELECT DISTINCT key FROM rule WHERE community_id = :community"),
        {"community": community},
    )
    known = set(found.scalars())
    rows = Rows()
    for rule in data.rules():
        if rule["key"] not in known:
            rows.make(
                Rule, community_id=community, version=1, enabled=True, created_at=now,
                **{**_PLAIN_RULE, **rule},
            )  # fmt: skip
    written = await rows.write(session)
    await enrol.start(session, now=now)
    return written


async def _demo(session: Session, community: UUID, *, now: datetime) -> Mapping[str, int]:
    rows = Rows()
    found = await session.execute(
        sql(
            """
            SELECT EXISTS (SELECT 1 FROM demo_persona),
                   EXISTS (SELECT 1 FROM building WHERE community_id = :community)
            """
        ),
        {"community": community},
    )
    seeded, built = found.one()
    if seeded:
        await rota.keep_up(session, rows, community, now=now)
    elif built:
        raise NotEmptyError("The community `default` holds data; the demo needs an empty one.")
    else:
        await _name(session, community)
        _invent(rows, community, now=now)
    written = Counter(await rows.write(session))
    await _telephone(session, community)
    written.update(await shops.keep_up(session, community, now=now))
    written.update(await activities.keep_up(session, community, now=now))
    return dict(written)


async def _name(session: Session, community: UUID) -> None:
    place = data.demo("place")
    await session.execute(
        sql(
            """
            WITH c AS (UPDATE community SET name = :name, lon = :lon, lat = :lat
                       WHERE id = :id RETURNING street_id)
            UPDATE street SET name = :street FROM c WHERE street.id = c.street_id
            """
        ),
        {
            "id": community, "name": place["community"], "street": place["street"],
            "lon": place["centre"][0], "lat": place["centre"][1],
        },
    )  # fmt: skip


async def _telephone(session: Session, community: UUID) -> None:
    """Give the demo's office a telephone, also in a demo that was seeded before it had one."""
    await session.execute(
        sql("UPDATE community SET phone = :phone WHERE id = :id AND phone IS NULL"),
        {"phone": data.demo("place")["phone"], "id": community},
    )


def _invent(rows: Rows, community: UUID, *, now: datetime) -> None:
    """Make up the community; only dates and ids differ from one installation to the next."""
    rng = Random(_CHANCE)
    began = rota.midnight(now) - _AGE
    houses = ground.houses(rng)
    flats = residents.flats(houses, rng)
    grids = [
        rows.make(Grid, community_id=community, number=number, name=name)
        for number, name in enumerate(data.demo("place")["grids"], 1)
    ]
    buildings = {house.number: _building(rows, community, grids, house) for house in houses}
    _homes(rows, community, buildings, flats)
    cast = roles.move_in(residents.households(flats, rng))
    equipped = points.equipped(cast.households, cast.elder_home, rng)
    people = roles.People(rows, community, began)
    played = {cast.elder.id: persona("elder"), cast.resident.id: persona("resident")}
    written = papers.of(cast.households, played, today=local(now).date())
    roles.write_residents(people, cast, equipped, written)
    family = roles.write_relatives(people, cast, equipped, written, rng)
    personas, posts = roles.write_staff(people, grids)
    roles.write_teams(people, grids, posts)
    personas |= {"elder": cast.elder.id, "resident": cast.resident.id, "family": family}
    roles.write_personas(rows, personas)
    devices = points.plan(equipped, houses, rng)
    points.write(rows, devices, community, grids, buildings, began=began, now=now)
    rota.write(rows, posts, community, now=now)


def _building(rows: Rows, community: UUID, grids: list[UUID], house: ground.House) -> UUID:
    (lon, lat), place = house.at(0, 0), data.demo("place")
    address = place["words"]["address"].format(
        address=place["addresses"][house.grid], house=house.name
    )
    return rows.make(
        Building, community_id=community, grid_id=grids[house.grid], name=house.name,
        address=address, stairs=house.stairs, floors=house.floors, outline=house.ring(),
        lon=lon, lat=lat,
    )  # fmt: skip


def _homes(rows: Rows, community: UUID, buildings: Mapping[int, UUID], flats: list[Flat]) -> None:
    for flat in flats:
        rows.add(
            Home, id=flat.id, community_id=community, building_id=buildings[flat.house.number],
            stair=flat.stair, floor=flat.floor, use=flat.use, label=flat.label,
            label_index=identity.label_index(flat.label),
        )  # fmt: skip
