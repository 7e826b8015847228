"""What the demo's devices say: ordinary life as a pure function of device, tick and time.

Nothing is remembered from tick to tick, so a restart neither turns a water meter back nor leaves
a door open. Life metrics do not occur here at all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import pairwise
from math import cos, pi
from typing import Final
from uuid import UUID
from zlib import crc32

import orjson

from core.clock import local
from devices import chirpstack, frigate, own, wristband, zigbee2mqtt

Metrics = Mapping[str, bool | float]

# In ticks; at the 20 s of the demo: a minute, five minutes, an hour.
_OFTEN: Final = 3
_SOMETIMES: Final = 15
_RARELY: Final = 180
_OPENS: Final = 1 / 400  # a door, per tick of the day: some five times between six and nine
_PASSES: Final = 1 / 30  # somebody before a camera
_WATER_FROM: Final = datetime(2024, 1, 1)  # noqa: DTZ001  local days are counted
# Share of a day's water used by the hour.
_DAY_OF_WATER: Final = ((0, 0.0), (6, 0.03), (8, 0.25), (11, 0.4), (13, 0.55), (17, 0.65),
                        (20, 0.92), (24, 1.0))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Simulated:
    """A device that the demo speaks for; `external` is its name in its ecosystem."""

    id: UUID
    kind: str
    source: str
    external: str
    community: str

    @property
    def number(self) -> int:
        """Tell devices apart by a number that is the same in every run."""
        return crc32(self.external.encode())


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to the broker."""

    topic: str
    payload: bytes


def plan(device: Simulated, tick: int, now: datetime) -> Metrics:
    """Say what a device reports at a tick; everything at tick 0, nothing at most others."""
    said: dict[str, bool | float] = {}
    if _turn(device, tick, _SOMETIMES):
        said["online"] = True
    if device.kind in _BATTERIES and _turn(device, tick, _RARELY):
        said["battery"] = _battery(device, now)
    about = _KINDS.get(device.kind)
    if about is not None:
        said |= about(device, tick, now)
    return said


def messages(device: Simulated, metrics: Metrics) -> list[Message]:
    """Put metrics into the words of the device's ecosystem."""
    return _WORDS[device.source](device, metrics) if metrics else []


def _turn(device: Simulated, tick: int, every: int) -> bool:
    """Spread the devices over the ticks; all have a turn at the first."""
    return tick == 0 or (tick + device.number) % every == 0


def _chance(device: Simulated, tick: int) -> float:
    """Draw evenly from 0 to 1, the same for a device and tick in every run."""
    drawn = blake2b(f"{device.external} {tick}".encode(), digest_size=4).digest()
    return int.from_bytes(drawn) / (1 << 32)


def _awake(now: datetime) -> bool:
    return 6 <= local(now).hour < 21


