"""The throwaway stack that a bench measures: fsync on, everything in a folder of its own."""

import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from core.crypto import use_keyring
from core.settings import Settings
from ops.embedded import Children, Urls, servers
from ops.embedded.broker import mosquitto
from ops.stack import environment, new_keys, updated

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Ground:
    """Servers, settings with fresh keys, and the processes of the product under names."""

    settings: Settings
    urls: Urls
    children: Children

    def worker(self, name: str, only: str, *, port: int = 0) -> int:
        """Start a worker with some of its parts; returns its process id."""
        argv = [sys.executable, "-m", "worker", "--only", only]
        more = {"LINLING_WORKER_PORT": str(port), "LINLING_MQTT_URL": self.urls.listener}
        return self._start(name, argv, more)

    def bot(self, name: str, port: int, more: dict[str, str] | None = None) -> int:
        """Start an HTTP process on this port, with more of an environment; returns its id."""
        return self._start(name, [sys.executable, "-m", "bot", "--port", str(port)], more or {})

    def module(self, name: str, *arguments: str) -> int:
        """Start another Python module of ours, such as a load generator."""
        return self._start(name, [sys.executable, "-m", *arguments], {})

    def cpu_s(self, name: str) -> float:
        """Read the processor time of a process of ours: what a busy machine can't blur."""
        return used_s(psutil.Process(self.children.pids[name]))

    def kill(self, name: str) -> None:
        """Kill -9 a process of ours and reap it; it may be started again under its name."""
        os.killpg(self.children.pids[name], signal.SIGKILL)
        self.children.stop(name)

    def _start(self, name: str, argv: list[str], more: dict[str, str]) -> int:
        log = self.settings.home / f"{name}.log"
        given = environment(self.settings) | {"LINLING_LOG_LEVEL": "WARNING"} | more
        return self.children.start(name, argv, given, log, cwd=_ROOT)


def used_s(process: psutil.Process) -> float:
    """Read the processor time that a process has used."""
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def ground() -> Iterator[Ground]:
    """Run servers in a temporary folder; raises ValueError without mosquitto."""
    if mosquitto() is None:
        raise ValueError("the bench wants mosquitto: apt-get install mosquitto")
    signal.signal(signal.SIGTERM, _end)
    with ExitStack() as stack:
        made = stack.enter_context(tempfile.TemporaryDirectory(prefix="linling-bench-"))
        home = Path(made) / "home"
        home.mkdir(mode=0o700)
        urls = stack.enter_context(servers(home))
        keys = dict(line.split("=", 1) for line in new_keys().splitlines())
        settings = updated(
            Settings(),
            home=home,
            database_url=urls.database,
            redis_url=urls.redis,
            mqtt_url=urls.mqtt,
            secret_key=keys["LINLING_SECRET_KEY"],
            data_keys=keys["LINLING_DATA_KEYS"],
        )
        use_keyring(settings.keyring)
        # Processes of the product go before the servers they stand on.
        processes = Children()
        stack.callback(processes.stop_all)
        yield Ground(settings, urls, processes)


def _end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def free_port() -> int:
    """Find a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(holds: Callable[[], object], seconds: float, what: str) -> None:
    """Return when it holds; raises TimeoutError after so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.02)


def answers(url: str) -> bool:
    """Tell whether an address answers with 200."""
    try:
        return httpx.get(url, timeout=1, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
