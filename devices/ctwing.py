"""天翼物联 AEP (CTWing): bodies of its HTTP push.

Source: CTWing help, "订阅推送 · 推送消息格式": `dataReport` with `payload`, `eventReport` with
`eventContent`, `deviceOnlineOfflineReport` with `eventType` 1 or 0. The thing models' names are
mapped by `data/devices/ctwing.yaml`. Opaque devices push `payload.APPdata` in Base64, which
only their vendor's plug-in on the platform can read: listed as unknown.
"""

from datetime import datetime
from typing import Final

from core.errors import DecodeError
from core.reading import Decoded
from core.units import truth
from devices.body import (
    Head,
    an_object,
    collect,
    device_id,
    flat,
    load,
    load_object,
    mark,
    moment,
    single,
)
from devices.rules import rulebook

SOURCE: Final = "ctwing"
_RULES: Final = rulebook(SOURCE).any
_CONTENT: Final = {"dataReport": "payload", "eventReport": "eventContent"}


def decode(payload: bytes, received: datetime) -> Decoded:
    """Decode one pushed message; command responses and the like hold no readings."""
    body = load_object(payload)
    kind = body.get("messageType")
    if not isinstance(kind, str):
        raise DecodeError("messageType is missing")
    ts, clock = moment(body.get("timestamp"), received)
    head = Head(
        SOURCE,
        device_id(body.get("deviceId")),
        ts,
        clock,
        _serial(body.get("upPacketSN")),
    )
    if kind == "deviceOnlineOfflineReport":
        return single(head, "online", value=_online(body.get("eventType")))
    if kind not in _CONTENT:
        return Decoded((), (), clock)
    content = body.get(_CONTENT[kind])
    if isinstance(content, str):  # some products push their JSON as text
        content = load(content.encode())
    fields = flat(an_object(content, _CONTENT[kind]))
    return collect({key.lower(): raw for key, raw in fields}, _RULES, head)


def speaker(payload: bytes) -> str:
    """Name the device of a push, whatever else it says."""
    return device_id(load_object(payload).get("deviceId"))


def _serial(raw: object) -> str | None:
    """Take the uplink's serial number, which the platform sets to -1 or "" where it has none."""
    return None if raw in (-1, 0) else mark(raw)


def _online(raw: object) -> bool:
    try:
        return truth(raw)
    except ValueError:
        raise DecodeError("online is neither yes nor no") from None
