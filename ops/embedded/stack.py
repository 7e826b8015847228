"""PostgreSQL, Redis and a broker for as long as a `with` lasts."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ops.embedded.account import unprivileged_user
from ops.embedded.broker import Broker, Door, mosquitto
from ops.embedded.home import NOTES, held, short_path, sweep_orphans
from ops.embedded.postgres import Postgres
from ops.embedded.process import Children
from ops.embedded.redis import Redis

logger = logging.getLogger(__name__)

# A server that keeps dying is not helped by starting it for ever.
MOST_RESTARTS = 10
RESTART_WINDOW_SECONDS = 60.0
# The name of a server -> the name of its address.
ADDRESSES = {"postgres": "database", "redis": "redis", "broker": "mqtt"}


@dataclass(frozen=True, slots=True)
class Urls:
    """Where the servers are. `pids` names the embedded ones and follows their restarts.

    `listener` is where our own listener reads messages: behind the door where there is one, which
    holds receipts back that senders alone wait for; else it is `mqtt`.
    """

    database: str
    redis: str
    mqtt: str
    listener: str
    pids: dict[str, int] = field(default_factory=dict)


class Server(Protocol):
    """What a server module offers; `start` may be called again after the server has died."""

    name: str

    @property
    def url(self) -> str:
        """Return the address, the same after a restart."""

    def start(self, children: Children) -> None:
        """Start it and wait until it answers."""


@contextmanager
def servers(
    home: Path,
    *,
    want: Collection[str] = ("postgres", "redis", "broker"),
    given: Mapping[str, str] | None = None,
    fsync: bool = True,
    ports: Mapping[str, int] | None = None,
    on_restart: Callable[[Mapping[str, int]], None] | None = None,
) -> Iterator[Urls]:
    """Run the wanted servers under a data folder and yield their addresses.

    `given` maps `database`, `redis`, `mqtt` to an address that stands for an embedded server;
    an empty one does not. `ports` fixes loopback ports by server name; without one PostgreSQL
    and Redis use sockets that only this user reaches. A server that dies is started again at
    the same address, and `on_restart` gets the new process ids, in a thread of its own. The
    address of a server neither wanted nor given is empty.

    Raises AlreadyRunningError when another stack holds the folder, StartError with the end of
    the log when a server does not start.
    """
    addresses = {key: url for key, url in (given or {}).items() if url}
    names = [name for name in ADDRESSES if name in want and ADDRESSES[name] not in addresses]
    with ExitStack() as stack:
        if names:
            home = stack.enter_context(held(home))
            sweep_orphans(home)
        made = make_servers(home, names, stack, fsync=fsync, ports=ports or {})
        children = Children(notes=home / NOTES)
        stack.callback(children.stop_all)
        start_all(made, children)
        addresses |= {ADDRESSES[one.name]: one.url for one in made if one.name in ADDRESSES}
        behind = [one.behind for one in made if isinstance(one, Door)]
        pids = children.pids
        keeper = Keeper(children, pids, on_restart)
        stack.callback(keeper.let_go)
        keeper.watch(made)
        yield Urls(
            database=addresses.get("database", ""),
            redis=addresses.get("redis", ""),
            mqtt=addresses.get("mqtt", ""),
            listener=behind[-1] if behind else addresses.get("mqtt", ""),
            pids=pids,
        )


def make_servers(
    home: Path, names: list[str], stack: ExitStack, *, fsync: bool, ports: Mapping[str, int]
) -> list[Server]:
    """Describe the servers to start, with sockets at paths short enough to connect to."""
    unprivileged_user()  # once, before threads ask for it at the same time
    made: list[Server] = []
    if "postgres" in names:
        sockets = stack.enter_context(short_path(home / "postgres"))
        made.append(Postgres(home, sockets, port=ports.get("postgres"), fsync=fsync))
    if "redis" in names:
        sockets = stack.enter_context(short_path(home / "redis"))
        made.append(Redis(home, sockets, port=ports.get("redis")))
    if "broker" in names:
        sockets = stack.enter_context(short_path(home / "mosquitto"))
        broker = Broker(home, sockets, port=ports.get("broker"))
        made.append(broker)
        if mosquitto() is not None:
            made.append(Door(broker, home))
    return made


def start_all(made: list[Server], children: Children) -> None:
    """Start servers side by side; the first failure is raised when all have come to an end."""
    if not made:
        return
    with ThreadPoolExecutor(len(made), thread_name_prefix="start") as pool:
        starts = [pool.submit(server.start, children) for server in made]
    for start in starts:
        start.result()


class Keeper:
    """Starts a server again when it dies while it is wanted."""

    def __init__(
        self,
        children: Children,
        pids: dict[str, int],
        on_restart: Callable[[Mapping[str, int]], None] | None,
    ) -> None:
        self._children = children
        self._pids = pids
        self._on_restart = on_restart
        self._ending = threading.Event()
        self._turn = threading.Lock()
        self._threads: list[threading.Thread] = []

    def watch(self, made: list[Server]) -> None:
        """Keep each server in a thread of its own."""
        for server in made:
            name = f"keep-{server.name}"
            thread = threading.Thread(target=self._keep, args=(server,), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def let_go(self) -> None:
        """Start nothing any more; a restart under way is finished first."""
        self._ending.set()
        with self._turn:
            return

    def _keep(self, server: Server) -> None:
        deaths: deque[float] = deque(maxlen=MOST_RESTARTS)
        while True:
            code = self._children.wait(server.name)
            with self._turn:
                if self._ending.is_set():
                    return
                now = time.monotonic()
                if len(deaths) == MOST_RESTARTS and now - deaths[0] < RESTART_WINDOW_SECONDS:
                    logger.critical("%s keeps dying, left alone now", server.name)
                    return
                deaths.append(now)
                logger.error("%s died with code %s, starting it again", server.name, code)
                self._restart(server)

    def _restart(self, server: Server) -> None:
        try:
            server.start(self._children)
        except Exception:
            # Whatever it was, the thread stays: the next death is another try.
            logger.exception("%s did not start again", server.name)
        self._pids.update(self._children.pids)
        if self._on_restart is not None:
            self._on_restart(dict(self._pids))
