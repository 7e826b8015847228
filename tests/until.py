"""Waiting in tests: for a condition, never for a length of time."""

import time
from collections.abc import Callable
from threading import Event


def until(predicate: Callable[[], object], timeout: float = 10.0, *, what: str = "") -> None:
    """Return as soon as the predicate holds; fail when it does not within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    pause = Event()
    while not predicate():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {what or predicate}")
        pause.wait(0.01)
