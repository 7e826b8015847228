"""The MQTT client: a persistent session whose messages are acknowledged by us, after the commit.

paho acknowledges a message before our code has seen it, and aiomqtt 2.5 has no public switch for
that (its issue #345), so the private access lives here and nowhere else.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Any

import aiomqtt
from paho.mqtt.client import MQTTMessage

from core.mqtt import Address


class Intake(aiomqtt.Client):
    """Buffers what arrives; nothing is acknowledged until `acknowledge` is called."""

    def __init__(self, where: Address, *, identifier: str) -> None:
        super().__init__(**where, identifier=identifier, clean_session=False, keepalive=30)
        self._client.manual_ack_set(True)
        self._client.on_message = self._buffer
        self._arrived = asyncio.Event()
        self._waiting: deque[MQTTMessage] = deque()

    def _buffer(self, _client: Any, _userdata: Any, message: MQTTMessage) -> None:
        self._waiting.append(message)
        self._arrived.set()

    async def take(self, limit: int) -> list[MQTTMessage]:
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

    def acknowledge(self, messages: Iterable[MQTTMessage]) -> None:
        """Tell the broker that these messages are safe with us."""
        for message in messages:
            if message.qos:
                self._client.ack(message.mid, message.qos)
