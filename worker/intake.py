# ruff: noqa: SLF001  (paho's private parts are touched here and nowhere else)
"""The MQTT client: a persistent session whose messages are acknowledged by us, after the commit.

paho acknowledges a message before our code has seen it, and aiomqtt 2.5 has no public switch for
that (its issue #345). paho also reads a packet in three system calls and makes a lock for every
message, which was half of the listener's time. So PUBLISH is read here, by the socketful, and all
else is handed to paho.
"""

import asyncio
import time
from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple

import aiomqtt
from paho.mqtt.client import PUBACK
from paho.mqtt.enums import MQTTErrorCode

from core.mqtt import Address

_CHUNK = 262_144
_PUBLISH = 0x30
_LENGTH_BYTES = 4  # of seven bits each (MQTT 3.1.1, section 2.2.3)


class Arrived(NamedTuple):
    """A message as it came: the topic may be no UTF-8."""

    topic: bytes
    payload: bytes
    qos: int
    mid: int
    retain: bool
    dup: bool


class Intake(aiomqtt.Client):
    """Buffers what arrives; nothing is acknowledged until `acknowledge` is called.

    An instance serves one connection.
    """

    def __init__(self, where: Address, *, identifier: str) -> None:
        super().__init__(**where, identifier=identifier, clean_session=False, keepalive=30)
        self._client.loop_read = self._read  # type: ignore[method-assign]
        self._arrived = asyncio.Event()
        self._waiting: deque[Arrived] = deque()
        self._rest = b""

    async def take(self, limit: int) -> list[Arrived]:
        """Wait for messages and take what is buffered, at most `limit`; raises MqttError."""
        while not self._waiting:
            self._arrived.clear()
            arrived: asyncio.Future[Any] = asyncio.ensure_future(self._arrived.wait())
            try:
                await asyncio.wait(
                    [arrived, self._disconnected], return_when=asyncio.FIRST_COMPLETED
                )
            finally:
                arrived.cancel()
            if self._disconnected.done():
                self._disconnected.result()
                raise aiomqtt.MqttError("disconnected")
        return [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]

    def acknowledge(self, messages: Iterable[Arrived]) -> None:
        """Tell the broker that these messages are safe with us."""
        acks = b"".join(b"\x40\x02" + one.mid.to_bytes(2) for one in messages if one.qos)
        if acks:
            self._client._packet_queue(PUBACK, acks, 0, 1)

    def _read(self, max_packets: int = 1) -> MQTTErrorCode:  # noqa: ARG002  paho's signature
        client = self._client
        if client._sock is None:
            return MQTTErrorCode.MQTT_ERR_NO_CONN
        try:
            chunk = client._sock.recv(_CHUNK)
        except BlockingIOError:
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        except OSError:
            chunk = b""
        if not chunk:
            return client._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        client._last_bytes_received = time.monotonic()
        fault = self._packets(self._rest + chunk)
        if self._waiting:
            self._arrived.set()
        return client._loop_rc_handle(fault) if fault else fault

    def _packets(self, data: bytes) -> MQTTErrorCode:
        """Handle every whole packet and keep the rest; returns paho's code for what went wrong."""
        at, all_of_it, fault = 0, len(data), MQTTErrorCode.MQTT_ERR_SUCCESS
        while not fault and all_of_it - at >= 2:
            start, end = at + 2, at + 2 + data[at + 1]
            if data[at + 1] >= 0x80:
                start, end = _bounds(data, at)
                if not start and all_of_it - at > _LENGTH_BYTES:
                    return MQTTErrorCode.MQTT_ERR_PROTOCOL
            if not start or end > all_of_it:
                break
            fault = self._packet(data[at], data[start:end])
            at = end
        self._rest = data[at:]
        return fault

    def _packet(self, head: int, body: bytes) -> MQTTErrorCode:
        if head & 0xF0 == _PUBLISH:
            qos, size = head >> 1 & 3, int.from_bytes(body[:2]) + 2
            start = size + 2 if qos else size
            if len(body) < start or qos > 1:  # we subscribe at QoS 1
                return MQTTErrorCode.MQTT_ERR_PROTOCOL
            self._waiting.append(
                Arrived(
                    body[2:size], body[start:], qos, int.from_bytes(body[size:start]),
                    bool(head & 1), bool(head & 8),
                )
            )  # fmt: skip
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        client = self._client
        client._in_packet["command"] = head
        client._in_packet["packet"] = bytearray(body)
        client._in_packet["remaining_length"] = len(body)
        return client._packet_handle()


def _bounds(data: bytes, at: int) -> tuple[int, int]:
    """Find where the body of the packet at `at` starts and ends; 0 when its head is incomplete."""
    length = 0
    for place, group in enumerate(data[at + 1 : at + 1 + _LENGTH_BYTES]):
        length |= (group & 0x7F) << 7 * place
        if group < 0x80:
            start = at + 2 + place
            return start, start + length
    return 0, 0
