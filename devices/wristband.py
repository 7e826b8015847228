"""Wristbands of the G601, G616 and G618 kind: `atom/<model>/status/#`.

Source: the vendor's "G601-G616-618手表 MQTT数据接口指引". Figures come as strings. The vendor
itself says that `isWearing` is not always right, so vital signs are kept whatever it says.
"""

from datetime import datetime
from typing import Final

from core.reading import RECEIPT, Decoded
from core.units import number
from devices.body import Address, Head, collect, device_id, load_object, told
from devices.rules import Rules, plain_rule

SOURCE: Final = "wristband"
_FIRST_LEVELS: Final = 3
_VITAL: Final = ("temperature", "heartRate", "bpSystolic", "bpDiastolic", "bloodOxygen")
_RULES: Final[Rules] = {
    "sos": plain_rule("sos"),
    "fall": plain_rule("fall"),
    "temperature": plain_rule("temperature"),
    "heartRate": plain_rule("heart_rate"),
    "bpSystolic": plain_rule("systolic"),
    "bpDiastolic": plain_rule("diastolic"),
    "bloodOxygen": plain_rule("spo2"),
    "battery": plain_rule("battery"),
    "isWearing": plain_rule("worn"),
    "isOnline": plain_rule("online"),
    **dict.fromkeys(
        (
            "imei", "stepCount", "calories", "speed", "direction", "rolls", "locationDate",
            "locationTime", "location", "positionWifi",
        )
    ),
}  # fmt: skip


def address(topic: str) -> Address | None:
    """Keep model and last level of the topic; the latter is the device if the body names none."""
    parts = topic.split("/")
    if len(parts) < _FIRST_LEVELS or parts[2] != "status":
        return None
    return Address(parts[1], "/".join(parts[_FIRST_LEVELS:]))


def decode(to: Address, payload: bytes, received: datetime) -> Decoded:
    """Decode a status.

    The only times in it are those of the position, without a zone, so receipt counts. A vital
    sign of 0 or "" was not measured: as a reading it would be a dead man.
    """
    body = load_object(payload)
    device = device_id(body.get("imei") or to.device)
    fields = {key: raw for key, raw in body.items() if key not in _VITAL or _measured(raw)}
    head = Head(SOURCE, device, received, RECEIPT, about=told(device, model=to.kind))
    return collect(fields, _RULES, head)


def _measured(raw: object) -> bool:
    try:
        return raw != "" and number(raw) != 0
    except (ValueError, OverflowError):
        return True  # for the rule to refuse by name
