"""What a message says, read as it arrives: the listener waits for the database just then."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from core.clock import utcnow
from core.errors import DecodeError
from core.reading import NOTHING, Decoded
from devices import bridge_of, decode


class Heard(NamedTuple):
    """A message that was read; with a `fault` it can't be.

    `digest` is of topic and payload (8 bytes), `bridge` is (source, name, online).
    """

    topic: str
    received: datetime
    digest: bytes
    decoded: Decoded = NOTHING
    bridge: tuple[str, str, bool] | None = None
    fault: str = ""


def hear(topic: bytes, payload: bytes) -> Heard:
    """Read a message; raises only what is a bug."""
    received = utcnow()
    digest = digest_of(topic, payload)
    name = ""
    try:
        name = str(topic, "utf-8")
        decoded = decode(name, payload, received)
        bridge = bridge_of(name, payload)
    except DecodeError as error:
        return Heard(name, received, digest, fault=str(error))
    except UnicodeDecodeError:
        return Heard(name, received, digest, fault="topic is not UTF-8")
    return Heard(name, received, digest, decoded, bridge)


def digest_of(topic: bytes, payload: bytes) -> bytes:
    """Make the digest by which a message is known again."""
    return hashlib.blake2b(topic + b"\0" + payload, digest_size=8).digest()
