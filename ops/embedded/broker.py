"""The MQTT broker: mosquitto from the PATH, which keeps its queues through a kill -9.

Without mosquitto the amqtt package serves, which loses them; it says so loudly.
"""

import contextlib
import os
import re
import shutil
import socket
import sys
import time
from pathlib import Path

from ops.embedded.account import everyone_reaches, give, unprivileged_user
from ops.embedded.process import Children, StartError

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 15.0
# Debian keeps it where a normal user's PATH does not look; Homebrew likewise.
MORE_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
CONFIGURATION = """\
listener {port} 127.0.0.1
allow_anonymous true
# Queued messages outlive a kill -9: every change is written within a second.
persistence true
persistence_location ./
persistence_file mosquitto.db
autosave_on_changes true
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
    """A broker on loopback, on the same port at every start where that is free."""

    name = "broker"

    def __init__(self, home: Path, *, port: int | None) -> None:
        self._folder = home / "mosquitto"
        self._log = home / "broker.log"
        self._port = port or usable_port(self._folder / "mosquitto.conf")

    @property
    def url(self) -> str:
        """Return the address, of loopback."""
        return f"mqtt://127.0.0.1:{self._port}"

    def start(self, children: Children) -> None:
        """Start the broker and wait until it listens."""
        found = mosquitto()
        if found is None:
            self._start_fallback(children)
        else:
            self._start_mosquitto(children, found)
        deadline = time.monotonic() + START_SECONDS
        while not listens(self._port):
            children.require(self.name)
            if time.monotonic() > deadline:
                raise StartError(f"No broker after {START_SECONDS:.0f} s: {self._log}")
            time.sleep(0.01)

    def _start_mosquitto(self, children: Children, found: str) -> None:
        user = unprivileged_user()
        if not everyone_reaches(Path(found)):
            user = None
        self._folder.mkdir(mode=0o700, exist_ok=True)
        configuration = self._folder / "mosquitto.conf"
        text = CONFIGURATION.format(port=self._port)
        # Started as root it would choose a user that does not own its folder.
        as_root = os.geteuid() == 0 and user is None
        configuration.write_text(text + ("user root\n" if as_root else ""), encoding="utf-8")
        give(self._folder, user)
        argv = [found, "-c", configuration.name]
        children.start(self.name, argv, dict(os.environ), self._log, cwd=self._folder, user=user)

    def _start_fallback(self, children: Children) -> None:
        print(WARNING, file=sys.stderr, flush=True)
        give(self._folder, None)
        argv = [sys.executable, "-m", "ops.embedded.fallback_broker", str(self._port)]
        environment = dict(os.environ) | {"PYTHONPATH": str(ROOT)}
        children.start(self.name, argv, environment, self._log, cwd=self._folder)


def mosquitto() -> str | None:
    """Find mosquitto on the PATH or where systems keep their servers."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=":".join(MORE_FOLDERS))


def usable_port(configuration: Path) -> int:
    """Return the port of the last start while it is free, else any free one."""
    with contextlib.suppress(OSError):
        noted = re.search(
            r"^listener (\d+)", configuration.read_text(encoding="utf-8"), re.MULTILINE
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


def listens(port: int) -> bool:
    """Tell whether somebody accepts connections on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0
