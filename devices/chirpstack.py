"""ChirpStack v4: `application/<id>/device/<devEui>/event/<event>`.

Events and their JSON are those of ChirpStack's "Events" page. What a codec decoded stands in
`object`, under the vendor's names: `data/devices/chirpstack.yaml` says what they mean.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from core.errors import DecodeError
from core.reading import NOTHING, Decoded
from core.units import number
from devices.body import (
    Address,
    Head,
    an_object,
    collect,
    device_id,
    flat,
    load_object,
    mark,
    moment,
    single,
    told,
)
from devices.rules import Rules, plain_rule, rulebook

SOURCE: Final = "chirpstack"
_BOOK: Final = rulebook(SOURCE)
_LEVELS: Final = 6
_EVENTS: Final = ("up", "join", "status")
_STATUS_RULES: Final[Rules] = {
    "online": plain_rule("online"),
    "batteryLevel": plain_rule("battery"),
}


def address(topic: str) -> Address | None:
    """Read event and devEui off a topic; None for ack, txack, log, location and commands."""
    parts = topic.split("/")
    if len(parts) != _LEVELS or parts[2] != "device" or parts[4] != "event":
        return None
    return Address(parts[5], device_id(parts[3])) if parts[5] in _EVENTS else None


def decode(to: Address, payload: bytes, received: datetime) -> Decoded:
    """Decode an uplink, a join or a status."""
    body = load_object(payload)
    ts, clock = moment(body.get("time"), received)
    info = _object(body.get("deviceInfo"))
    tags = _object(info.get("tags"))
    model = tags.get("model") or info.get("deviceProfileName")
    about = told(to.device, model=model, gateway=_nearest(body.get("rxInfo")))
    head = Head(SOURCE, to.device, ts, clock, mark(body.get("deduplicationId")), about)
    if to.kind == "join":
        return single(head, "online", value=True)
    if to.kind == "status":
        return collect(_status(body), _STATUS_RULES, head)
    return _uplink(body, head, _BOOK.of(model), tags)


def _object(raw: object) -> dict[str, object]:
    return raw if isinstance(raw, dict) else {}


def _nearest(received: object) -> object:
    """Name the gateway that heard the frame best; none where the figures are no figures."""
    heard = [_object(one) for one in received] if isinstance(received, list) else []
    try:
        return max(heard, key=lambda one: number(one.get("rssi", -999)), default={}).get(
            "gatewayId"
        )
    except (ValueError, OverflowError):
        return heard[0].get("gatewayId")


def _status(body: Mapping[str, object]) -> Mapping[str, object]:
    """Leave the battery out where the device cannot know it or runs on the mains."""
    unknown = body.get("batteryLevelUnavailable") is True or body.get("externalPowerSource") is True
    return {
        "online": True,
        "batteryLevel": None if unknown else body.get("batteryLevel"),
    }


def _uplink(
    body: Mapping[str, object], head: Head, rules: Rules, tags: Mapping[str, object]
) -> Decoded:
    """Decode what the codec made of the frame; without a codec the frame stays opaque."""
    if body.get("object") is None:
        strange = ("data",) if body.get("data") else ()
        return Decoded((), strange, head.clock, head.about) if strange else NOTHING
    fields = {key.lower(): raw for key, raw in flat(an_object(body["object"], "object"))}
    return collect(*_tagged(fields, rules, tags), head)


def _tagged(
    fields: dict[str, object], rules: Rules, tags: Mapping[str, object]
) -> tuple[Mapping[str, object], Rules]:
    """Multiply counts by what one count is worth, which only the device's tags know."""
    without: set[str] = set()
    for key, raw in fields.items():
        rule = rules.get(key)
        if rule is None or rule.tag is None or raw is None:
            continue
        try:
            fields[key] = number(raw) * number(tags.get(rule.tag))
        except (ValueError, OverflowError):
            if tags.get(rule.tag) is not None:
                raise DecodeError(f"{rule.name} or its tag is not a number") from None
            without.add(key)
    return fields, {key: rules[key] for key in rules if key not in without} if without else rules
