"""What a device says, in our words: one metric, one value, one moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast

from core.errors import DecodeError
from core.units import number, truth

_PLAIN_NUMBERS: Final = (int, float)


@dataclass(frozen=True, slots=True)
class Clock:
    """Whose time readings bear.

    The device's, or that of receipt: because none came, or because the device's can't be right
    (`bad`); what it `claimed` is kept then.
    """

    kind: Literal["device", "receipt", "bad"]
    claimed: str = ""


DEVICE: Final = Clock("device")
RECEIPT: Final = Clock("receipt")


@dataclass(frozen=True, slots=True, init=False)
class Reading:
    """A value of a device.

    `device` is the ecosystem's own name for it, unique only within `source`. `ts` is aware UTC.
    `event_id` is the source's id where it has one. `zone` and `label` belong to
    `object_stationary` alone: the marked area, and what stands in it.
    """

    source: str
    device: str
    metric: str
    value: bool | float | str
    unit: str | None
    ts: datetime
    event_id: str | None
    zone: str | None
    label: str | None

    def __init__(  # noqa: PLR0917  the order is that of the fields, as a dataclass has it
        self,
        source: str,
        device: str,
        metric: str,
        value: bool | float | str,  # noqa: FBT001  one of three kinds of value, no switch
        unit: str | None,
        ts: datetime,
        event_id: str | None,
        zone: str | None = None,
        label: str | None = None,
    ) -> None:
        """Fill the slots directly: nine times object.__setattr__ would cost half of a decode."""
        _set_source(self, source)
        _set_device(self, device)
        _set_metric(self, metric)
        _set_value(self, value)
        _set_unit(self, unit)
        _set_ts(self, ts)
        _set_event_id(self, event_id)
        _set_zone(self, zone)
        _set_label(self, label)


def _setter(field: str) -> Callable[[Reading, object], None]:
    """Take the write side of a slot, which a frozen dataclass keeps from plain assignment."""
    return cast("Callable[[Reading, object], None]", vars(Reading)[field].__set__)


_set_source, _set_device, _set_metric = _setter("source"), _setter("device"), _setter("metric")
_set_value, _set_unit, _set_ts = _setter("value"), _setter("unit"), _setter("ts")
_set_event_id, _set_zone, _set_label = _setter("event_id"), _setter("zone"), _setter("label")


@dataclass(frozen=True, slots=True)
class About:
    """What a message tells of a device besides readings: its model, and its gateway's own name."""

    device: str
    model: str = ""
    gateway: str = ""


@dataclass(frozen=True, slots=True)
class Decoded:
    """All that a message said.

    `unknown` holds keys (never values) that nobody understood. `gateways` are presences of what
    others speak through, apart from `readings`: no device of a home or street said them.
    """

    readings: tuple[Reading, ...]
    unknown: tuple[str, ...]
    clock: Clock
    about: tuple[About, ...] = ()
    gateways: tuple[Reading, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything was said."""
        return bool(self.readings or self.unknown or self.about or self.gateways)


NOTHING: Final = Decoded((), (), RECEIPT)


@dataclass(frozen=True, slots=True)
class Metric:
    """A name we measure by, its unit, and the range outside which a value is a fault."""

    name: str
    kind: Literal["bool", "number"]
    unit: str | None = None
    low: float = 0.0
    high: float = 0.0

    def read(self, raw: object) -> bool | float:
        """Read a raw value, or raise a DecodeError that names the metric and not the value."""
        if self.kind == "bool":
            if raw is True or raw is False:
                return raw
            return self.truth(raw)
        if type(raw) in _PLAIN_NUMBERS and self.low <= raw <= self.high:  # type: ignore[operator]
            return float(raw)  # type: ignore[arg-type]
        return self.within(self.number(raw))

    def truth(self, raw: object) -> bool:
        """Read yes or no."""
        try:
            return truth(raw)
        except ValueError:
            raise DecodeError(f"{self.name} is neither yes nor no") from None

    def number(self, raw: object) -> float:
        """Read a finite number of any size."""
        try:
            return number(raw)
        except (ValueError, OverflowError):
            raise DecodeError(f"{self.name} is not a number") from None

    def within(self, value: float) -> float:
        """Refuse what no working sensor would say."""
        if self.low <= value <= self.high:
            return value
        raise DecodeError(f"{self.name} is out of range")


def _table(*metrics: Metric) -> Mapping[str, Metric]:
    return {metric.name: metric for metric in metrics}


# Ranges are wide on purpose: they catch broken frames (255, -32768, 65535), not sick people.
METRICS: Final[Mapping[str, Metric]] = _table(
    *(
        Metric(name, "bool")
        for name in (
            "contact_open", "smoke", "gas", "carbon_monoxide", "water_leak", "sos", "fall",
            "tamper", "battery_low", "tilt", "motion", "worn", "online", "object_stationary",
        )
    ),
    Metric("battery", "number", "%", 0, 100),
    Metric("voltage", "number", "V", 0, 1000),
    Metric("water_total", "number", "m3", 0, 1e9),
    Metric("water_flow", "number", "m3/h", -10_000, 10_000),  # below zero: water runs back
    Metric("heart_rate", "number", "/min", 0, 300),
    Metric("spo2", "number", "%", 0, 100),
    Metric("systolic", "number", "mmHg", 0, 350),
    Metric("diastolic", "number", "mmHg", 0, 250),
    Metric("temperature", "number", "Cel", -60, 200),
    Metric("humidity", "number", "%", 0, 100),
    Metric("tilt_angle", "number", "deg", -360, 360),
    Metric("water_level", "number", "m", -20, 100),
    Metric("gas_level", "number", "%LEL", 0, 2000),  # pure methane is 2000 % of its lower limit
)  # fmt: skip

LIFE_METRICS: Final = frozenset({"smoke", "gas", "carbon_monoxide", "sos", "fall"})
