"""MQTT QoS 1 → rules → partitioned PostgreSQL → acknowledgement: throughput and waiting time."""

import asyncio
import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx

from core.clock import utcnow
from core.db import Database, sql
from ops.bench import Report, percentile
from ops.bench.fleet import Point, Size, build
from ops.bench.ground import Ground, answers, free_port, ground, wait_until
from ops.migrate import migrate

_ROOT = Path(__file__).resolve().parents[2]
DEVICES = 10_000
FLOOD = int(__import__("os").environ.get("F", "150000"))
ROUNDS = int(__import__("os").environ.get("R", "3"))
RATE = 6_000
PACED_S = 15
BUDGET = {"messages_per_s": "≥ 15,000", "p99_ms_at_6k": "≤ 100"}


@dataclass(frozen=True, slots=True)
class Run:
    """A finished load: when it began and ended, and how much was sent."""

    began: float
    sent: float
    stored: float
    count: int


def measure() -> Report:
    """Measure on a throwaway stack."""
    with ground(timer_saved=True) as place:
        return asyncio.run(_measure(place))


async def _measure(place: Ground) -> Report:
    await migrate(place.settings.database_url)
    db = Database(place.settings.database_url)
    try:
        await db.run(_track_commits)
        points = await build(db, Size(homes=DEVICES), now=utcnow())
        port = free_port()
        place.worker("listener", "mqtt", port=port)
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), 20, "the listener starts")
        await _load(place, points, port, "warm", 20_000, 0)
        floods = [await _load(place, points, port, f"f{n}", FLOOD, 0) for n in range(ROUNDS)]
        calm = await _load(place, points, port, "calm", RATE * PACED_S, RATE)
        waits = await _waits(db, "calm")
        stored = await _count(db)
    finally:
        await db.aclose()
    rates = [run.count / (run.stored - run.began) for run in floods]
    p99 = percentile(waits, 0.99)
    sent = 20_000 + ROUNDS * FLOOD + calm.count
    figures = {
        "messages_per_s": round(median(rates)),
        "slowest_round_per_s": round(min(rates)),
        "p50_ms_at_6k": round(percentile(waits, 0.5), 1),
        "p99_ms_at_6k": round(p99, 1),
        "sent": sent,
        "stored": stored,
    }
    kept = median(rates) >= 15_000 and p99 <= 100 and sent == stored
    return Report("ingest", figures, BUDGET, kept)


async def _track_commits(session: object) -> None:
    return None


async def _load(
    place: Ground, points: list[Point], port: int, run: str, count: int, rate: int
) -> Run:
    before = _acknowledged(port)
    argv = [sys.executable, "-m", "ops.bench.load", "--port", place.urls.mqtt.rpartition(":")[2]]
    argv += ["--run", run, "--count", str(count), "--rate", str(rate)]
    devices = json.dumps([[point.topic, point.kind] for point in points])
    process = await asyncio.create_subprocess_exec(
        *argv, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    out, _ = await process.communicate(devices.encode())
    said = json.loads(out)
    deadline = time.monotonic() + 120
    while _acknowledged(port) < before + count:
        if time.monotonic() > deadline:
            raise TimeoutError("the listener does not catch up")
        await asyncio.sleep(0.2)
    return Run(said["began"], said["ended"], time.time(), count)


def _acknowledged(port: int) -> int:
    """Read how many messages the listener has acknowledged."""
    page = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=10, trust_env=False).text
    found = re.search(r"^device_messages_total ([0-9.e+]+)", page, re.MULTILINE)
    return int(float(found[1])) if found else 0


async def _count(db: Database) -> int:
    async with db.reading() as session:
        return int((await session.execute(sql("SELECT count(*) FROM reading"))).scalar_one())


async def _waits(db: Database, run: str) -> list[float]:
    """Read how long each message of a run waited from its sending to its commit, in ms."""
    async with db.reading() as session:
        rows = await session.execute(
            sql(
                """
                SELECT extract(epoch FROM received_at - ts) * 1000 AS ms
                FROM reading WHERE event_id LIKE :run || '-%'
                """
            ),
            {"run": run},
        )
        return [float(row.ms) for row in rows]
