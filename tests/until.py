"""Waiting in tests: for a condition, never for a length of time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from threading import Event


def until(predicate: Callable[[], object], timeout: float = 10.0, *, what: str = "") -> None:
    """Return as soon as the predicate holds; fail when it does not within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    pause = Event()
    while not predicate():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {what or predicate}")
        pause.wait(0.01)


async def comes(ask: Callable[[], Awaitable[object]], wanted: object, within_s: float = 30) -> None:
    """Ask a running house again and again until it answers so; fail with what it said last."""
    deadline = time.monotonic() + within_s
    while (said := await ask()) != wanted:
        assert time.monotonic() < deadline, f"wanted {wanted}, but {said}"
        await asyncio.sleep(0.1)  # between two questions; nothing tells us
