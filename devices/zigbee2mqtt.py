"""Zigbee2MQTT: `zigbee2mqtt/<friendly name>` and `…/availability`.

The names of fields are the `exposes` of zigbee-herdsman-converters; the topics are those of
Zigbee2MQTT's "MQTT topics and messages". A friendly name may hold slashes. The bridge is the
gateway of all; it tells of itself at `bridge/state`, and of the models of all at `bridge/devices`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from core.errors import DecodeError
from core.reading import METRICS, NOTHING, RECEIPT, About, Decoded
from devices.body import (
    Address,
    Head,
    collect,
    device_id,
    load,
    load_object,
    mark,
    moment,
    presence,
    single,
    told,
)
from devices.rules import Rule, Rules, plain_rule, unit_rule, word_rule

SOURCE: Final = "zigbee2mqtt"
_PREFIX: Final = "zigbee2mqtt/"
_BRIDGE: Final = "zigbee2mqtt/bridge"
_LONGEST_LIST: Final = 8 * 1024 * 1024  # each device with all that its model exposes
_OF_BRIDGE: Final = re.compile(r"(?:(?P<within>.+)/)?bridge/(?P<kind>state|devices)")
_AVAILABILITY: Final = "/availability"
# What others ask of a device, not what it says: …/set, …/get, …/set/<attribute>.
_COMMAND: Final = re.compile(r"/(set|get)(/[^/]+)?$")
# Keypads and buttons name the endpoint behind the action (`panic_1`); a cube's `fall` is a toy's.
_DISTRESS: Final = re.compile(r"(emergency|panic|sos|fire|help)(_\w{1,8})?")
_VOLTS_BELOW: Final = 500
_ALARM: Final = (("alarm",), ("normal",))
# These write litres where all others write cubic metres; seen only where Zigbee2MQTT is told to
# add device information (`include_device_information`).
_LITRE_MODELS: Final = frozenset({"TS0601_water_valve", "ZVG1"})


def _contact_open(raw: object) -> bool:
    """Turn around `contact`: true means that the magnet is near, the door closed."""
    return not METRICS["contact_open"].truth(raw)


def _distress(raw: object) -> bool | None:
    """Hear a call for help out of a button's `action`; other presses say nothing to us."""
    if not isinstance(raw, str):
        raise DecodeError("action is not a text")
    return True if _DISTRESS.fullmatch(raw) else None


def _volts(raw: object) -> float:
    """Read millivolts of a battery or volts of the mains, which share one name in two units.

    Batteries lie between 1,500 and 20,000 mV, mains below 500 V, so the figure tells.
    """
    metric = METRICS["voltage"]
    value = metric.number(raw)
    return metric.within(value / 1000 if value >= _VOLTS_BELOW else value)


def _falling(raw: object) -> bool | None:
    """Hear a fall out of a radar's posture, and nothing out of its other postures."""
    return True if raw == "falling" else None


_RULES: Final[Rules] = {
    "contact": Rule("contact_open", None, _contact_open),
    "smoke": plain_rule("smoke"),
    "smoke_state": word_rule("smoke", *_ALARM),
    "gas": plain_rule("gas"),
    "gas_sensor_state": word_rule("gas", *_ALARM),
    "carbon_monoxide": plain_rule("carbon_monoxide"),
    "co_state": word_rule("carbon_monoxide", *_ALARM),
    "water_leak": plain_rule("water_leak"),
    "sos": plain_rule("sos"),
    "sos_alarm": plain_rule("sos"),
    "action": Rule("sos", None, _distress),
    "fall": plain_rule("fall"),
    "fall_status": word_rule("fall", ("fall_alarm",), ("normal", "fall_warning", "unknown")),
    "fall_down_status": word_rule("fall", ("fall",), ("none", "maybe_fall")),
    "status": Rule("fall", None, _falling),
    "tamper": plain_rule("tamper"),
    "battery_low": plain_rule("battery_low"),
    "tilt": plain_rule("tilt"),
    "occupancy": plain_rule("motion"),
    "presence": plain_rule("motion"),
    "battery": plain_rule("battery"),
    "voltage": Rule("voltage", "V", _volts),
    "temperature": plain_rule("temperature"),
    "humidity": plain_rule("humidity"),
    "water_consumed": plain_rule("water_total"),
    "flow": plain_rule("water_flow"),
    "flow_rate": plain_rule("water_flow"),
    **dict.fromkeys(
        (
            "linkquality", "last_seen", "elapsed", "update", "update_available", "device",
            "power_outage_count", "device_temperature", "trigger_count",
        )
    ),
}  # fmt: skip
_LITRE_RULES: Final[Rules] = {
    **_RULES,
    "water_consumed": unit_rule("water_total", "L"),
    "flow_rate": unit_rule("water_flow", "L/h"),
}
# Gas detectors with a state of their own write the concentration under `gas`.
_CONCENTRATION_RULES: Final[Rules] = {**_RULES, "gas": plain_rule("gas_level")}


