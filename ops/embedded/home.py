"""The data folder: closed to others, used by one stack at a time, swept of orphans."""

import contextlib
import fcntl
import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ops.embedded.watchdog import is_running

NOTES = "servers.json"
# The kernel allows 107 bytes for a socket's path, macOS 103; the socket's name needs its own.
LONGEST_SOCKET_FOLDER = 80
ORPHAN_SECONDS = 10.0


class AlreadyRunningError(Exception):
    """Another stack holds this data folder."""


@contextlib.contextmanager
def held(home: Path) -> Iterator[Path]:
    """Hold the data folder for this process alone; the kernel lets go when it dies.

    Made when missing, and 0700 afterwards in any case: it holds the keys.
    """
    home = home.absolute()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    handle = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(
                f"{home} is in use by another running stack. Stop that one,"
                " or name another folder in LINLING_HOME."
            ) from None
        yield home
    finally:
        os.close(handle)


def sweep_orphans(home: Path) -> None:
    """Stop servers that a former stack of this folder left behind.

    A process counts as ours when its noted id still belongs to a program whose working folder
    lies in this one; an id that the system has given to somebody else is left alone.
    """
    try:
        noted = json.loads((home / NOTES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    orphans = [pid for pid in noted.values() if works_in(pid, home)]
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + ORPHAN_SECONDS
        while any(map(is_running, orphans)) and time.monotonic() < deadline:
            time.sleep(0.02)
        orphans = [pid for pid in orphans if is_running(pid)]
        if not orphans:
            break
    (home / NOTES).unlink(missing_ok=True)


def works_in(pid: int, folder: Path) -> bool:
    """Tell whether a process lives and its working folder is this one or inside it."""
    import psutil

    try:
        process = psutil.Process(pid)
        where = Path(process.cwd())
    except (psutil.Error, OSError):
        return False
    return is_running(pid) and where.resolve().is_relative_to(folder.resolve())


@contextlib.contextmanager
def short_path(folder: Path) -> Iterator[Path]:
    """Give a folder of sockets a path short enough to connect to."""
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="linling-") as made:
        alias = Path(made) / folder.name
        alias.symlink_to(folder)
        yield alias
