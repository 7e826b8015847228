"""What devices say survives kill -9 of the listener, of PostgreSQL and of Redis, once each."""

import json
import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from core.clock import utcnow
from core.crypto import open_json
from ops.bench.fleet import Point, Size
from tests.crash.stand import Sender, Stand, stand
from tests.until import until

pytestmark = pytest.mark.needs_system("mosquitto")

KILLS = 20
BURST = 2_000
POISON_EVERY = 100
ALARM_EVERY = 40
LISTENERS = ("one", "two")
WORKING = (
    "SELECT backend_xid::text AS xid, wait_event_type, usename FROM pg_stat_activity "
    "WHERE application_name LIKE 'linling%' AND backend_xid IS NOT NULL"
)
LEADING = (
    "SELECT a.usename FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
    "WHERE l.locktype = 'advisory' AND l.granted"
)


@pytest.fixture(scope="module")
def servers_and_homes() -> Iterator[Stand]:
    """Run servers and write a community, once for this module."""
    with stand() as made:
        made.builds(Size(homes=60, grids=3, kind="smoke"))
        yield made


@pytest.fixture
def place(servers_and_homes: Stand) -> Iterator[Stand]:
    """Begin with an empty queue and no listener; leave none behind."""
    yield servers_and_homes
    for name in list(servers_and_homes.children.pids):
        servers_and_homes.kills(name)
    servers_and_homes.forget_session()


def starts_listening(place: Stand) -> None:
    """Start two listeners, of which one leads, and wait until it has subscribed."""
    before = utcnow()
    for name in LISTENERS:
        place.starts(name, "worker", "--only", "mqtt")
    until(lambda: place.count(f"heartbeat WHERE name = 'mqtt' AND at > '{before.isoformat()}'"), 20)


def leader(place: Stand) -> str:
    """Name the listener that leads; never two."""
    until(lambda: place.rows(LEADING), 20, what="somebody leads")
    names = [str(row["usename"]) for row in place.rows(LEADING)]
    assert len(names) <= 1
    return names[0] if names else leader(place)


def event(point: Point, number: int, run: str) -> bytes:
    """Write a message with an id; every fortieth is an alarm."""
    body = {
        "id": f"{run}-{number}",
        "ts": utcnow().isoformat(),
        "metrics": {"smoke": True} if number % ALARM_EVERY == 7 else {"temperature": number % 50},
    }
    return json.dumps(body).encode()


def bursts(place: Stand, sender: Sender, run: str, count: int) -> tuple[int, set[bytes]]:
    """Publish a burst with poison in it; returns the number of good ones, and the poison."""
    poison: set[bytes] = set()
    for number in range(count):
        point = place.points[number % len(place.points)]
        if number % POISON_EVERY == 13:
            poison.add(payload := b"{not json \xff %d" % number)
            sender.sends(point.topic, payload)
        else:
            sender.sends(point.topic, event(point, number, run))
    return count - len(poison), poison


def in_a_transaction(place: Stand) -> str | None:
    """Return the id of the transaction that the listener is in the middle of."""
    found = place.rows(WORKING)
    return str(found[0]["xid"]) if found else None


def kills_blocked(place: Stand) -> str:
    """Kill the leader while the batch it has received waits inside its transaction."""

    async def take() -> Any:
        connection = await place.connection()
        await connection.execute("BEGIN; LOCK TABLE device_state IN SHARE ROW EXCLUSIVE MODE")
        return connection

    def waits() -> list[Any]:
        return [row for row in place.rows(WORKING) if row["wait_event_type"] == "Lock"]

    holding = place.run(take())
    until(waits, 20, what="a batch waits for the lock")
    batch = waits()[0]
    restarts(place, str(batch["usename"]))
    place.run(holding.close())
    return str(batch["xid"])


def kills_somewhere(place: Stand, chance: random.Random) -> str | None:
    """Kill the leader at a random moment of its work."""
    name = leader(place)
    with suppress(AssertionError):
        until(lambda: in_a_transaction(place) is not None and chance.random() < 0.5, 1.0)
    xid = in_a_transaction(place)
    restarts(place, name)
    return xid


def restarts(place: Stand, name: str) -> None:
    """Kill -9 a listener and start it again; meanwhile the other one leads."""
    place.kills(name)
    place.starts(name, "worker", "--only", "mqtt")


def outcome(place: Stand, xid: str) -> str:
    """Tell what became of a transaction whose client is dead."""
    until(lambda: place.rows("SELECT pg_xact_status($1::text::xid8)", xid)[0][0] != "in progress")
    return str(place.rows("SELECT pg_xact_status($1::text::xid8)", xid)[0][0])


