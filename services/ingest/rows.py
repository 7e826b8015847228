"""A decoded message, and each of its readings once the device is known."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from core.reading import About, Decoded, Reading
from services.ingest import zones
from services.ingest.registry import Known, Registry
from services.rules.kinds import RuleInForce


class Message(NamedTuple):
    """A decoded message; `digest` is of topic and payload, `community` a slug.

    `source` and `unknown` are for keys that nobody understood, `claimed` for a wrong clock;
    `about` is what it tells of devices themselves, `gateways` their own presence.
    """

    community: str
    readings: tuple[Reading, ...]
    digest: bytes
    retained: bool
    received: datetime
    source: str = ""
    unknown: tuple[str, ...] = ()
    claimed: str = ""
    about: tuple[About, ...] = ()
    gateways: tuple[Reading, ...] = ()

    @classmethod
    def of(
        cls, decoded: Decoded, *, community: str, source: str, digest: bytes, received: datetime,
        retained: bool = False,
    ) -> "Message":  # fmt: skip
        """Take what was decoded."""
        return cls(
            community, decoded.readings, digest, retained, received, source, decoded.unknown,
            decoded.clock.claimed, decoded.about, decoded.gateways,
        )  # fmt: skip


Key = tuple[UUID, str, datetime, str]


class Row(NamedTuple):
    """A reading of a known device, with the rules that judge it.

    `key` identifies the reading; a message without an id is known by its content, since clocks of
    a second's resolution say "smoke" and "no smoke" at the same moment.
    """

    known: Known
    reading: Reading
    message: Message
    key: Key
    rules: Sequence[RuleInForce]


def row_of(registry: Registry, known: Known, reading: Reading, message: Message) -> Row:
    """Join a reading with its device and the rules in force for its kind."""
    event = reading.event_id or f"~{message.digest[:6].hex()}"
    if reading.zone is not None:
        event = f"{event}{zones.MARK}{reading.zone}"
    kind = zones.kind_of(known.kind, reading.zone)
    rules = registry.book.judging(known, reading.metric, kind=kind)
    return Row(known, reading, message, (known.id, reading.metric, reading.ts, event), rules)