def _battery(device: Simulated, now: datetime) -> float:
    return float(100 - device.number % 25 - now.timetuple().tm_yday % 60 // 6)


def _door(device: Simulated, tick: int, now: datetime) -> Metrics:
    """Open now and then by day, and close at the next tick."""
    if _awake(now) and tick and _chance(device, tick) < _OPENS:
        return {"contact_open": True}
    if _turn(device, tick, _RARELY) or _chance(device, tick - 1) < _OPENS:
        return {"contact_open": False}
    return {}


def _water(device: Simulated, tick: int, now: datetime) -> Metrics:
    if not _turn(device, tick, _SOMETIMES):
        return {}
    here = local(now).replace(tzinfo=None)
    days = (here - _WATER_FROM).days + _used_today(
        here.hour + here.minute / 60 + here.second / 3600
    )
    return {"water_total": round(days * (0.08 + device.number % 100 / 1000), 3)}


def _used_today(hour: float) -> float:
    for (start, low), (end, high) in pairwise(_DAY_OF_WATER):
        if hour < end:
            return low + (high - low) * (hour - start) / (end - start)
    return 1.0


def _wristband(device: Simulated, tick: int, now: datetime) -> Metrics:
    """Report a healthy pulse, quicker by day."""
    said: dict[str, bool | float] = {}
    if _turn(device, tick, _OFTEN):
        chance = _chance(device, tick)
        said["heart_rate"] = float(60 + device.number % 12 + 6 * _awake(now) + round(8 * chance))
        said["spo2"] = float(96 + round(2 * chance))
    if _turn(device, tick, _SOMETIMES):
        said["worn"] = True
    return said


def _manhole(device: Simulated, tick: int, _now: datetime) -> Metrics:
    if not _turn(device, tick, _SOMETIMES):
        return {}
    chance = _chance(device, tick)
    return {"tilt_angle": round(0.4 + chance, 1), "water_level": round(0.05 + chance / 10, 2)}


def _fire(device: Simulated, tick: int, now: datetime) -> Metrics:
    """Report the air's temperature by season and hour."""
    if not _turn(device, tick, _SOMETIMES):
        return {}
    here = local(now)
    season = 17 + 11 * cos(2 * pi * (here.timetuple().tm_yday - 205) / 365)
    return {"temperature": round(season + 4 * cos(2 * pi * (here.hour - 14) / 24), 1)}


def _camera(device: Simulated, tick: int, now: datetime) -> Metrics:
    """See somebody pass by day, and nobody at the next tick."""
    if _awake(now) and tick and _chance(device, tick) < _PASSES:
        return {"motion": True}
    if tick == 0 or _chance(device, tick - 1) < _PASSES:
        return {"motion": False}
    return {}


_KINDS: Final[Mapping[str, Callable[[Simulated, int, datetime], Metrics]]] = {
    "door": _door,
    "water": _water,
    "wristband": _wristband,
    "manhole": _manhole,
    "fire": _fire,
    "camera": _camera,
}
_BATTERIES: Final = frozenset({"door", "gas", "smoke", "water", "wristband", "manhole", "fire"})


_LORA_GATEWAY: Final = "24e124fffef00001"
_WORN_WORDS: Final[Mapping[str, str]] = {
    "heart_rate": "heartRate", "spo2": "bloodOxygen", "battery": "battery", "worn": "isWearing",
    "online": "isOnline", "sos": "sos", "fall": "fall",
}  # fmt: skip


def _zigbee2mqtt(device: Simulated, metrics: Metrics) -> list[Message]:
    topic = f"zigbee2mqtt/{device.external}"
    fields: dict[str, object] = {
        metric: value for metric, value in metrics.items() if metric != "online"
    }
    if "contact_open" in fields:
        fields["contact"] = not fields.pop("contact_open")
    if "water_total" in fields:
        fields["water_consumed"] = fields.pop("water_total")
    found = [Message(topic, orjson.dumps(fields | {"linkquality": 120}))] if fields else []
    return found + _presence(device, metrics)


def _own(device: Simulated, metrics: Metrics) -> list[Message]:
    topic = f"linling/{device.community}/{device.external}"
    others = {metric: value for metric, value in metrics.items() if metric != "online"}
    found = [Message(f"{topic}/event", orjson.dumps({"metrics": others}))] if others else []
    return found + _presence(device, metrics)


def _frigate(device: Simulated, metrics: Metrics) -> list[Message]:
    topic = f"frigate/{device.external}"
    found = []
    if "motion" in metrics:
        found.append(Message(f"{topic}/motion", b"ON" if metrics["motion"] else b"OFF"))
    return found + _presence(device, metrics)


def _chirpstack(device: Simulated, metrics: Metrics) -> list[Message]:
    """Write the uplink of a node whose codec calls things by our names."""
    values = {metric: value for metric, value in metrics.items() if metric != "online"}
    info = {
        "applicationName": "市政设施", "deviceProfileName": "MC-100", "deviceName": device.external,
        "devEui": device.external, "tags": {},
    }  # fmt: skip
    heard = [{"gatewayId": _LORA_GATEWAY, "rssi": -60 - device.number % 50, "snr": 7.5}]
    frame = {"fPort": 85, "data": "", "object": values, "deviceInfo": info, "rxInfo": heard}
    topic = f"application/1/device/{device.external}/event/up"
    found = [Message(topic, orjson.dumps(frame))] if values else []
    return found + _presence(device, metrics)


def _worn(device: Simulated, metrics: Metrics) -> list[Message]:
    """Write figures as strings, as these wristbands do."""
    said: dict[str, object] = {
        _WORN_WORDS[metric]: value if isinstance(value, bool) else f"{value:g}"
        for metric, value in metrics.items()
    }
    body = orjson.dumps({"imei": device.external} | said)
    return [Message(f"atom/g616/status/{device.external}", body)]


def _presence(device: Simulated, metrics: Metrics) -> list[Message]:
    """Say that a device, or what others speak through, is there or is gone."""
    if "online" not in metrics:
        return []
    word = "online" if metrics["online"] else "offline"
    state, gateway = orjson.dumps({"state": word}), device.kind == "gateway"
    match device.source:
        case zigbee2mqtt.SOURCE:
            rest = "bridge/state" if gateway else f"{device.external}/availability"
            return [Message(f"zigbee2mqtt/{rest}", state)]
        case frigate.SOURCE:
            rest = "available" if gateway else f"{device.external}/status/detect"
            return [Message(f"frigate/{rest}", word.encode())]
        case own.SOURCE:
            topic = f"linling/{device.community}/{device.external}/online"
            return [Message(topic, word.encode())]
    if gateway or not metrics["online"]:  # nobody says so on the topics that we hear
        return []
    status = {"deviceInfo": {"devEui": device.external}, "batteryLevelUnavailable": True}
    topic = f"application/1/device/{device.external}/event/status"
    return [Message(topic, orjson.dumps(status))]


_WORDS: Final[Mapping[str, Callable[[Simulated, Metrics], list[Message]]]] = {
    zigbee2mqtt.SOURCE: _zigbee2mqtt,
    own.SOURCE: _own,
    frigate.SOURCE: _frigate,
    chirpstack.SOURCE: _chirpstack,
    wristband.SOURCE: _worn,
}
SPOKEN: Final = tuple(_WORDS)