def test_twenty_kills_lose_nothing_and_double_nothing(place: Stand) -> None:
    """Kill -9 between receipt and commit, twenty times in a burst of 2,000 messages.

    Half of the kills are made to fall there: the batch waits for a lock that the test holds. The
    others fall at random; PostgreSQL's record of the transaction tells where they fell.
    """
    chance = random.Random(20)
    fell: Counter[str] = Counter()
    starts_listening(place)
    with place.device() as sender:
        good, poison = bursts(place, sender, "kill", BURST)
        for number in range(KILLS):
            if number % 2:
                xid = kills_somewhere(place, chance)
            else:
                sender.sends(place.points[0].topic, event(place.points[0], 10_000 + number, "kill"))
                good += 1
                xid = kills_blocked(place)
            fell[outcome(place, xid) if xid else "idle"] += 1
        until(sender.all_taken, 30)
        until(lambda: place.count("reading WHERE event_id LIKE 'kill-%'") == good, 30)
        settles(place, sender)
    assert fell["aborted"] >= KILLS // 2, fell
    check_effects(place, poison)


def settles(place: Stand, sender: Sender) -> None:
    """Wait until the listener has come to the end of its queue: a last message is the proof."""
    mark = os.urandom(4).hex()
    body = {"id": f"end-{mark}", "metrics": {"temperature": 1}}
    sender.sends(place.points[0].topic, json.dumps(body).encode())
    until(lambda: place.count(f"reading WHERE event_id = 'end-{mark}'"), 20)


def check_effects(place: Stand, poison: set[bytes]) -> None:
    """Check that each alarm has one ticket, told once to each, and poison is kept."""
    doubled = place.rows(
        "SELECT event_id FROM reading WHERE event_id LIKE 'kill-%' "
        "GROUP BY event_id HAVING count(*) > 1"
    )
    assert doubled == []
    alarmed = place.count(
        "(SELECT DISTINCT device_id FROM reading WHERE metric = 'smoke' AND value = 1) AS d"
    )
    assert place.count("ticket WHERE what = 'smoke'") == alarmed > 0
    assert place.count("ticket_event WHERE kind = 'opened'") == place.count("ticket")
    # The elder, the relative and the worker on duty have a card each of what alarms.
    assert (
        place.rows(
            "SELECT t.id FROM ticket t WHERE t.what = 'smoke' AND 3 <> "
            "(SELECT count(*) FROM ticket_card c WHERE c.ticket_id = t.id)"
        )
        == []
    )
    kept = {
        bytes.fromhex(open_json(row["payload"], "dead_letter.payload"))
        for row in place.rows("SELECT payload FROM dead_letter")
    }
    assert kept == poison
    assert place.broken() == []


def test_postgresql_away_means_nothing_is_acknowledged(place: Stand) -> None:
    """Kill -9 PostgreSQL within a batch, then the listeners that wait for it: all comes again."""
    starts_listening(place)
    with place.device() as sender:
        for number in range(200):
            sender.sends(place.points[number % 50].topic, event(place.points[0], number, "away"))
        until(lambda: in_a_transaction(place) is not None, 20)
        os.kill(place.urls.pids["postgres"], signal.SIGKILL)
        until(lambda: "database_away" in place.log(*LISTENERS), 20, what="a listener waits")
        for name in LISTENERS:
            place.kills(name)
        until(place.database_answers, 30)
        starts_listening(place)
        os.kill(place.urls.pids["postgres"], signal.SIGKILL)
        for number in range(200, 300):
            sender.sends(place.points[number % 50].topic, event(place.points[0], number, "away"))
        until(place.database_answers, 30)
        until(lambda: place.count("reading WHERE event_id LIKE 'away-%'") == 300, 30)
    assert place.broken() == []


def test_redis_emptied_and_killed_loses_nothing(place: Stand) -> None:
    """Cards go out by the outbox's own poll while Redis is emptied and killed."""
    starts_listening(place)
    place.starts("cards", "worker", "--only", "outbox")
    with place.device() as sender:
        for number, point in enumerate(place.points[:20]):
            body = {"id": f"redis-{number}", "metrics": {"gas": True}}
            sender.sends(point.topic, json.dumps(body).encode())
            if number == 10:
                place.flushes_redis()
                os.kill(place.urls.pids["redis"], signal.SIGKILL)
        until(lambda: place.count("ticket WHERE what = 'gas'") == 20, 20)
        until(lambda: not place.count("outbox WHERE state = 'due'"), 20)
    assert (
        place.rows("SELECT ticket_id FROM ticket_card WHERE shown_ring < ring OR shown_at IS NULL")
        == []
    )
    assert place.broken() == []
