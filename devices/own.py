"""Our own devices: `linling/<community>/<device>/event` and their presence at `…/online`.

The event's body is `{"id"?, "ts"?, "metrics": {metric: value}}` (DESIGN, section 6); `model` and
`gateway`, the name of the device through which it speaks, may stand beside them.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from core.errors import DecodeError
from core.reading import LIFE_METRICS, METRICS, NOTHING, RECEIPT, Decoded
from devices.body import (
    Address,
    Head,
    an_object,
    collect,
    device_id,
    listed,
    load_object,
    mark,
    moment,
    presence,
    single,
    told,
)
from devices.rules import Rules, plain_rule

SOURCE: Final = "linling"
_LEVELS: Final = 4
_KINDS: Final = ("event", "online")
_RULES: Final[Rules] = {name: plain_rule(name) for name in METRICS}
_BESIDE: Final = ("id", "ts", "metrics", "model", "gateway")
_STATIONARY: Final = "object_stationary"


def address(topic: str) -> Address | None:
    """Read the device off a topic; None for topics that carry no readings."""
    parts = topic.split("/")
    if len(parts) != _LEVELS or parts[3] not in _KINDS:
        return None
    return Address(parts[3], device_id(parts[2]))


def community(topic: str) -> str | None:
    """Read the community off a topic of an own device; None for every other topic."""
    parts = topic.split("/")
    own = len(parts) == _LEVELS and parts[0] == SOURCE and parts[3] in _KINDS
    return parts[1] or None if own else None


def decode(to: Address, payload: bytes, received: datetime) -> Decoded:
    """Decode an event or a presence."""
    if to.kind == "online":
        online = presence(payload)
        head = Head(SOURCE, to.device, received, RECEIPT)
        return NOTHING if online is None else single(head, "online", value=online)
    body = load_object(payload)
    ts, clock = moment(body.get("ts"), received)
    metrics = body.get("metrics")
    if metrics is None:
        return _without_metrics(body)
    fields = an_object(metrics, "metrics")
    about = told(to.device, model=body.get("model"), gateway=body.get("gateway"))
    head = Head(SOURCE, to.device, ts, clock, mark(body.get("id")), about)
    if _STATIONARY in fields:
        return _stationary(fields, head)
    return collect(fields, _RULES, head)


def _without_metrics(body: Mapping[str, object]) -> Decoded:
    """Accept a bare sign of life, but not an alarm written in the wrong place."""
    if LIFE_METRICS & body.keys():
        raise DecodeError("a life metric stands outside of metrics")
    return Decoded(
        (),
        listed([key for key in body if key not in _BESIDE]),
        RECEIPT,
    )


def _stationary(fields: Mapping[str, object], head: Head) -> Decoded:
    """Decode a street camera's event, whose `zone` and `label` describe its one other metric."""
    zone, label = mark(fields.get("zone")), mark(fields.get("label"))
    done = collect(fields, {**_RULES, "zone": None, "label": None}, head)
    readings = tuple(
        replace(reading, zone=zone, label=label) if reading.metric == _STATIONARY else reading
        for reading in done.readings
    )
    return replace(done, readings=readings)
