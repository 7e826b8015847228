"""Random kill -9 of listeners, senders, PostgreSQL, Redis and the broker under steady traffic."""

import asyncio
import json
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from core.clock import utcnow
from core.db import Database, sql
from core.mqtt import address
from ops import check
from ops.bench import Report
from ops.bench.fleet import Point, Size, build
from ops.bench.ground import Ground, ground
from ops.migrate import migrate

SECONDS = 140
KILLS = 50
PER_S = 60
HOMES = 400
PAUSE_S = (1.5, 3.0)
SETTLE_S = 90
SERVERS = ("postgres", "redis", "broker", "door")
PROCESSES = {
    "listener_a": "mqtt",
    "listener_b": "mqtt",
    "sender_a": "outbox,schedule",
    "sender_b": "outbox,schedule",
}
BUDGET = {"kills": ">= 50", "lost": "= 0", "double_effects": "= 0", "broken_invariants": "= 0"}
_CHECKS = {
    "double_readings": """
        SELECT count(*) FROM (SELECT event_id FROM reading GROUP BY event_id
                              HAVING count(*) > 1) AS d""",
    "double_openings": """
        SELECT count(*) FROM (SELECT ticket_id FROM ticket_event WHERE kind = 'opened'
                              GROUP BY ticket_id HAVING count(*) > 1) AS d""",
    "double_tickets": """
        SELECT count(*) FROM (SELECT key FROM ticket GROUP BY key HAVING count(*) > 1) AS d""",
    "double_cards": """
        SELECT count(*) FROM (
            SELECT m.person_id FROM mailbox_item m WHERE m.op = 'message' GROUP BY m.person_id
            HAVING count(*) > (SELECT sum(c.ring) FROM ticket_card c
                               WHERE c.person_id = m.person_id)) AS d""",
    "dead_letters": "SELECT count(*) FROM dead_letter",  # nothing that is sent is poison
    "undelivered": "SELECT count(*) FROM outbox WHERE state <> 'sent'",
}


def measure() -> Report:
    """Measure on a throwaway stack."""
    with ground() as place:
        return asyncio.run(_measure(place))


async def _measure(place: Ground) -> Report:
    await migrate(place.settings.database_url)
    db = Database(place.settings.database_url, pool=2)
    points = await build(db, Size(homes=HOMES, grids=10, kind="smoke"), now=utcnow())
    for name, part in PROCESSES.items():
        place.worker(name, part)
    # Before its first subscription the broker keeps nothing for a listener.
    while not await _subscribed(db):  # noqa: ASYNC110  another process does it
        await asyncio.sleep(0.1)
    device = Gateway(place.settings.mqtt_url)
    kills: Counter[str] = Counter()
    killing = asyncio.create_task(_kills(place, kills))
    sent = await _sends(device, points)
    await killing
    missing = await _settles(db, len(sent))
    untaken = len(sent) - len(device.taken & sent)
    device.close()
    found = await _results(db)
    await db.aclose()
    doubled = sum(value for key, value in found.items() if key.startswith("double_"))
    figures = {
        **{f"killed_{name}": kills[name] for name in (*PROCESSES, *SERVERS)},
        "kills": kills.total(),
        "sent": len(sent),
        "untaken_by_broker": untaken,
        "lost": max(0, missing - untaken),
        "double_effects": doubled,
        **found,
    }
    kept = not (missing or untaken or doubled or found["broken_invariants"])
    kept = kept and not (found["undelivered"] or found["dead_letters"])
    kept = kept and kills.total() >= KILLS
    return Report("kill", figures, BUDGET, kept)


class Gateway:
    """A device's side that keeps what the broker has not taken, and sends it again."""

    def __init__(self, url: str) -> None:
        self.taken: set[int] = set()
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id="gateway", clean_session=False
        )
        self.client.reconnect_delay_set(1, 1)
        self.client.on_publish = self._on_publish
        where = address(url)
        self.client.connect(where["hostname"], where["port"])
        self.client.loop_start()

    def _on_publish(self, _client: Any, _data: Any, packet: int, _code: Any, _more: Any) -> None:
        self.taken.add(packet)

    def close(self) -> None:
        """Disconnect."""
        self.client.disconnect()
        self.client.loop_stop()


async def _sends(device: Gateway, points: list[Point]) -> set[int]:
    """Publish steadily; each device alarms once, all else is a temperature."""
    began, sent = time.monotonic(), 0
    packets: set[int] = set()  # fewer than 65,535, so none comes twice
    while (passed := time.monotonic() - began) < SECONDS:
        while sent < passed * PER_S:
            point = points[sent % len(points)]
            alarms = sent % (len(points) + 7) == sent // (len(points) + 7)
            metrics = {"smoke": True} if alarms else {"temperature": sent % 40}
            body = {"id": f"kill-{sent}", "ts": utcnow().isoformat(), "metrics": metrics}
            packets.add(device.client.publish(point.topic, json.dumps(body), qos=1).mid)
            sent += 1
        await asyncio.sleep(0.02)
    return packets


async def _kills(place: Ground, kills: Counter[str]) -> None:
    """Kill something at random moments; what is ours starts again, servers have their keeper."""
    ends = time.monotonic() + SECONDS
    chance = random.Random(7)
    deck: list[str] = []
    while True:
        await asyncio.sleep(chance.uniform(*PAUSE_S))
        if time.monotonic() > ends:
            return
        deck = deck or chance.sample((*PROCESSES, *SERVERS), len(PROCESSES) + len(SERVERS))
        name = deck.pop()
        if name in SERVERS:
            with suppress(ProcessLookupError):
                os.kill(place.urls.pids[name], signal.SIGKILL)
        else:
            await asyncio.to_thread(place.kill, name)
            place.worker(name, PROCESSES[name])
        kills[name] += 1


async def _subscribed(db: Database) -> bool:
    async with db.reading() as session:
        found = await session.execute(sql("SELECT count(*) FROM heartbeat WHERE name = 'mqtt'"))
        return bool(found.scalar_one())


async def _settles(db: Database, sent: int) -> int:
    """Wait until everything is stored and delivered; returns how many messages are missing."""
    deadline, missing, due = time.monotonic() + SETTLE_S, sent, 1
    while (missing or due) and time.monotonic() < deadline:
        await asyncio.sleep(0.5)
        with suppress(Exception):
            async with db.reading() as session:
                stored = await session.execute(
                    sql("SELECT count(DISTINCT event_id) FROM reading WHERE event_id LIKE 'kill-%'")
                )
                missing = sent - stored.scalar_one()
                open_rows = await session.execute(sql(_CHECKS["undelivered"]))
                due = open_rows.scalar_one()
    return missing


async def _results(db: Database) -> dict[str, int]:
    found: dict[str, int] = {}
    async with db.reading() as session:
        for name, statement in _CHECKS.items():
            found[name] = int((await session.execute(sql(statement))).scalar_one())
        invariants = await check.run(session, now=utcnow())
    found["broken_invariants"] = sum(bool(one["broken"]) for one in invariants)
    return found
