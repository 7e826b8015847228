"""The product as real processes on servers of their own, to be killed at will."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

import asyncpg
import httpx
import paho.mqtt.client as mqtt
import redis
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy.engine import make_url

from core.clock import utcnow
from core.db import Database
from core.mqtt import address
from ops import check
from ops.bench.fleet import Point, Size, build
from ops.embedded import Children, Urls, servers
from ops.migrate import migrate
from tests.database import DATA_KEYS
from tests.until import until
from worker.mqtt import CLIENT_ID

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "mqtt://127.0.0.1:1"  # for a stand without a broker
T = TypeVar("T")


@dataclass
class Stand:
    """Servers, processes under names, a look into the database, and a device's client."""

    urls: Urls
    folder: Path
    children: Children
    loop: ThreadPoolExecutor
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    points: list[Point] = field(default_factory=list)
    data_keys: str = DATA_KEYS
    more: dict[str, str] = field(default_factory=dict)  # what else the processes are told

    @classmethod
    @contextmanager
    def on(cls, urls: Urls, folder: Path) -> Iterator[Self]:
        """Stand on running servers; the processes end with the test."""
        children = Children()
        with ThreadPoolExecutor(1) as loop:
            made = cls(urls, folder, children, loop)
            try:
                yield made
            finally:
                children.stop_all()
                loop.submit(made.runner.close).result()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for a coroutine, on a loop of its own: the test may be inside another."""
        return self.loop.submit(self.runner.run, work).result()

    def builds(self, size: Size) -> None:
        """Write the community."""

        async def work() -> None:
            await migrate(self.urls.database)
            db = Database(self.urls.database)
            self.points = await build(db, size, now=utcnow())
            await db.aclose()

        self.run(work())

    def starts(self, name: str, module: str, *arguments: str) -> None:
        """Start `python -m worker` or `python -m bot` with the stand's addresses and keys.

        PostgreSQL knows the process by its name: each has a role of its own.
        """
        if not self.rows("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
            self.rows(f"CREATE ROLE {name} SUPERUSER LOGIN")
        url = make_url(self.urls.database).set(username=name)
        given = {
            **os.environ,
            "LINLING_HOME": str(self.folder),
            "LINLING_DATABASE_URL": url.render_as_string(hide_password=False),
            "LINLING_REDIS_URL": self.urls.redis,
            "LINLING_MQTT_URL": self.urls.listener if module == "worker" else self.urls.mqtt,
            "LINLING_SECRET_KEY": "for-tests-alone",
            "LINLING_DATA_KEYS": self.data_keys,
            "LINLING_LOG_LEVEL": "WARNING",
            **self.more,
        }
        argv = [sys.executable, "-m", module, *arguments]
        self.children.start(name, argv, given, self.folder / f"{name}.log", cwd=ROOT)

    def kills(self, name: str) -> None:
        """Kill -9 a process of ours and reap it."""
        os.killpg(self.children.pids[name], signal.SIGKILL)
        self.children.stop(name)

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """Ask the database, on a connection that bears another name than the product's."""

        async def ask() -> list[Any]:
            connection = await self.connection()
            try:
                return list(await connection.fetch(statement, *values))
            finally:
                await connection.close()

        return self.run(ask())

    async def connection(self) -> Any:
        """Connect to the database past the product."""
        parts = make_url(self.urls.database)
        return await asyncpg.connect(
            host=parts.query["host"],
            user=parts.username,
            database=parts.database,
            server_settings={"application_name": "onlooker"},
        )

    def count(self, what: str) -> int:
        """Count rows: `count("reading WHERE …")`."""
        return int(self.rows(f"SELECT count(*) FROM {what}")[0][0])  # noqa: S608  (tests' own)

    def database_answers(self) -> bool:
        """Tell whether PostgreSQL takes connections."""
        try:
            self.rows("SELECT 1")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        return True

    def answers(self, port: int) -> bool:
        """Tell whether a process answers on this port."""
        try:
            url = f"http://127.0.0.1:{port}/healthz"
            return httpx.get(url, trust_env=False).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def log(self, *names: str) -> str:
        """Read what these processes wrote."""
        return "".join((self.folder / f"{name}.log").read_text("utf-8") for name in names)

    def flushes_redis(self) -> None:
        """Empty Redis."""
        with redis.Redis.from_url(self.urls.redis) as client:
            client.flushall()

    def broken(self) -> list[str]:
        """Name the invariants that do not hold."""

        async def work() -> list[str]:
            db = Database(self.urls.database)
            try:
                async with db.reading() as session:
                    found = await check.run(session, now=utcnow())
            finally:
                await db.aclose()
            return [f"{one['says']}: {one['examples']}" for one in found if one["broken"]]

        return self.run(work())

    @contextmanager
    def device(self) -> Iterator["Sender"]:
        """Connect as a device."""
        where = address(self.urls.mqtt)
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"device-{os.urandom(4).hex()}")
        client.max_inflight_messages_set(2_000)
        client.connect(where["hostname"], where["port"])
        client.loop_start()
        try:
            yield Sender(client)
        finally:
            client.disconnect()
            client.loop_stop()

    def forget_session(self) -> None:
        """Drop what the broker keeps for the listener, so that the next test begins afresh."""
        where = address(self.urls.mqtt)
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=CLIENT_ID, clean_session=True)
        client.connect(where["hostname"], where["port"])
        client.loop_start()
        until(client.is_connected)
        client.disconnect()
        client.loop_stop()


@dataclass
class Sender:
    """A device's side: what was sent, and how much of it the broker has taken."""

    client: mqtt.Client
    sent: list[mqtt.MQTTMessageInfo] = field(default_factory=list)

    def sends(self, topic: str, payload: bytes) -> None:
        """Publish at QoS 1 without waiting."""
        self.sent.append(self.client.publish(topic, payload, qos=1))

    def all_taken(self) -> bool:
        """Tell whether the broker has acknowledged everything."""
        return all(one.is_published() for one in self.sent)


@contextmanager
def stand() -> Iterator[Stand]:
    """Run servers that may be killed: the session's own are others' too."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="linling-crash-")))
        urls = stack.enter_context(servers(folder / "servers", fsync=False))
        yield stack.enter_context(Stand.on(urls, folder))


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
