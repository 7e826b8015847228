"""Stop the children of a process that died without a word.

Run as a script with its standard input on a pipe whose other end the parent alone holds. The
parent writes `+ PID SIGNAL` when it starts a child and `- PID` when one has ended. When the
pipe closes, whatever is still registered is stopped: a kill -9 of the parent leaves no orphan,
on Linux and on macOS. Standard library only, no import of ours: it starts in a few ms.
"""

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

# Enough for a database to write its shutdown checkpoint.
GRACE_SECONDS = 8.0
POLL_SECONDS = 0.02


def is_running(pid: int) -> bool:
    """Tell whether a process lives; a zombie nobody reaps counts as ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True  # no /proc here, so the signal's word stands
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}


def send(pid: int, number: int) -> None:
    """Signal a process that may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def read_children(lines: "list[str]", children: "dict[int, int]") -> None:
    """Apply what the parent wrote: child -> the signal that stops it."""
    for line in lines:
        sign, pid, *number = line.split()
        if sign == "+":
            children[int(pid)] = int(number[0])
        else:
            children.pop(int(pid), None)


def stop(children: "dict[int, int]") -> None:
    """Ask all to stop, the last started first, then kill what stays, with its group."""
    for pid, number in reversed(children.items()):
        send(pid, number)
    deadline = time.monotonic() + GRACE_SECONDS
    left = set(children)
    while left and time.monotonic() < deadline:
        left = {pid for pid in left if is_running(pid)}
        time.sleep(POLL_SECONDS)
    for pid in left:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # every child leads its own group
        send(pid, signal.SIGKILL)


def main() -> None:
    """Listen until the parent is gone, then stop its children."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    children: dict[int, int] = {}
    for line in sys.stdin:
        read_children([line], children)
    stop(children)


if __name__ == "__main__":
    main()
