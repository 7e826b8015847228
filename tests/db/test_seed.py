"""The seed: the article's figures, made once, sealed, and the demo's rota kept up."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import cos, hypot, radians
from typing import Any
from uuid import UUID

import pytest

from core.actor import CLOCK, Role
from core.crypto import open_json
from core.db import Database, sql
from core.errors import UserError
from models import Street
from ops.seed import NotEmptyError, data, seed
from ops.seed.rows import Rows
from ops.sim import simulated
from services import actors, login
from services.duty import on_duty
from services.ingest.registry import Registry, external_index
from services.map_points import features
from services.stats import figures
from tests import make

PERSONAS = (
    Role.RESIDENT, Role.FAMILY, Role.ELDER, Role.WORKER, Role.MERCHANT, Role.OPERATOR,
)  # fmt: skip
NOW = datetime(2025, 6, 1, 2, 30, tzinfo=UTC)
MIDNIGHT = datetime(2025, 5, 31, 16, tzinfo=UTC)
RULES = {"smoke", "gas", "carbon_monoxide", "sos", "fall"}
DEVICES = {
    "door": 30, "gas": 22, "smoke": 30, "wristband": 20, "water": 20, "camera": 34,
    "manhole": 12, "fire": 9, "lane": 3, "rubbish": 2, "parking": 2, "street": 2,
}  # fmt: skip
TABLES = ("person", "residence", "home", "device", "channel_account", "membership")


async def rows(db: Database, query: str, **values: Any) -> Sequence[Any]:
    """Read rows."""
    async with db.reading() as session:
        return (await session.execute(sql(query), values)).all()


async def one(db: Database, query: str, **values: Any) -> Any:
    """Read a single value."""
    return (await rows(db, query, **values))[0][0]


async def community(db: Database) -> UUID:
    """Find the community."""
    return UUID(str(await one(db, "SELECT id FROM community WHERE slug = 'default'")))


async def test_rules_without_a_demo(db: Database) -> None:
    """Every installation gets a community and the life rules, and nobody in it."""
    written = await seed(db, demo=False, now=NOW)
    assert written == {"street": 1, "community": 1, "rule": len(data.rules())}
    found = await rows(db, "SELECT * FROM rule")
    assert {row.key for row in found} == {rule["key"] for rule in data.rules()} >= RULES
    assert all(row.source for row in found)
    for row in (row for row in found if row.key in RULES):
        judged = (row.metric, row.comparison, row.limit, row.severity, row.version, row.enabled)
        assert judged == (row.key, ">=", 1, "life", 1, True)
    assert await one(db, "SELECT count(*) FROM person") == 0
    assert await seed(db, demo=False, now=NOW) == {}
    assert await simulated(db) == []


async def test_a_changed_rule_stays_changed(db: Database) -> None:
    """A version that somebody wrote is not overruled by the defaults."""
    async with db.transaction() as session:
        place = await make.community(session)
        await make.rule(session, place.id, "water_leak", version=2, enabled=False)
    written = await seed(db, demo=False, now=NOW)
    assert written == {"rule": len(data.rules()) - len(RULES) - 1}
    found = await rows(db, "SELECT version, enabled FROM rule WHERE key = 'water_leak'")
    assert [tuple(row) for row in found] == [(2, False)]


async def test_the_figures(db: Database) -> None:
    """The demo is the article's community in figures."""
    await seed(db, demo=True, now=NOW)
    async with db.reading() as session:
        live = await figures(session, CLOCK, await community(db), now=NOW)
    assert (live["population"], live["elders"]) == (6626, 2518)
    assert {kind: row["total"] for kind, row in live["devices"].items()} == DEVICES
    assert sum(row["offline"] for row in live["devices"].values()) == 3
    assert live["workers_on_duty"] == 11
    assert await one(db, "SELECT count(*) FROM grid") == 8
    assert await one(db, "SELECT count(*) FROM building") == 46
    at_home = await rows(
        db,
        "SELECT count(*) FROM device WHERE kind <> 'gateway' GROUP BY home_index IS NULL ORDER BY 1",
    )
    assert [row[0] for row in at_home] == [49 + 9, 128]
    uses = {row.use: row.n for row in await rows(db, "SELECT use, count(*) n FROM home GROUP BY 1")}
    flats = sum(uses.values())
    assert 2600 < flats < 2700
    assert abs(uses["owned"] / flats - 0.71) < 0.01
    assert abs(uses["let"] / flats - 0.21) < 0.01
    empty = """SELECT count(*) FROM home h WHERE (use = 'vacant') = EXISTS (
               SELECT 1 FROM residence r WHERE r.home_id = h.id)"""
    assert await one(db, empty) == 0


