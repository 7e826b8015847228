"""Live streams: one subscription per process, fanned out to the readers that wait.

A lost wake-up costs a reader at most one poll (POLL_S); what it reads comes from PostgreSQL.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from core.metrics import SSE_CLIENTS
from core.ports import Bus

POLL_S = 2.0


class Fanout:
    """Wakes those who wait for a mailbox, a community's map, the channels, or the end of sessions."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)

    async def run(self) -> None:
        """Listen for ever; cancel to stop."""
        async for wake in self._bus.listen("mailbox", "console", "channels", "sessions"):
            key = str(wake.data.get("person") or wake.data.get("community") or wake.topic)
            for event in self._waiting.get(key, ()):
                event.set()

    @contextmanager
    def watch(self, *keys: str) -> Iterator[asyncio.Event]:
        """Register a client's stream as `waits` does, and count it."""
        SSE_CLIENTS.inc()
        try:
            with self.waits(*keys) as event:
                yield event
        finally:
            SSE_CLIENTS.dec()

    @contextmanager
    def waits(self, *keys: str) -> Iterator[asyncio.Event]:
        """Register a reader; the event is set whenever something happened under one of `keys`."""
        event = asyncio.Event()
        for key in keys:
            self._waiting[key].add(event)
        try:
            yield event
        finally:
            for key in keys:
                self._waiting[key].discard(event)
                if not self._waiting[key]:
                    del self._waiting[key]


async def woken(event: asyncio.Event, seconds: float = POLL_S) -> bool:
    """Wait for the event or the poll; tell which came. The event is cleared."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    event.clear()
    return True


def sse(name: str, data: Any, number: int | None = None) -> bytes:
    """Write one server-sent event; JSON has no newlines, so one data line is enough."""
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"


Stream = AsyncIterator[bytes]
