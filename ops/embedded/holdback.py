"""The broker's door: what mosquitto confirms is passed on when mosquitto has saved it.

Mosquitto acknowledges a message first and writes its store afterwards, whatever the configuration:
killed in between, it has lost what the sender has forgotten. Here an acknowledgement waits until
the store's file has been replaced. One save serves all that wait, as a group commit does; the
messages themselves pass at once.

    python -m ops.embedded.holdback --listen 127.0.0.1:1883 FOLDER

FOLDER is mosquitto's: `broker.sock`, `broker.pid` and `mosquitto.db` lie there.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import cast

import uvloop

from ops.embedded.broker import PID, SOCKET, STORE

GATHER_S = 0.02
_REST = 4  # a save stops the broker, so it rests this many times as long
_LOOK_S = 0.001
_ASK_AGAIN_S = 1.0
_HIGH_WATER = 1 << 20
# PUBACK, PUBREC, PUBCOMP and SUBACK: with each of them the broker makes itself answerable.
_RECEIPTS = frozenset((0x40, 0x50, 0x70, 0x90))
_LENGTH_BYTES = 4  # of seven bits each (MQTT 3.1.1, section 2.2.3)


class Sieve:
    """Parts receipts from all else in what the broker sends on one connection."""

    def __init__(self) -> None:
        self._rest = b""
        self._within = 0  # bytes still to come of a packet that has begun

    def part(self, chunk: bytes) -> tuple[bytes, bytes]:
        """Return what passes, and the whole receipts."""
        data = self._rest + chunk
        size, at, start = len(data), self._within, 0
        passed: list[bytes] = []
        receipts: list[bytes] = []
        while at < size:
            end = _end(data, at)
            is_receipt = data[at] in _RECEIPTS
            if end is None or (is_receipt and end > size):
                break
            if is_receipt:
                passed.append(data[start:at])
                receipts.append(data[at:end])
                start = end
            at = end
        cut = min(at, size)
        self._rest, self._within = data[cut:], max(0, at - size)
        passed.append(data[start:cut])
        return b"".join(passed), b"".join(receipts)


def _end(data: bytes, at: int) -> int | None:
    """Find where the packet at `at` ends; None while its length is incomplete."""
    length = 0
    for place, group in enumerate(data[at + 1 : at + 1 + _LENGTH_BYTES]):
        length |= (group & 0x7F) << 7 * place
        if group < 0x80:
            return at + 2 + place + length
    return None


class Side(asyncio.Protocol):
    """One end of a link; what it reads goes to the other end."""

    def __init__(self, store: "Store", other: "Side | None" = None) -> None:
        self._store = store
        self._sieve = Sieve() if other else None  # the broker's end has one
        self.other = other
        self.broker = 0  # the process it leads to
        self.early: list[bytes] = []  # read before the other end was there
        self.transport: asyncio.Transport | None = None
        self._joining: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Join a sender to the broker, or the broker to the sender that waits for it."""
        # uvloop's own are not derived from it
        self.transport = cast("asyncio.Transport", transport)
        self.transport.set_write_buffer_limits(high=_HIGH_WATER)
        if self.other is None:
            self._joining = asyncio.create_task(self._join())
        else:
            self.broker = self._store.broker()
            self.transport.writelines(self.other.early)
            self.other.early.clear()

    async def _join(self) -> None:
        loop = asyncio.get_running_loop()
        broker = Side(self._store, self)
        self.other = broker
        try:
            await loop.create_unix_connection(lambda: broker, str(self._store.folder / SOCKET))
        except OSError:  # it is being started again, and so will the sender try again
            self.close()

    def data_received(self, data: bytes) -> None:
        """Pass on what comes; receipts wait for a save."""
        if self._sieve is None:
            self._pass(data)
            return
        passed, receipts = self._sieve.part(data)
        if passed:
            self._pass(passed)
        if receipts:
            self._store.hold(self, receipts)

    @property
    def stands(self) -> bool:
        """Tell whether the connection is open, as far as is known."""
        return self.transport is not None and not self.transport.is_closing()

    def release(self, receipts: bytes) -> None:
        """Pass on receipts of what has been saved."""
        self._pass(receipts)

    def _pass(self, data: bytes) -> None:
        if self.other is None or self.other.transport is None:
            self.early.append(data)
        else:
            self.other.transport.write(data)

    def pause_writing(self) -> None:
        """Read no more from the other end while this one is full."""
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read from the other end again."""
        if self.other is not None and self.other.transport is not None:
            self.other.transport.resume_reading()

    def connection_lost(self, _error: Exception | None) -> None:
        """End the other end with this one."""
        if self.other is not None:
            self.other.close()

    def close(self) -> None:
        """Close this end when what is written has gone."""
        if self.transport is not None:
            self.transport.close()


class Store:
    """The broker's store, and the receipts that wait for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held: list[tuple[Side, bytes]] = []
        self._wanted = asyncio.Event()

    def hold(self, side: Side, receipts: bytes) -> None:
        """Keep receipts until the next save."""
        self._held.append((side, receipts))
        self._wanted.set()

    async def keep_saving(self) -> None:
        """Gather receipts, have the broker save, pass them on; until cancelled."""
        took = 0.0
        while True:
            await self._wanted.wait()
            await asyncio.sleep(max(GATHER_S, _REST * took))
            self._wanted.clear()
            held, self._held = self._held, []
            began = time.monotonic()
            saved_by = await self._save([side for side, _ in held])
            took = time.monotonic() - began
            for side, receipts in held:
                if side.broker == saved_by:  # else it has died, and its links with it
                    side.release(receipts)

    async def _save(self, sides: list[Side]) -> int:
        """Have the broker save; returns its process, 0 when these links have ended.

        It is one thread and sends nothing while it saves: what was read from it before its file
        was replaced had happened before that save began.
        """
        before, asked = self._version(), 0.0
        while self._version() == before:
            broker = self.broker()
            if not any(side.broker == broker and side.stands for side in sides):
                return 0
            if time.monotonic() - asked >= _ASK_AGAIN_S:
                asked = time.monotonic()
                with contextlib.suppress(ProcessLookupError):
                    os.kill(broker, signal.SIGUSR1)
            await asyncio.sleep(_LOOK_S)
        return self.broker()  # one that was started since has written its id before it saves

    def broker(self) -> int:
        """Read the broker's process id; 0 while it has none."""
        try:
            return int((self.folder / PID).read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return 0

    def _version(self) -> tuple[int, int] | None:
        try:
            found = (self.folder / STORE).stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns


async def serve(folder: Path, host: str, port: int) -> None:
    """Stand at the door until cancelled."""
    store = Store(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Side(store), host, port, backlog=1024)
    async with server:
        await store.keep_saving()


def main() -> int:
    """Parse the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m ops.embedded.holdback", description=__doc__)
    parser.add_argument("--listen", required=True, metavar="HOST:PORT")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    host, _, port = options.listen.rpartition(":")
    uvloop.run(serve(options.folder, host, int(port)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
