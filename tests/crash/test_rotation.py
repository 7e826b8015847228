"""Keys are rotated beside a working house, by a process that is killed -9 again and again."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from functools import partial
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from core.clock import utcnow
from core.crypto import open_json, seal_json
from core.db import Database, Session, sql
from models import Person
from ops import rotation
from ops.bench.fleet import Size
from ops.embedded import Urls
from services import media
from tests.crash.stand import NOWHERE, Stand
from tests.crash.test_races import alarmed, check_each_once, peopled
from tests.database import MORE_KEYS
from tests.db.test_keys import contents
from tests.until import until

HOMES = 1_200
ALARMS = 40
PICTURES = 60
NAME = "person.name"


@pytest.fixture
async def place(db_url: str, urls: Urls, tmp_path: Path) -> AsyncIterator[Stand]:
    """Give the test a database of its own, and its processes both keys."""
    with Stand.on(Urls(db_url, urls.redis, NOWHERE, NOWHERE), tmp_path) as made:
        made.data_keys = MORE_KEYS
        yield made


class Writer:
    """Changes and adds people as long as it is let, and remembers what it wrote."""

    def __init__(self, db: Database, people: list[UUID]) -> None:
        self.db = db
        self.people = people
        self.wrote: Counter[UUID] = Counter()
        self.added: dict[UUID, str] = {}
        self.stop = False

    async def counts(self, offset: int) -> None:
        """Add one to a number inside a sealed value, under a lock, person after person."""
        for turn in count(offset):
            if self.stop:
                return
            person = self.people[turn * 7 % len(self.people)]
            await self.db.run(partial(self._count, person))
            self.wrote[person] += 1

    async def _count(self, person: UUID, session: Session) -> None:
        locked = sql("SELECT name FROM person WHERE id = :id FOR UPDATE")
        name = (await session.execute(locked, {"id": person})).scalar_one()
        before, _, number = open_json(bytes(name), NAME).partition("#")
        await session.execute(
            sql("UPDATE person SET name = :name WHERE id = :id"),
            {"id": person, "name": seal_json(f"{before}#{int(number or 0) + 1}", NAME)},
        )

    async def adds(self) -> None:
        """Add people."""
        for number in count():
            if self.stop:
                return
            made = Person(name=f"新居民{number}", phone=f"1390000{number:04}")
            async with self.db.transaction() as session:
                session.add(made)
            self.added[made.id] = made.name


async def test_a_rotation_killed_over_and_over_loses_nothing(
    db: Database, db_url: str, place: Stand, add_key: Callable[[], None]
) -> None:
    """Writers, a sender of cards, three kills: every value is kept and stands under the new key."""
    points = await peopled(db, db_url, Size(homes=HOMES, grids=3, kind="smoke"))
    await alarmed(db, points[:ALARMS])
    folder = place.folder / "media"
    async with db.transaction() as session:
        digests = [
            await media.store(session, folder, f"picture {n}".encode(), now=utcnow())
            for n in range(PICTURES)
        ]
    before = await contents(db)
    await db.aclose()
    add_key()
    ours = Database(db_url)
    place.starts("cards", "worker", "--only", "outbox")
    writer = Writer(ours, [point.elder for point in points])
    work = [asyncio.create_task(one) for one in (writer.counts(0), writer.counts(3), writer.adds())]
    old = "device WHERE substr(place, 1, 2) = '\\x0001'"
    for most in (HOMES - 50, HOMES - 300, HOMES - 700):
        place.starts("rotation", "ops", "keys", "rotate", "--batch", "10")
        await asyncio.to_thread(until, lambda at=most: place.count(old) <= at, 60)  # type: ignore[misc]
        place.kills("rotation")
        assert place.count(old) > 0, "killed too late to prove anything"
    place.starts("rotation", "ops", "keys", "rotate", "--batch", "10")
    code = await asyncio.to_thread(place.children.wait, "rotation")
    writer.stop = True
    await asyncio.gather(*work)
    assert code == 0, place.log("rotation")
    await asyncio.to_thread(until, lambda: not place.count("outbox WHERE state = 'due'"), 30)
    found = await rotation.census(ours, folder)
    assert not rotation.left(found)
    await compare(ours, before, writer)
    assert [media.load(folder, one) for one in digests] == [
        f"picture {n}".encode() for n in range(PICTURES)
    ]
    assert len(list(folder.iterdir())) == PICTURES
    await check_each_once(ours)
    await ours.aclose()


async def compare(db: Database, before: dict[str, Counter[str]], writer: Writer) -> None:
    """Check that people are as the writer left them, and all the rest is as it was."""
    after = await contents(db)
    for name in ("device.place", "device.external", "channel_account.external", "ticket.place"):
        assert after[name] == before[name], name
    async with db.reading() as session:
        rows = (await session.execute(sql("SELECT id, name FROM person"))).all()
    names = {row.id: open_json(bytes(row.name), NAME) for row in rows}
    assert len(names) == before[NAME].total() + len(writer.added)
    assert {who: names[who] for who in writer.added} == writer.added
    assert sum(writer.wrote.values()) > 100
    counted = {who: int(name.partition("#")[2] or 0) for who, name in names.items()}
    assert {who: many for who, many in counted.items() if many} == dict(writer.wrote)
