"""The demo: every part on this machine, a community's figures, simulated devices, no key needed."""

import asyncio
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from core.clock import utcnow
from core.crypto import use_keyring
from core.db import Database
from core.settings import Settings
from ops import phones, sim
from ops.embedded import AlreadyRunningError, Children, StartError, Urls, servers
from ops.migrate import migrate
from ops.seed import seed
from ops.stack import RUN, environment, read_run, updated, with_keys
from services import language, readiness

READY_S = 45.0
WATCH_S = 0.5
_ROOT = Path(__file__).resolve().parent.parent


def run(port: int, *, fresh: bool) -> int:
    """Start everything, print where to click, stop everything at SIGTERM or SIGINT."""
    settings = updated(Settings(), demo=True, base_url=f"http://127.0.0.1:{port}")
    settings = updated(settings, home=settings.home.resolve())
    if (other := read_run(settings.home)) is not None:
        sys.stderr.write(f"A demo runs already: {other['base_url']}\n")
        return 1
    if fresh and settings.home.exists():
        _clear(settings.home)
    settings = phones.with_fakes(with_keys(settings), phones.free_port())
    settings = phones.with_pushes(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    given = {
        "database": settings.database_url,
        "redis": settings.redis_url,
        "mqtt": settings.mqtt_url,
    }
    try:
        with servers(
            settings.home, given=given, on_restart=lambda pids: _note(settings.home, pids)
        ) as urls:
            asyncio.run(_serve(settings, urls, port))
    except (StartError, AlreadyRunningError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except SystemExit as stop:
        if isinstance(stop.code, str):
            sys.stderr.write(f"{stop.code}\n")
            return 1
    finally:
        (settings.home / RUN).unlink(missing_ok=True)
    return 0


def _stop(number: int, _frame: Any) -> None:
    raise SystemExit(128 + number)


def _clear(home: Path) -> None:
    """Forget the data, the keys and the logs; the set-up's own files stay."""
    for path in home.iterdir():
        if path.name not in {"tools", "setup", "setup.log"}:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


@dataclass(frozen=True, slots=True)
class Command:
    """A Python module of ours with its arguments, and the environment it is started in."""

    module: list[str]
    environment: dict[str, str]


async def _serve(settings: Settings, urls: Urls, port: int) -> None:
    settings = updated(
        settings, database_url=urls.database, redis_url=urls.redis, mqtt_url=urls.mqtt
    )
    use_keyring(settings.keyring)
    db = Database(urls.database, pool=2)
    children, commands = Children(), _commands(settings, urls.listener, port)
    fakes = phones.faked(settings)
    try:
        if warm := await _migrated(db):  # then they can start while we look after the data
            _start_all(children, settings, commands)
        await migrate(urls.database)
        # The first start fits the intent model: beside the seed, so that `bot` is ready at once.
        await asyncio.gather(
            seed(db, demo=True, now=utcnow(), channels=fakes),
            asyncio.to_thread(language.prepare, settings.home),
        )
        if not warm:
            _start_all(children, settings, commands)
        await _ready(f"{settings.base_url}/readyz", children)
        if fakes:
            await _ready(f"{settings.phones_url}phones", children)
        # Before anybody can find the broker: the devices must hear what others publish.
        simulated = asyncio.create_task(sim.run(urls.mqtt, db))
        _write_run(settings, {**urls.pids, **children.pids})
        _announce(settings.base_url)
        try:
            await _keep_alive(children, settings, commands)
        finally:
            simulated.cancel()
    finally:
        children.stop_all()
        await db.aclose()


def _commands(settings: Settings, listener: str, port: int) -> dict[str, Command]:
    """List what runs beside the servers, in the order of starting: the fakes end last."""
    found: dict[str, Command] = {}
    given = environment(settings)
    if phones.faked(settings):
        where = ["--port", str(urlsplit(settings.phones_url).port), "--product", settings.base_url]
        found["fakes"] = Command(["ops", "fakes", *where], given)
    found["worker"] = Command(["worker"], {**given, "LINLING_MQTT_URL": listener})
    found["bot"] = Command(["bot", "--port", str(port)], given)
    return found


async def _migrated(db: Database) -> bool:
    async with db.reading() as session:
        missing = await readiness.missing(session, now=utcnow(), stale=timedelta(0))
    return "migration" not in missing


def _start_all(children: Children, settings: Settings, commands: Mapping[str, Command]) -> None:
    for name in commands:
        _start(children, settings, commands, name)


def _start(
    children: Children, settings: Settings, commands: Mapping[str, Command], name: str
) -> None:
    log = settings.home / f"{name}.log"
    argv = [sys.executable, "-m", *commands[name].module]
    children.start(name, argv, commands[name].environment, log, cwd=_ROOT)


async def _keep_alive(
    children: Children, settings: Settings, commands: Mapping[str, Command]
) -> None:
    """Start a process of ours again when it dies, until cancelled."""
    while True:
        await asyncio.sleep(WATCH_S)
        for name in commands:
            if not children.is_alive(name):
                sys.stderr.write(f"{name} died and is started again: see {name}.log\n")
                children.stop(name)
                _start(children, settings, commands, name)
                _note(settings.home, children.pids)


async def _ready(url: str, children: Children) -> None:
    """Wait until an address says 200; a process that dies meanwhile ends the demo with its log."""
    deadline = time.monotonic() + READY_S
    async with httpx.AsyncClient(trust_env=False) as client:
        while time.monotonic() < deadline:
            for name in children.pids:
                children.require(name)
            try:
                answer = await client.get(url, timeout=2)
            except httpx.HTTPError:
                pass
            else:
                if answer.status_code == 200:
                    return
            await asyncio.sleep(0.05)
    raise SystemExit(f"The demo is not ready after {READY_S:.0f} s: see bot.log and worker.log.")


def _write_run(settings: Settings, pids: Mapping[str, int]) -> None:
    _save(
        settings.home,
        {
            "base_url": settings.base_url,
            "mqtt_url": settings.mqtt_url,
            "database_url": settings.database_url,
            "redis_url": settings.redis_url,
            "phones_url": settings.phones_url,
            "pids": {"demo": os.getpid(), **pids},
        },
    )


def _note(home: Path, pids: Mapping[str, int]) -> None:
    """Keep run.json true after a process was started again."""
    if (run := read_run(home)) is not None:
        run["pids"] |= pids
        _save(home, run)


def _save(home: Path, run: Mapping[str, Any]) -> None:
    """Write run.json whole or not at all, for this user alone."""
    draft = home / f"{RUN}.draft"
    draft.write_text(json.dumps(run, indent=1))
    draft.chmod(0o600)
    draft.rename(home / RUN)


def _announce(base_url: str) -> None:
    sys.stdout.write(f"Linling is ready: {base_url}/  (Ctrl-C stops it)\n")
    sys.stdout.flush()
