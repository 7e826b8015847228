"""The peer of the bench `ingest`: Node-RED, which stores the same messages in the same PostgreSQL.

It is installed by npm, in the versions of `nodered/package.json`, into a folder beside our data,
and judges nothing: each message is one row, by a prepared statement on ten connections.
"""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy.engine import make_url

from core.db import Database, sql
from core.settings import Settings
from ops.bench import Figure
from ops.bench.ground import Ground, free_port

COUNT = 30_000
_FOLDER = Path(__file__).parent / "nodered"
_INSTALL_S = 100
_READY_S = 30
_STORED_S = 30
_TABLE = """
    CREATE TABLE peer_reading (device text, metric text, ts timestamptz, event_id text,
                               value float8, PRIMARY KEY (device, metric, ts, event_id))
"""

Send = Callable[[str, int], Awaitable[float]]  # a run's mark and size: when it began


class Absent(Exception):
    """There is no peer on this machine, and why."""


async def beside(place: Ground, db: Database, send: Send, ours: float) -> dict[str, Figure]:
    """Measure the peer, and our ratio to it; where there is none, say why."""
    try:
        rate = await _measured(place, db, send, await asyncio.to_thread(_installed))
    except Absent as why:
        return {"node_red": f"absent: {why}"}
    return {"node_red_per_s": round(rate), "ratio_to_node_red": round(ours / rate, 1)}


def _installed() -> Path:
    """Install the peer where that was not done yet; raises Absent."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise Absent("npm is not on the PATH")
    home = Settings().home.resolve() / "bench" / "nodered"
    home.mkdir(parents=True, exist_ok=True)
    wanted, done = (_FOLDER / "package.json").read_bytes(), home / "installed.json"
    if not done.exists() or done.read_bytes() != wanted:
        (home / "package.json").write_bytes(wanted)
        argv = [npm, "install", "--omit=dev", "--no-audit", "--no-fund", "--no-package-lock"]
        try:
            subprocess.run(argv, cwd=home, check=True, capture_output=True, timeout=_INSTALL_S)
        except subprocess.TimeoutExpired:
            raise Absent(f"npm needed more than {_INSTALL_S} s") from None
        except subprocess.CalledProcessError:
            raise Absent("npm could not install it") from None
        done.write_bytes(wanted)
    for name in ("settings.js", "flows.json"):
        shutil.copy(_FOLDER / name, home)
    return home


async def _measured(place: Ground, db: Database, send: Send, home: Path) -> float:
    """Let it store a flood, and tell how many a second; raises Absent when it does not start."""
    await db.run(lambda session: session.execute(sql(_TABLE)))
    _start(place, home)
    await _until(db, send, "probe", 1, _READY_S)
    began = await send("peer", COUNT)
    stored, ended = await _until(db, None, "peer", COUNT, _STORED_S)
    place.children.stop("peer")
    return stored / (ended - began)


def _start(place: Ground, home: Path) -> None:
    url = make_url(place.urls.database)
    given = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PEER_PORT": str(free_port()),
        "PEER_BROKER": place.urls.mqtt.rpartition(":")[2],
        "PEER_DATABASE": url.set(drivername="postgresql").render_as_string(hide_password=False),
    }
    argv = [str(shutil.which("node")), "node_modules/node-red/red.js", "--userDir", str(home)]
    argv += ["--settings", str(home / "settings.js"), "flows.json"]
    place.children.start("peer", argv, given, place.settings.home / "peer.log", cwd=home)


async def _until(
    db: Database, send: Send | None, run: str, wanted: int, seconds: float
) -> tuple[int, float]:
    """Wait until so many of a run are stored; returns how many there are, and since when."""
    deadline, stored, since = time.time() + seconds, 0, time.time()
    while stored < wanted and time.time() < deadline:
        if send is not None:
            await send(run, wanted)
        await asyncio.sleep(0.2)
        async with db.reading() as session:
            found = await session.execute(
                sql("SELECT count(*) FROM peer_reading WHERE event_id LIKE :run || '-%'"),
                {"run": run},
            )
            now = int(found.scalar_one())
        if now > stored:
            stored, since = now, time.time()
    if not stored:
        raise Absent("it stores nothing")
    return stored, since
