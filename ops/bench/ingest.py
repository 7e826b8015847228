"""MQTT QoS 1 → rules → partitioned PostgreSQL → acknowledgement: throughput and waiting time."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx
import psutil

from core.clock import utcnow
from core.db import Database, sql
from ops.bench import Report, peer, percentile
from ops.bench.fleet import Point, Size, build
from ops.bench.ground import Ground, answers, free_port, ground, used_s, wait_until
from ops.migrate import migrate

_ROOT = Path(__file__).resolve().parents[2]
DEVICES = 10_000
WARM = 20_000
FLOOD = 100_000
ROUNDS = 5
RATE = 6_000
PACED_S = 15
BUDGET = {"messages_per_s": "≥ 15,000", "p99_ms_at_6k": "≤ 100"}


@dataclass(frozen=True, slots=True)
class Run:
    """A finished load: when it began, when the last message was acknowledged, and how many."""

    began: float
    stored: float
    count: int


def measure() -> Report:
    """Measure on a throwaway stack."""
    with ground() as place:
        return asyncio.run(_measure(place))


async def _measure(place: Ground) -> Report:
    await migrate(place.settings.database_url)
    await _note_commits(place)
    db = Database(place.settings.database_url)
    try:
        points = await build(db, Size(homes=DEVICES), now=utcnow())
        port = free_port()
        place.worker("listener", "mqtt", port=port)
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), 20, "the listener starts")
        await _load(place, points, port, run="warm", count=WARM)
        before = _cpu_s(place)
        floods = [await _load(place, points, port, run=f"f{n}", count=FLOOD) for n in range(ROUNDS)]
        spent = {name: s - before[name] for name, s in _cpu_s(place).items()}
        calm = await _load(place, points, port, run="calm", count=RATE * PACED_S, rate=RATE)
        waits = await _waits(db, "calm")
        stored = await _count(db)
        rates = [run.count / (run.stored - run.began) for run in floods]
        place.children.stop("listener")
        compared = await peer.beside(
            place, db, lambda run, count: _send(place, points, run, count, 0), median(rates)
        )
    finally:
        await db.aclose()
    p99 = percentile(waits, 0.99)
    sent = WARM + ROUNDS * FLOOD + calm.count
    figures = {
        "messages_per_s": round(median(rates)),
        "slowest_round_per_s": round(min(rates)),
        "p50_ms_at_6k": round(percentile(waits, 0.5), 1),
        "p99_ms_at_6k": round(p99, 1),
        **{f"{name}_cpu_us": round(s / ROUNDS / FLOOD * 1e6, 1) for name, s in spent.items()},
        "sent": sent,
        "stored": stored,
        **compared,
    }
    kept = median(rates) >= 15_000 and p99 <= 100 and sent == stored
    return Report("ingest", figures, BUDGET, kept)


async def _note_commits(place: Ground) -> None:
    """Let PostgreSQL note when each transaction commits, which takes a restart."""
    db = Database(place.settings.database_url, pool=1)
    async with db.engine.connect() as raw:
        outside = await raw.execution_options(isolation_level="AUTOCOMMIT")
        await outside.execute(sql("ALTER SYSTEM SET track_commit_timestamp = on"))
    await db.aclose()
    before = place.urls.pids["postgres"]
    os.kill(before, signal.SIGINT)  # its keeper starts it again
    while place.urls.pids["postgres"] == before:  # noqa: ASYNC110  its keeper is a thread
        await asyncio.sleep(0.05)


async def _load(
    place: Ground, points: list[Point], port: int, *, run: str, count: int, rate: int = 0
) -> Run:
    before = _acknowledged(port)
    began = await _send(place, points, run, count, rate)
    deadline = time.monotonic() + 120
    while _acknowledged(port) < before + count:
        if time.monotonic() > deadline:
            raise TimeoutError("the listener does not catch up")
        await asyncio.sleep(0.2)
    return Run(began, time.time(), count)


async def _send(place: Ground, points: list[Point], run: str, count: int, rate: int) -> float:
    """Let a process of its own publish a run; returns when it began."""
    argv = [sys.executable, "-m", "ops.bench.load", "--port", place.urls.mqtt.rpartition(":")[2]]
    argv += ["--run", run, "--count", str(count), "--rate", str(rate)]
    devices = json.dumps([[point.topic, point.kind] for point in points])
    process = await asyncio.create_subprocess_exec(
        *argv, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    out, _ = await process.communicate(devices.encode())
    return float(json.loads(out)["began"])


def _acknowledged(port: int) -> int:
    """Read how many messages the listener has acknowledged."""
    page = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=10, trust_env=False).text
    found = re.search(r"^device_messages_total ([0-9.e+]+)", page, re.MULTILINE)
    return int(float(found[1])) if found else 0


def _cpu_s(place: Ground) -> dict[str, float]:
    """Read the processor time that listener and database have used: what a busy machine can't blur."""
    database = psutil.Process(place.urls.pids["postgres"])
    return {"listener": place.cpu_s("listener"), "database": sum(map(used_s, database.children()))}


async def _count(db: Database) -> int:
    async with db.reading() as session:
        return int((await session.execute(sql("SELECT count(*) FROM reading"))).scalar_one())


async def _waits(db: Database, run: str) -> list[float]:
    """Read how long each message of a run waited from its sending to its commit, in ms."""
    async with db.reading() as session:
        rows = await session.execute(
            sql(
                """
                SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin) - ts) * 1000 AS ms
                FROM reading WHERE event_id LIKE :run || '-%'
                """
            ),
            {"run": run},
        )
        return [float(row.ms) for row in rows]
