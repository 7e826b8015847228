"""`python -m ops decode`: one JSON line in, one out; what the listener would make of a message.

In: `{"topic", "payload"}` or `{"source": "ctwing|onenet", "payload"}`, the payload an object or
a string. Out: `{"readings": […], "error": null | text}`.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import orjson

from core.clock import utcnow
from core.errors import DecodeError
from core.reading import Decoded, Reading
from devices import decode, decode_push
from devices.body import recorded


def run(stdin_lines: Iterable[str]) -> Iterator[str]:
    """Answer every line with one line, the broken ones with an error; blank lines too."""
    for line in stdin_lines:
        readings: list[dict[str, object]] = []
        error = None
        try:
            readings = [_row(reading) for reading in _decode(line).readings]
        except DecodeError as refusal:
            error = str(refusal)
        yield orjson.dumps({"readings": readings, "error": error}).decode()


def _decode(line: str) -> Decoded:
    try:
        message = orjson.loads(line.encode())
    except ValueError:
        raise DecodeError("line is not JSON") from None
    if not isinstance(message, dict):
        raise DecodeError("line is not an object")
    topic, source, payload = (message.get(key) for key in ("topic", "source", "payload"))
    if "payload" not in message:
        raise DecodeError("payload is missing")
    body = payload.encode() if isinstance(payload, str) else orjson.dumps(payload)
    if isinstance(topic, str) and topic:
        return _as_of_its_day(lambda received: decode(topic, body, received))
    if isinstance(source, str):
        return _as_of_its_day(lambda received: decode_push(source, body, received))
    raise DecodeError("neither topic nor source is given")


def _as_of_its_day(read: Callable[[datetime], Decoded]) -> Decoded:
    """Read a message as if it came now; one recorded long ago as if it came on its own day."""
    decoded = read(now := utcnow())
    day = recorded(decoded.clock, now)
    return decoded if day is None else read(day)


def _row(reading: Reading) -> dict[str, object]:
    ts = reading.ts.astimezone(UTC).isoformat().replace("+00:00", "Z")
    row: dict[str, object] = {
        "source": reading.source,
        "device": reading.device,
        "metric": reading.metric,
        "value": reading.value,
        "unit": reading.unit,
        "ts": ts,
        "event_id": reading.event_id,
    }
    if reading.metric == "object_stationary":
        row |= {"zone": reading.zone, "label": reading.label}
    return row
