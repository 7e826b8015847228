"""What every ecosystem needs: the JSON of a payload, names, moments, and fields into readings."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import orjson

from core.errors import DecodeError
from core.reading import DEVICE, LIFE_METRICS, RECEIPT, About, Clock, Decoded, Reading
from core.units import number, truth
from devices.rules import Rule, Rules

MAX_PAYLOAD: Final = 256 * 1024
_MAX_NAME: Final = 128
_MAX_UNKNOWN: Final = 32
_MAX_CLAIM: Final = 40
_MAX_DEPTH: Final = 6
_LATEST: Final = timedelta(days=31)  # what a device may have kept while it had no way to us
_AHEAD: Final = timedelta(minutes=10)
_OLDEST: Final = datetime(2020, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM: Final = 1e11  # as seconds this would be the year 5138
# Control characters break logs and PostgreSQL's text; lone surrogates break UTF-8.
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_STRANGE: Final = Rule("", None, lambda _: None)
_PRESENCE: Final = {b"online": True, b"offline": False}


@dataclass(frozen=True, slots=True)
class Address:
    """What a topic says before its payload is opened: the kind of message, and of which device."""

    kind: str
    device: str


class Head(NamedTuple):
    """What the readings of one message share, and what it tells of the device itself."""

    source: str
    device: str
    ts: datetime
    clock: Clock
    event_id: str | None = None
    about: tuple[About, ...] = ()


def load(payload: bytes, most: int = MAX_PAYLOAD) -> object:
    """Parse JSON, mostly of at most 256 KiB; the fault's text never holds the content."""
    if len(payload) > most:
        raise DecodeError("payload is larger than 256 KiB")
    try:
        return orjson.loads(payload)
    except (ValueError, RecursionError):
        raise DecodeError("payload is not JSON in UTF-8") from None


def load_object(payload: bytes) -> dict[str, object]:
    """Parse a JSON object."""
    return an_object(load(payload), "payload")


def an_object(raw: object, what: str) -> dict[str, object]:
    """Insist on a JSON object."""
    if isinstance(raw, dict):
        return raw
    raise DecodeError(f"{what} is not an object")


