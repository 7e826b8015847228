"""Child processes that never outlive their parent."""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

logger = logging.getLogger(__name__)

KEPT_LOG_BYTES = 10 * 1024 * 1024
# The child waits for a line before it turns into the program: a parent that dies before the
# watchdog knows the child closes the pipe, and the child ends instead of starting.
GATE = 'read -r go && exec "$@" </dev/null'


class StartError(Exception):
    """A child did not start; the message holds the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Child:
    """A started program and how it wants to be stopped."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: int
    grace_seconds: float


class Children:
    """The child processes of this one, stopped with it however it ends.

    Each child leads its own session, so Ctrl-C in a terminal reaches this process alone and
    the order of stopping stays in its hands. `notes`, when given, is a file that lists the
    living ones, for a start after a crash of the whole machine's session.
    """

    def __init__(self, notes: Path | None = None) -> None:
        self._notes = notes
        self._children: dict[str, Child] = {}
        self._lock = threading.Lock()
        self._watchdog: subprocess.Popen[bytes] | None = None

    @property
    def pids(self) -> dict[str, int]:
        """Name every started child's process."""
        with self._lock:
            return {name: child.process.pid for name, child in self._children.items()}

    def start(
        self,
        name: str,
        argv: Sequence[str | Path],
        env: Mapping[str, str],
        log: Path,
        *,
        cwd: Path | None = None,
        user: str | None = None,
        stop_signal: int = signal.SIGTERM,
        grace_seconds: float = 10.0,
    ) -> int:
        """Start a program under a name and return its process id.

        Its output is appended to `log`. `user`, for root only, is who it runs as; `cwd` is
        entered before that, so it may lie where the user could not walk to.
        """
        with log_file(log) as output, self._lock:
            process = subprocess.Popen(
                ["/bin/sh", "-c", GATE, name, *map(str, argv)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd=cwd,
                env=dict(env),
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=[] if user else None,
            )
            self._children[name] = Child(name, process, log, int(stop_signal), grace_seconds)
            self._tell_watchdog(f"+ {process.pid} {int(stop_signal)}\n")
            self._write_notes()
        gate = process.stdin
        if gate is not None:
            with contextlib.suppress(BrokenPipeError), gate:
                gate.write(b"go\n")
        return process.pid

    def is_alive(self, name: str) -> bool:
        """Tell whether a started child still runs."""
        return self._children[name].process.poll() is None

    def require(self, name: str) -> None:
        """Raise `StartError` with the end of its log when a child has ended."""
        child = self._children[name]
        code = child.process.poll()
        if code is not None:
            tail = last_lines(child.log)
            raise StartError(f"{name} ended with code {code}:\n{tail}\nLog: {child.log}")

    def wait(self, name: str) -> int:
        """Wait until a child ends, on its own or by `stop`; return its exit code."""
        child = self._children[name]
        code = child.process.wait()
        with self._lock:
            self._tell_watchdog(f"- {child.process.pid}\n")
        return code

    def stop(self, name: str) -> None:
        """Stop one child: its own signal first, SIGKILL to its group after the grace."""
        with self._lock:
            child = self._children.pop(name, None)
        if child is None:
            return
        stop_child(child)
        with self._lock:
            self._tell_watchdog(f"- {child.process.pid}\n")
            self._write_notes()

    def stop_all(self) -> None:
        """Stop every child, the last started first, and the watchdog."""
        for name in reversed(list(self.pids)):
            self.stop(name)
        with self._lock:
            watchdog, self._watchdog = self._watchdog, None
        if watchdog is not None:
            close_input(watchdog)
            watchdog.wait()

    def _tell_watchdog(self, line: str) -> None:
        if self._watchdog is not None:
            try:
                write_line(self._watchdog, line)
            except BrokenPipeError:
                close_input(self._watchdog)
            else:
                return
        self._watchdog = start_watchdog()
        living = (c for c in self._children.values() if c.process.returncode is None)
        for child in living:
            write_line(self._watchdog, f"+ {child.process.pid} {child.stop_signal}\n")

    def _write_notes(self) -> None:
        if self._notes is None:
            return
        started = {name: child.process.pid for name, child in self._children.items()}
        if not started:
            self._notes.unlink(missing_ok=True)
            return
        fresh = self._notes.with_name(self._notes.name + ".new")
        fresh.write_text(json.dumps(started), encoding="utf-8")
        fresh.replace(self._notes)


def start_watchdog() -> subprocess.Popen[bytes]:
    """Start the process that outlives this one by the moment it takes to stop its children."""
    script = Path(__file__).with_name("watchdog.py")
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(script)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def write_line(watchdog: subprocess.Popen[bytes], line: str) -> None:
    """Send one line, at once; BrokenPipeError tells that the watchdog is dead."""
    if watchdog.stdin is not None:
        watchdog.stdin.write(line.encode())
        watchdog.stdin.flush()


def close_input(watchdog: subprocess.Popen[bytes]) -> None:
    """Close the pipe, which tells a living watchdog to stop what it knows."""
    if watchdog.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            watchdog.stdin.close()
    watchdog.poll()


def stop_child(child: Child) -> None:
    """Stop a child and wait for its end."""
    process = child.process
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(child.stop_signal)
    try:
        process.wait(child.grace_seconds)
    except subprocess.TimeoutExpired:
        logger.warning("%s did not stop in %.0f s, killed", child.name, child.grace_seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def log_file(path: Path) -> Iterator[int]:
    """Open a log to append to, readable by its owner alone; a large one becomes `.1`."""
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > KEPT_LOG_BYTES:
            path.replace(path.with_name(path.name + ".1"))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def last_lines(path: Path, count: int = 12) -> str:
    """Read the end of a log."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-count:])