async def test_a_second_time_adds_nothing(db: Database) -> None:
    """The same day's second start changes no row."""
    first = await seed(db, demo=True, now=NOW)
    before = {table: len(await rows(db, f"TABLE {table}")) for table in first}
    assert await seed(db, demo=True, now=NOW + timedelta(hours=3)) == {}
    assert {table: len(await rows(db, f"TABLE {table}")) for table in first} == before


async def test_a_real_community_is_left_alone(db: Database) -> None:
    """Invented people never move in beside real ones."""
    async with db.transaction() as session:
        made = await make.community(session)
        grid = await make.grid(session, made.id)
        await make.home(session, grid)
    with pytest.raises(NotEmptyError):
        await seed(db, demo=True, now=NOW)
    assert await one(db, "SELECT count(*) FROM person") == 0


async def test_nothing_is_readable_in_the_tables(db: Database) -> None:
    """Names, door labels, telephones and devices' names occur in no row, plain or as bytes."""
    await seed(db, demo=True, now=NOW)
    secrets = {"13900000001", "861261020000001", "cam_dongfang_01"}
    known = {"frigate"}  # the recorder is called as its ecosystem
    for table, column in (("person", "name"), ("home", "label"), ("device", "external")):
        sealed = await rows(db, f"SELECT {column} FROM {table} ORDER BY id")  # noqa: S608
        step = max(1, len(sealed) // 40)
        secrets |= {open_json(row[0], f"{table}.{column}") for row in sealed[::step]}
    texts = {
        row[0]
        for table in TABLES
        for row in await rows(db, f"SELECT t::text FROM {table} t")  # noqa: S608
    }
    everything = "\n".join(texts)
    for secret in secrets - known:
        assert secret not in everything
        assert secret.encode().hex() not in everything


async def test_the_personas(db: Database) -> None:
    """Each visitor's role is granted, and each can be reached in the web chat."""
    await seed(db, demo=True, now=NOW)
    where = await community(db)
    async with db.reading() as session:
        for role in PERSONAS:
            person = await login.by_persona(session, role)
            actor = await actors.actor(session, person)
            assert role in actor.roles
            if role not in {Role.FAMILY, Role.ELDER}:
                assert actor.has(role, community=where)
        with pytest.raises(UserError):
            await login.by_persona(session, "mayor")
        elder = await login.by_persona(session, "elder")
        assert (await actors.profile(session, elder)).large_type
        assert (await actors.actor(session, elder)).has(Role.RESIDENT, community=where)
    external = "SELECT person_id FROM channel_account WHERE channel = 'web' AND reachable"
    reachable = {row[0] for row in await rows(db, external)}
    assert {row[0] for row in await rows(db, "SELECT person_id FROM demo_persona")} <= reachable


async def test_the_elder_has_every_device_and_a_family(db: Database) -> None:
    """The elder persona lives alone among five devices that are online; the family is linked."""
    await seed(db, demo=True, now=NOW)
    async with db.reading() as session:
        elder = await login.by_persona(session, "elder")
        family = await login.by_persona(session, "family")
        kinds = [
            row.kind
            for row in await rows(db, "SELECT kind, place FROM device JOIN device_presence "
                                      "ON device_id = id AND online")
            if open_json(row.place, "device.place")["people"] == [str(elder)]
        ]  # fmt: skip
    assert sorted(kinds) == ["door", "gas", "smoke", "water", "wristband"]
    home = "SELECT home_id, groups FROM residence WHERE person_id = :elder"
    (lives,) = await rows(db, home, elder=elder)
    assert "living_alone" in open_json(lives.groups, "residence.groups")
    together = "SELECT count(*) FROM residence WHERE home_id = :home"
    assert await one(db, together, home=lives.home_id) == 1
    links = "SELECT relative_id FROM family_link WHERE elder_id = :elder AND ended_at IS NULL"
    assert [row[0] for row in await rows(db, links, elder=elder)] == [family]


async def test_every_protected_elder_is_reachable(db: Database) -> None:
    """Whoever a device protects is an elder of that flat with an account; relatives too."""
    await seed(db, demo=True, now=NOW)
    found = await rows(db, "SELECT kind, place FROM device WHERE home_index IS NOT NULL")
    places = [open_json(row.place, "device.place") for row in found]
    people = {UUID(person) for place in places for person in place["people"]}
    assert all(place["people"] and place["home"] for place in places)
    assert len({place["home"] for place in places}) == 40
    lives = {
        row.person_id: str(row.home_id)
        for row in await rows(db, "SELECT person_id, home_id FROM residence WHERE elder")
    }
    assert all(lives[UUID(p)] == place["home"] for place in places for p in place["people"])
    relatives = {row[0] for row in await rows(db, "SELECT relative_id FROM family_link")}
    assert len(relatives) == 26
    everybody = people | relatives
    async with db.reading() as session:
        assert await actors.reachable(session, everybody) == dict.fromkeys(everybody, "web")


async def test_devices_are_found_by_their_own_names(db: Database) -> None:
    """What a device calls itself leads the listener to it; names suit topics."""
    await seed(db, demo=True, now=NOW)
    found = await rows(
        db,
        """
        SELECT id, source, external, external_index, place FROM device WHERE kind <> 'gateway'
        """,
    )
    names = {open_json(row.place, "device.place")["name"] for row in found}
    externals = {row.id: open_json(row.external, "device.external") for row in found}
    assert len(names) == len(set(externals.values())) == len(found)
    for row in found:
        external, name = externals[row.id], open_json(row.place, "device.place")["name"]
        assert bytes(row.external_index) == external_index(external)
        assert name == name.strip()
        assert not set("/+#") & set(name + external)
        assert (external == name) is (row.source == "zigbee2mqtt")
    addresses = [(row.source, externals[row.id], "default") for row in found]
    registry = Registry()
    async with db.reading() as session:
        await registry.refresh(session, addresses, now=NOW)
    assert [registry.devices[a].id for a in addresses] == [row.id for row in found]
    silent = "SELECT count(*) FROM device_presence WHERE last_seen IS NULL"
    assert await one(db, silent) == 3
    pushed = sum(row.source == "ctwing" for row in found)  # the last of these is silent as well
    gateways = await one(db, "SELECT count(*) FROM device WHERE kind = 'gateway'")
    assert len(await simulated(db)) == len(found) - 3 - pushed + 1 + gateways == 185


async def test_the_map_is_believable(db: Database) -> None:
    """Outlines are closed and apart; points lie near the middle and never on each other."""
    await seed(db, demo=True, now=NOW)
    boxes = []
    for row in await rows(db, "SELECT outline, lon, lat FROM building"):
        assert row.outline[0] == row.outline[-1]
        assert len(row.outline) in {5, 7}
        lons, lats = zip(*row.outline, strict=True)
        assert min(lons) < row.lon < max(lons)
        assert min(lats) < row.lat < max(lats)
        boxes.append((min(lons), max(lons), min(lats), max(lats)))
    for a, b in combinations(boxes, 2):
        assert a[1] < b[0] or b[1] < a[0] or a[3] < b[2] or b[3] < a[2]
    async with db.reading() as session:
        shown = await features(session, CLOCK, await community(db))
    spots = [_metres(*feature["geometry"]["coordinates"]) for feature in shown]
    assert all(hypot(*spot) < 600 for spot in spots)
    assert min(hypot(a[0] - b[0], a[1] - b[1]) for a, b in combinations(spots, 2)) > 2


def _metres(lon: float, lat: float) -> tuple[float, float]:
    return (lon - 120.06) * 111_320 * cos(radians(31.72)), (lat - 31.72) * 110_900


async def test_somebody_is_always_on_duty(db: Database) -> None:
    """Whenever the demo starts, each grid has the persona on duty, a backup and a lead."""
    await seed(db, demo=True, now=NOW)
    grids = [row[0] for row in await rows(db, "SELECT id FROM grid")]
    (first,) = await rows(db, "SELECT min(starts_at) s, min(ends_at) e FROM shift")
    assert (first.s, first.e) == (MIDNIGHT, MIDNIGHT + timedelta(days=14))
    for days, written in ((3, {}), (9, {}), (20, {}), (80, {"shift": 24}), (80, {})):
        now = NOW + timedelta(days=days)
        found = await seed(db, demo=True, now=now)
        assert {table: rows for table, rows in found.items() if table == "shift"} == written
        async with db.reading() as session:
            worker = await login.by_persona(session, "worker")
            posts = await on_duty(session, grids, now=now + timedelta(days=6))
        assert all(posts[grid]["worker"] == [worker] for grid in grids)
        assert len({person for grid in grids for person in posts[grid]["backup"]}) == 8
        assert len({person for grid in grids for person in posts[grid]["lead"]}) == 2


async def test_the_next_start_calls_back_who_left(db: Database) -> None:
    """A visitor who tried 下岗 finds the worker on duty again."""
    await seed(db, demo=True, now=NOW)
    async with db.transaction() as session:
        await session.execute(sql("UPDATE shift SET left_at = :now"), {"now": NOW})
    later = NOW + timedelta(hours=1)
    assert await seed(db, demo=True, now=later) == {}
    assert await one(db, "SELECT count(*) FROM shift WHERE left_at IS NOT NULL") == 0


async def test_there_is_always_something_to_come(db: Database) -> None:
    """Eight activities lie ahead whenever the demo is started; the past one is made once."""
    for days in (0, 1, 30):
        now = NOW + timedelta(days=days)
        await seed(db, demo=True, now=now)
        ahead = await rows(db, "SELECT title FROM activity WHERE starts_at > :now", now=now)
        assert len(ahead) == len({row.title for row in ahead}) == 8
        assert (await seed(db, demo=True, now=now)).get("activity", 0) == 0
    over = await rows(db, "SELECT taken FROM activity WHERE taken > 0")
    assert [row.taken for row in over] == [1]


VENDORS = ("wechat", "wecom", "telegram")


async def people_by_channel(db: Database) -> dict[str, Any]:
    """Read who has which vendor's account."""
    query = "SELECT channel, person_id, reachable FROM channel_account WHERE channel <> 'web'"
    return {row.channel: row for row in await rows(db, query)}


async def test_the_phones_belong_to_further_people(db: Database) -> None:
    """A daughter, a worker on duty and a neighbour; the personas stay on the web chat."""
    await seed(db, demo=True, now=NOW, channels=VENDORS)
    found = await people_by_channel(db)
    assert set(found) == set(VENDORS)
    assert all(row.reachable for row in found.values())
    personas = {row[0] for row in await rows(db, "SELECT person_id FROM demo_persona")}
    assert not personas & {row.person_id for row in found.values()}
    async with db.reading() as session:
        elder = await login.by_persona(session, "elder")
        family = await login.by_persona(session, "family")
        worker = await login.by_persona(session, "worker")
        live = await figures(session, CLOCK, await community(db), now=NOW)
        neighbour = await actors.actor(session, found["telegram"].person_id)
    assert (live["population"], live["elders"]) == (6626, 2518)
    links = "SELECT relative_id FROM family_link WHERE elder_id = :elder AND ended_at IS NULL"
    relatives = {row[0] for row in await rows(db, links, elder=elder)}
    assert relatives == {family, found["wechat"].person_id}
    house = """SELECT h.building_id, b.grid_id FROM residence r JOIN home h ON h.id = r.home_id
               JOIN building b ON b.id = h.building_id WHERE r.person_id = :person"""
    (where,) = await rows(db, house, person=elder)
    assert await rows(db, house, person=neighbour.person) == [where]
    assert neighbour.roles == {Role.RESIDENT}
    async with db.reading() as session:
        post = (await on_duty(session, [where.grid_id], now=NOW))[where.grid_id]
    assert set(post["worker"]) == {worker, found["wecom"].person_id}
    (window,) = await rows(db, "SELECT allowed, used, closes_at FROM message_window")
    assert (window.allowed, window.used) == (5, 0)
    assert window.closes_at > NOW + timedelta(hours=47)


async def test_the_phones_start_anew_with_the_demo(db: Database) -> None:
    """Nobody is added twice; who unfollowed is back, and the window is open as on the fake."""
    await seed(db, demo=True, now=NOW, channels=VENDORS)
    before = await people_by_channel(db)
    async with db.transaction() as session:
        await session.execute(sql("UPDATE channel_account SET reachable = FALSE"))
        await session.execute(sql("UPDATE message_window SET used = allowed"))
    later = NOW + timedelta(hours=3)
    assert await seed(db, demo=True, now=later, channels=VENDORS) == {}
    assert await people_by_channel(db) == before
    assert await one(db, "SELECT used FROM message_window") == 0


async def test_a_vendor_without_a_fake_reaches_nobody_invented(db: Database) -> None:
    """With real keys in the environment no invented account is written to."""
    await seed(db, demo=True, now=NOW)
    assert await people_by_channel(db) == {}
    await seed(db, demo=True, now=NOW, channels=VENDORS)
    await seed(db, demo=True, now=NOW, channels=("wecom", "telegram"))
    found = await people_by_channel(db)
    assert {name for name, row in found.items() if row.reachable} == {"wecom", "telegram"}


async def test_the_second_worker_stays_on_duty(db: Database) -> None:
    """The rota keeps up the people of the phones like all others."""
    await seed(db, demo=True, now=NOW, channels=VENDORS)
    later = NOW + timedelta(days=20)
    await seed(db, demo=True, now=later, channels=VENDORS)
    found = (await people_by_channel(db))["wecom"].person_id
    shifts = await rows(db, "SELECT ends_at FROM shift WHERE person_id = :p", p=found)
    assert max(row.ends_at for row in shifts) > later


async def test_no_column_is_dropped(db: Database) -> None:
    """A rule about lanes alone once lost its kind, and every camera rang for everything."""
    rows = Rows()
    rows.make(Street, name="横林")
    rows.make(Street, name="洛阳", created_at=NOW)
    async with db.reading() as session:
        with pytest.raises(ValueError, match="street"):
            await rows.write(session)
    await seed(db, demo=True, now=NOW)
    assert await one(db, "SELECT kind FROM rule WHERE key = 'lane_blocked'") == "lane"