def device_id(raw: object) -> str:
    """Accept a device's id: text or a whole number, 1 to 128 characters, none of them control."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str) or not raw.strip():
        raise DecodeError("device id is missing")
    if len(raw) > _MAX_NAME:
        raise DecodeError("device id is longer than 128 characters")
    if _UNPRINTABLE.search(raw):
        raise DecodeError("device id holds control characters")
    return raw


def mark(raw: object) -> str | None:
    """Accept a short text or whole number that only serves as a mark (event id, zone, label).

    What cannot serve is left out instead of refused: a broken id never costs an alarm, since
    redelivery without an id repeats at most a reading.
    """
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if isinstance(raw, str) and 0 < len(raw) <= _MAX_NAME and _printable(raw):
        return raw
    return None


def _printable(text: str) -> bool:
    return (text.isascii() and text.isprintable()) or not _UNPRINTABLE.search(text)


def moment(raw: object, received: datetime) -> tuple[datetime, Clock]:
    """Read ISO 8601 or an epoch in seconds or milliseconds; a clock that lies yields receipt.

    Times without an offset count as UTC: where a device meant Beijing time, that lies eight
    hours ahead and falls back to receipt by itself. A bad clock never costs an alarm.
    """
    if raw is None:
        return received, RECEIPT
    try:
        ts = _parse_moment(raw)
    except (ValueError, OverflowError, OSError):
        return received, _wrong(raw)
    if received - _LATEST <= ts <= received + _AHEAD:
        return ts, DEVICE
    return received, _wrong(raw)


def recorded(clock: Clock, now: datetime) -> datetime | None:
    """Tell when a message was recorded that is too old to have just come in; None for a lie."""
    try:
        ts = _parse_moment(clock.claimed) if clock.claimed else None
    except (ValueError, OverflowError, OSError):
        return None
    return ts if ts is not None and _OLDEST <= ts <= now else None


def _wrong(claimed: object) -> Clock:
    """Keep what a clock said that cannot be right: 1970, the future, no time at all."""
    plain = str(claimed) if isinstance(claimed, str | int | float) else type(claimed).__name__
    return Clock("bad", _UNPRINTABLE.sub("?", plain[:_MAX_CLAIM]))


def _parse_moment(raw: object) -> datetime:
    if isinstance(raw, str) and raw[4:5] == "-":
        ts = datetime.fromisoformat(raw)
        if ts.tzinfo is UTC:
            return ts
        return ts.replace(tzinfo=UTC) if ts.tzinfo is None else ts.astimezone(UTC)
    epoch = number(raw)
    if epoch >= _MILLISECONDS_FROM:
        epoch /= 1000
    return datetime.fromtimestamp(epoch, UTC)


def presence(payload: bytes) -> bool | None:
    """Read `online`, `{"state": "online"}` or a yes or no; None for the empty payload.

    An empty retained message is MQTT's way of deleting the one before (3.1.1, section 3.3.1.3).
    """
    known = _PRESENCE.get(payload)
    if known is not None:
        return known
    text = payload.strip().lower()
    if not text:
        return None
    if text.isalpha() and text not in (b"true", b"false", b"null"):
        raw: object = text.decode()
    else:
        raw = load(text)
    if isinstance(raw, dict):
        raw = raw.get("state", raw.get("online"))
    if isinstance(raw, str) and raw in ("online", "offline"):
        return raw == "online"
    try:
        return truth(raw)
    except ValueError:
        raise DecodeError("online is neither yes nor no") from None


def told(device: str, *, model: object = None, gateway: object = None) -> tuple[About, ...]:
    """Keep what a message tells of its device; what cannot serve as a name is left out."""
    named, through = mark(model) or "", mark(gateway) or ""
    return (About(device, named, through),) if named or through else ()


def single(head: Head, metric: str, *, value: bool) -> Decoded:
    """Wrap one value that has no unit."""
    reading = Reading(head.source, head.device, metric, value, None, head.ts, head.event_id)
    return Decoded((reading,), (), head.clock, head.about)


def collect(fields: Mapping[str, object], rules: Rules, head: Head) -> Decoded:
    """Turn fields into readings, at most one per metric; null says nothing, unknown keys are listed.

    A value that cannot be read refuses the message, with one exception: where another field of
    the same message raises a life alarm, the alarm goes through and the broken key is listed
    as unknown. A smoke detector with a mad battery gauge still saves its people.
    """
    found: dict[str, Reading] = {}
    unknown: list[str] = []
    fault: DecodeError | None = None
    source, device, ts, event_id = head.source, head.device, head.ts, head.event_id
    for key, raw in fields.items():
        rule = rules.get(key, _STRANGE)
        if rule is None or raw is None:
            continue
        try:
            value = rule.read(raw)
        except DecodeError as error:
            fault = fault or error
            unknown.append(key)
            continue
        name = rule.name
        if value is None:  # a strange key, or a value that says nothing
            unknown.append(key)
        elif name not in found or value is True:  # two doors on one device: open if either is
            found[name] = Reading(source, device, name, value, rule.unit, ts, event_id)
    if fault and not any(found[name].value is True for name in LIFE_METRICS & found.keys()):
        raise fault
    strange = listed(unknown) if unknown else ()
    return Decoded(tuple(found.values()), strange, head.clock, head.about)


def listed(keys: list[str]) -> tuple[str, ...]:
    """Bound a list of unknown keys, which a stranger chose, to what a log can bear."""
    return tuple(_UNPRINTABLE.sub("?", key[:_MAX_NAME]) for key in keys[:_MAX_UNKNOWN])


def flat(
    body: Mapping[str, object], prefix: str = "", depth: int = 0
) -> Iterator[tuple[str, object]]:
    """Walk nested objects as dotted keys, `button_event.status`; deeper than six levels as null."""
    for key, value in body.items():
        if not isinstance(value, dict):
            yield prefix + key, value
        elif depth < _MAX_DEPTH:
            yield from flat(value, f"{prefix}{key}.", depth + 1)
        else:
            yield prefix + key, None