def address(topic: str) -> Address | None:
    """Read the device off a topic; None for most of the bridge's and for commands to devices."""
    name = topic.removeprefix(_PREFIX)
    if found := _OF_BRIDGE.fullmatch(name):
        return Address(f"bridge {found['kind']}", _PREFIX + name.removesuffix(f"/{found['kind']}"))
    if name == "bridge" or "/bridge/" in f"/{name}" or _COMMAND.search(name):
        return None
    if name.endswith(_AVAILABILITY):
        return Address("availability", device_id(name.removesuffix(_AVAILABILITY)))
    return Address("state", device_id(name))


def question(device: str, kind: str) -> tuple[str, dict[str, str]]:
    """Make topic and body of the command that asks a device for what its kind is there for."""
    field = {"door": "contact", "water": "water_leak"}.get(kind, kind)
    return f"{_PREFIX}{device}/get", {field: ""}


def decode(to: Address, payload: bytes, received: datetime) -> Decoded:
    """Decode a device's state or its availability, or what the bridge tells.

    An empty state deletes a retained one: the bridge sends it when a device is renamed or
    removed. `last_seen` is the moment of the state, also of a cached one published again.
    """
    if to.kind == "bridge state":
        online = presence(payload)
        said = Head(SOURCE, to.device, received, RECEIPT)
        gateways = () if online is None else single(said, "online", value=online).readings
        return replace(NOTHING, gateways=gateways)
    if to.kind == "bridge devices":
        return replace(NOTHING, about=tuple(_listed(to, payload)))
    if to.kind == "availability":
        online = presence(payload)
        head = Head(SOURCE, to.device, received, RECEIPT, about=told(to.device, gateway=_BRIDGE))
        return NOTHING if online is None else single(head, "online", value=online)
    if not payload:
        return NOTHING
    body = load_object(payload)
    ts, clock = moment(body.get("last_seen"), received)
    device = body.get("device")
    model = device.get("model") if isinstance(device, dict) else None
    about = told(to.device, model=model, gateway=_BRIDGE)
    return collect(body, _rules(body), Head(SOURCE, to.device, ts, clock, about=about))


def _listed(bridge: Address, payload: bytes) -> Iterator[About]:
    """Read name and model of each device that a bridge lists, the coordinator left out.

    Nothing is refused here: a list may hold whatever a new version of the bridge writes.
    """
    try:
        listed = load(payload, _LONGEST_LIST)
    except DecodeError:
        return
    within = bridge.device.removeprefix(_PREFIX).removesuffix("bridge")
    for one in listed if isinstance(listed, list) else ():
        definition = one.get("definition") if isinstance(one, dict) else None
        if isinstance(definition, dict) and (name := mark(one.get("friendly_name"))):
            model = definition.get("model")
            yield from told(f"{within}{name}", model=model, gateway=bridge.device)


def _rules(body: dict[str, object]) -> Rules:
    """Choose the rules where one name means two things."""
    if "gas_sensor_state" in body:
        return _CONCENTRATION_RULES
    device = body.get("device")
    if isinstance(device, dict) and device.get("model") in _LITRE_MODELS:
        return _LITRE_RULES
    return _RULES
