"""A load generator as a process of its own: QoS 1 at a pace or flat out, over plain sockets.

A client library would cost the machine more than the listener that is measured, so packets are
written by hand (MQTT 3.1.1, sections 3.1, 3.3 and 3.4); acknowledgements are counted, four bytes
each.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable

WINDOW = 20_000
SLICE_S = 0.005
_ALARM_EVERY = 5_000


def packet(kind: int, body: bytes) -> bytes:
    """Frame a packet: type and flags, length in 7-bit groups, body."""
    size, length = bytearray(), len(body)
    while True:
        length, group = divmod(length, 128)
        size.append(group | (0x80 if length else 0))
        if not length:
            return bytes([kind]) + bytes(size) + body


def text(value: str) -> bytes:
    """Write a string with its length before it."""
    raw = value.encode()
    return len(raw).to_bytes(2) + raw


def publish(topic: str, payload: bytes, number: int) -> bytes:
    """Write a PUBLISH of QoS 1."""
    return packet(0x32, text(topic) + (number % 65_535 + 1).to_bytes(2) + payload)


METRICS: dict[str, Callable[[int], tuple[str, str]]] = {
    "door": lambda n: ("contact_open", "true" if n & 1 else "false"),
    "water": lambda n: ("water_total", f"{100 + n / 1000:.3f}"),
    "smoke": lambda n: ("smoke", "true" if n % _ALARM_EVERY == 6 else "false"),
    "wristband": lambda n: ("heart_rate", str(60 + n % 30)),
}


def body(number: int, run: str, kind: str, at_ms: float) -> bytes:
    """Write what a device of this kind says at this moment."""
    metric, value = METRICS[kind](number)
    return f'{{"id":"{run}-{number}","ts":{at_ms:.3f},"metrics":{{"{metric}":{value}}}}}'.encode()


class Publisher:
    """One connection with at most WINDOW messages unacknowledged."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.sent = self.acked = 0
        self._room = asyncio.Event()

    @classmethod
    async def connected(cls, port: int, name: str) -> "Publisher":
        """Connect with a clean session."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(packet(0x10, text("MQTT") + b"\x04\x02\x00\x00" + text(name)))
        await reader.readexactly(4)
        return cls(reader, writer)

    async def count_acks(self) -> None:
        """Count acknowledgements for as long as the connection lasts."""
        rest = 0
        while chunk := await self._reader.read(65_536):
            whole, rest = divmod(rest + len(chunk), 4)
            self.acked += whole
            self._room.set()

    async def send(self, packets: list[bytes]) -> None:
        """Write packets when there is room in the window."""
        while self.sent + len(packets) - self.acked > WINDOW:
            self._room.clear()
            await self._room.wait()
        self._writer.write(b"".join(packets))
        self.sent += len(packets)
        await self._writer.drain()

    async def drained(self) -> None:
        """Wait until the broker has taken responsibility for everything."""
        while self.acked < self.sent:
            self._room.clear()
            await self._room.wait()


async def flood(publisher: Publisher, run: str, devices: list[list[str]], count: int) -> None:
    """Send `count` messages as fast as the broker takes them."""
    for start in range(0, count, 100):
        at = time.time() * 1000
        await publisher.send(
            [
                publish(
                    devices[n % len(devices)][0], body(n, run, devices[n % len(devices)][1], at), n
                )
                for n in range(start, min(start + 100, count))
            ]
        )


async def paced(
    publisher: Publisher, run: str, devices: list[list[str]], rate: int, count: int
) -> None:
    """Send at a steady rate, in slices of five milliseconds; each message bears its own time."""
    began, sent = time.monotonic(), 0
    while sent < count:
        due = min(count, int((time.monotonic() - began) * rate))
        at = time.time() * 1000
        await publisher.send(
            [
                publish(
                    devices[n % len(devices)][0], body(n, run, devices[n % len(devices)][1], at), n
                )
                for n in range(sent, due)
            ]
        )
        sent = due
        await asyncio.sleep(SLICE_S)


async def work(port: int, run: str, count: int, rate: int) -> None:
    """Read the devices from standard input's file, publish, tell when it began and ended."""
    devices: list[list[str]] = json.load(sys.stdin)
    publisher = await Publisher.connected(port, f"load-{run}")
    counting = asyncio.create_task(publisher.count_acks())
    began = time.time()
    if rate:
        await paced(publisher, run, devices, rate, count)
    else:
        await flood(publisher, run, devices, count)
    await publisher.drained()
    counting.cancel()
    sys.stdout.write(json.dumps({"began": began, "ended": time.time()}) + "\n")


def main() -> int:
    """Parse the options and publish."""
    parser = argparse.ArgumentParser(prog="python -m ops.bench.load", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--run", required=True, help="a mark that begins every message's id")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--rate", type=int, default=0, help="messages a second; 0 is flat out")
    options = parser.parse_args()
    asyncio.run(work(options.port, options.run, options.count, options.rate))
    return 0


if __name__ == "__main__":
    sys.exit(main())
