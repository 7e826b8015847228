"""The MQTT broker: mosquitto from the PATH, which keeps its queues through a kill -9.

Devices and our own processes reach it by its door (`holdback.py`), which passes an acknowledgement
on when what it promises has been saved. Without mosquitto the amqtt package serves, which loses them; it says so loudly.
"""

import contextlib
import os
import re
import shutil
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from ops.embedded.account import everyone_reaches, give, unprivileged_user
from ops.embedded.process import Children, StartError

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 15.0
# Debian keeps it where a normal user's PATH does not look; Homebrew likewise.
MORE_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
SOCKET, PID, STORE = "broker.sock", "broker.pid", "mosquitto.db"
CONFIGURATION = f"""\
# The door of port {{port}} stands before this socket: it has the broker save before it passes an
# acknowledgement on. The timer is for changes that nobody waits for.
listener 0 {SOCKET}
allow_anonymous true
pid_file {PID}
persistence true
persistence_location ./
persistence_file {STORE}
autosave_interval 1
max_inflight_messages 2000
max_queued_messages 0
message_size_limit 2097152
log_dest stdout
log_type error
log_type warning
log_type notice
connection_messages false
"""
WARNING = (
    "WARNING: mosquitto is not on the PATH, so the broker is amqtt: slow, and messages waiting"
    " in it are lost when it stops. Good for a look, not for alarms: install mosquitto."
)


class Broker:
    """A broker on loopback, on the same port at every start where that is free.

    `sockets` is its folder by a path short enough for a socket.
    """

    name = "broker"

    def __init__(self, home: Path, sockets: Path, *, port: int | None) -> None:
        self.folder = home / "mosquitto"
        self.sockets = sockets
        self.port = port or usable_port(self.folder / "mosquitto.conf")
        self._log = home / "broker.log"

    @property
    def url(self) -> str:
        """Return the address, of loopback."""
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self, children: Children) -> None:
        """Start the broker and wait until it listens."""
        found = mosquitto()
        if found is None:
            self._start_fallback(children)
            _wait(children, self.name, self._log, lambda: listens(self.port))
        else:
            self._start_mosquitto(children, found)
            _wait(children, self.name, self._log, lambda: connects(self.sockets / SOCKET))

    def _start_mosquitto(self, children: Children, found: str) -> None:
        user = unprivileged_user()
        if not everyone_reaches(Path(found)):
            user = None
        self.folder.mkdir(mode=0o700, exist_ok=True)
        configuration = self.folder / "mosquitto.conf"
        text = CONFIGURATION.format(port=self.port)
        # Started as root it would choose a user that does not own its folder.
        as_root = os.geteuid() == 0 and user is None
        configuration.write_text(text + ("user root\n" if as_root else ""), encoding="utf-8")
        give(self.folder, user)
        argv = [found, "-c", configuration.name]
        children.start(self.name, argv, dict(os.environ), self._log, cwd=self.folder, user=user)

    def _start_fallback(self, children: Children) -> None:
        print(WARNING, file=sys.stderr, flush=True)
        give(self.folder, None)
        argv = [sys.executable, "-m", "ops.embedded.fallback_broker", str(self.port)]
        environment = dict(os.environ) | {"PYTHONPATH": str(ROOT)}
        children.start(self.name, argv, environment, self._log, cwd=self.folder)


class Door:
    """What stands before mosquitto and passes on what has been saved (`holdback.py`)."""

    name = "door"

    def __init__(self, broker: Broker, home: Path) -> None:
        self._broker = broker
        self._home = home
        self._log = home / "door.log"

    @property
    def url(self) -> str:
        """Return the broker's address."""
        return self._broker.url

    @property
    def behind(self) -> str:
        """Return the address behind the door."""
        return f"mqtt+unix://{quote(str(self._broker.sockets / SOCKET))}"

    def start(self, children: Children) -> None:
        """Start it and wait until it listens."""
        where = f"127.0.0.1:{self._broker.port}"
        folder = self._broker.sockets
        argv = [sys.executable, "-m", "ops.embedded.holdback", "--listen", where, str(folder)]
        environment = dict(os.environ) | {"PYTHONPATH": str(ROOT)}
        children.start(self.name, argv, environment, self._log, cwd=self._home)
        _wait(children, self.name, self._log, lambda: listens(self._broker.port))


def _wait(children: Children, name: str, log: Path, there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not there():
        children.require(name)
        if time.monotonic() > deadline:
            raise StartError(f"No {name} after {START_SECONDS:.0f} s: {log}")
        time.sleep(0.01)


def mosquitto() -> str | None:
    """Find mosquitto on the PATH or where systems keep their servers."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=":".join(MORE_FOLDERS))


def usable_port(configuration: Path) -> int:
    """Return the port of the last start while it is free, else any free one."""
    with contextlib.suppress(OSError):
        noted = re.search(
            r"^# The door of port (\d+)", configuration.read_text(encoding="utf-8"), re.MULTILINE
        )
        if noted and is_free(int(noted[1])):
            return int(noted[1])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Tell whether a loopback port can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def connects(path: Path) -> bool:
    """Tell whether somebody accepts connections on a socket of the file system."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(str(path)) == 0


def listens(port: int) -> bool:
    """Tell whether somebody accepts connections on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0
