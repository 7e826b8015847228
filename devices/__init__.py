"""Payloads of devices into readings: one module per ecosystem, `decode` chooses among them.

`decode(topic, payload, received)` for MQTT, `decode_push(source, payload, received)` for the
HTTP pushes. Both give a `Decoded` or raise `DecodeError`, nothing else, whatever comes in.
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Final

from core.errors import DecodeError
from core.reading import NOTHING, Decoded
from devices import chirpstack, ctwing, frigate, onenet, own, wristband, zigbee2mqtt
from devices.body import Address

__all__ = [
    "SOURCES", "community_of", "decode", "decode_push", "parts_of_push", "pusher_of", "source_of",
    "speaker_of",
]  # fmt: skip

_Decode = Callable[[Address, bytes, datetime], Decoded]

_BY_PREFIX: Final[dict[str, tuple[str, Callable[[str], Address | None], _Decode]]] = {
    "linling": (own.SOURCE, own.address, own.decode),
    "zigbee2mqtt": (zigbee2mqtt.SOURCE, zigbee2mqtt.address, zigbee2mqtt.decode),
    "application": (chirpstack.SOURCE, chirpstack.address, chirpstack.decode),
    "frigate": (frigate.SOURCE, frigate.address, frigate.decode),
    "atom": (wristband.SOURCE, wristband.address, wristband.decode),
}
_BY_SOURCE: Final = {ctwing.SOURCE: ctwing.decode, onenet.SOURCE: onenet.decode}
_PUSHERS: Final = {ctwing.SOURCE: ctwing.speaker, onenet.SOURCE: onenet.speaker}
SOURCES: Final = (*(source for source, _, _ in _BY_PREFIX.values()), *_BY_SOURCE)
_MAX_TOPIC: Final = 512


def decode(topic: str, payload: bytes, received: datetime) -> Decoded:
    """Decode an MQTT message; a topic that carries no readings gives none and is not opened."""
    if len(topic) > _MAX_TOPIC:  # refused before it fills the memory of _route
        raise DecodeError("topic is longer than 512 characters")
    found = _route(topic)
    if found is None:
        return NOTHING
    address, decoder = found
    return decoder(address, payload, received)


def decode_push(source: str, payload: bytes, received: datetime) -> Decoded:
    """Decode the body of an HTTP push of `ctwing` or `onenet`."""
    decoder = _BY_SOURCE.get(source)
    if decoder is None:
        raise DecodeError("source is neither ctwing nor onenet")
    return decoder(payload, received)


def parts_of_push(source: str, payload: bytes) -> list[bytes]:
    """Split a push into messages that are decoded each by itself."""
    return onenet.parts(payload) if source == onenet.SOURCE else [payload]


def pusher_of(source: str, payload: bytes) -> tuple[str, str] | None:
    """Tell (source, device) of a pushed message that can't be read; None where it names none."""
    try:
        return source, _PUSHERS[source](payload)
    except DecodeError:
        return None


def community_of(topic: str) -> str | None:
    """Read the community off an own device's topic; other ecosystems' topics name none."""
    return own.community(topic)


def source_of(topic: str) -> str:
    """Name the ecosystem of a topic; empty for a topic of none."""
    entry = _BY_PREFIX.get(topic.partition("/")[0])
    return entry[0] if entry else ""


def speaker_of(topic: str) -> tuple[str, str] | None:
    """Tell (source, device) of a topic without opening the payload; None where no device speaks."""
    try:
        found = _route(topic) if len(topic) <= _MAX_TOPIC else None
    except DecodeError:
        return None
    if found is None:
        return None
    return _BY_PREFIX[topic.partition("/")[0]][0], found[0].device


@lru_cache(maxsize=16_384)
def _route(topic: str) -> tuple[Address, _Decode] | None:
    """Choose the decoder of a topic; remembered, because devices speak on the same topics."""
    entry = _BY_PREFIX.get(topic.partition("/")[0])
    address = entry[1](topic) if entry else None
    return (address, entry[2]) if entry and address else None
