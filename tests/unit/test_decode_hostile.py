"""Whatever comes in: readings in our terms, or DecodeError, and never anything else."""

import contextlib
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DecodeError
from core.reading import METRICS, Decoded
from devices import decode, decode_push, onenet, parts_of_push, pusher_of

RECEIVED = datetime(2025, 6, 1, 8, tzinfo=UTC)
TOPICS = (
    "linling/default/smoke-1/event",
    "linling/default/smoke-1/online",
    "zigbee2mqtt/smoke-1",
    "zigbee2mqtt/smoke-1/availability",
    "zigbee2mqtt/bridge/state",
    "zigbee2mqtt/bridge/devices",
    "application/1/device/24e1/event/up",
    "application/1/device/24e1/event/join",
    "application/1/device/24e1/event/status",
    "frigate/events",
    "frigate/reviews",
    "frigate/available",
    "frigate/lane/status/detect",
    "frigate/lane/motion",
    "atom/g616/status/1",
)
PUSHES = ("ctwing", "onenet")

# Keys that decoders look at, so that the search reaches beyond the first `if`.
KEYS = st.sampled_from(
    [
        *METRICS, "metrics", "id", "ts", "state", "contact", "action", "device", "model", "time",
        "last_seen", "object", "deviceInfo", "deviceProfileName", "tags", "pulse", "m3_per_pulse",
        "magnet_status", "data", "batteryLevel", "type", "before", "after", "camera", "label",
        "current_zones", "stationary", "frame_time", "end_time", "heartRate", "imei", "isWearing",
        "messageType", "deviceId", "timestamp", "payload", "eventContent", "eventType", "msg",
        "dev_id", "ds_id", "at", "value", "status", "lean_angle", "gas_sensor_state", "zone",
    ]
)  # fmt: skip
WORDS = st.sampled_from(
    [
        "on",
        "OFF",
        "36.5",
        "nan",
        "sos",
        "dataReport",
        "eventReport",
        "end",
        "WS101",
        "\x00",
        "1e999",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.sampled_from([0, 1, 2, -1, 255, 1748764740, 1748764740000, 2**53, -(2**63), 2**64 - 1])
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS
    | st.text(max_size=20)
)
BODIES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=5), inner),
    max_leaves=20,
)


def check(done: Decoded) -> None:
    """Hold what the rest of the house relies on."""
    for reading in done.readings:
        metric = METRICS[reading.metric]
        assert reading.unit == metric.unit
        assert type(reading.value) is (bool if metric.kind == "bool" else float)
        assert metric.kind == "bool" or metric.low <= reading.value <= metric.high
        assert reading.ts.utcoffset() == timedelta(0)
        assert datetime(2020, 1, 1, tzinfo=UTC) <= reading.ts <= RECEIVED + timedelta(minutes=10)
        assert 0 < len(reading.device) <= 128
        for text in (reading.device, reading.event_id, reading.zone, reading.label):
            assert "\x00" not in (text or "")
    keys = [(each.device, each.metric, each.zone, each.ts) for each in done.readings]
    assert len(keys) == len(set(keys)) or done.readings[0].source == "onenet"


def try_all(payload: bytes) -> None:
    """Send a payload to every topic and push."""
    for topic in TOPICS:
        with contextlib.suppress(DecodeError):
            check(decode(topic, payload, RECEIVED))
    for source in PUSHES:
        pusher_of(source, payload)
        with contextlib.suppress(DecodeError):
            check(decode_push(source, payload, RECEIVED))
        with contextlib.suppress(DecodeError):
            for part in parts_of_push(source, payload):
                with contextlib.suppress(DecodeError):
                    check(decode_push(source, part, RECEIVED))
    with contextlib.suppress(DecodeError):
        assert not onenet.is_signed(payload, "a-token")


@given(st.binary(max_size=200))
def test_any_bytes(payload: bytes) -> None:
    """Noise is refused in order."""
    try_all(payload)


@given(BODIES)
def test_any_json(body: object) -> None:
    """JSON of every shape, about things that decoders look for."""
    try_all(orjson.dumps(body))


@given(st.text(max_size=150), st.dictionaries(KEYS, SCALARS))
def test_any_topic(topic: str, body: dict[str, object]) -> None:
    """Topics of every shape, below every known root."""
    for root in ("", "linling/", "zigbee2mqtt/", "application/", "frigate/", "atom/"):
        with contextlib.suppress(DecodeError):
            check(decode(root + topic, orjson.dumps(body), RECEIVED))


DEEP = b"[" * 100_000
HOSTILE = {
    "nesting without end": b'{"metrics":' + DEEP,
    "nesting that closes": b'{"a":' * 900 + b"1" + b"}" * 900,
    "one megabyte": b'{"metrics":{"smoke":true,"x":"' + b"x" * 1_000_000 + b'"}}',
    "an integer of 5,000 digits": b'{"metrics":{"battery":' + b"9" * 5_000 + b"}}",
    "text of 5,000 digits": b'{"metrics":{"battery":"' + b"9" * 5_000 + b'"}}',
    "a moment of 5,000 digits": b'{"ts":' + b"9" * 5_000 + b',"metrics":{"battery":"x"}}',
    "not UTF-8": b'{"metrics":{"smoke":true},"id":"\xff\xfe"}',
    "half a surrogate": rb'{"metrics":{"smoke":"\ud800"}}',
}


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_payload_is_refused_on_every_topic(payload: bytes) -> None:
    """Nothing crashes; the own topic, which asked for metrics, refuses or finds none."""
    try_all(payload)
    with contextlib.suppress(DecodeError):
        assert decode(TOPICS[0], payload, RECEIVED).readings == ()


def test_a_megabyte_is_refused_before_it_is_parsed() -> None:
    """The reason says so."""
    with pytest.raises(DecodeError, match="larger than 256 KiB"):
        decode("zigbee2mqtt/smoke-1", b'{"smoke":true,"x":"' + b"x" * 1_000_000 + b'"}', RECEIVED)


def test_a_refusal_never_repeats_the_payload() -> None:
    """Reasons go to logs and dead letters, contents do not."""
    for body in (
        '{"metrics":{"smoke":"张三13800000000"}}',
        '{"metrics":{"battery":"张三"}}',
        "张三",
    ):
        with pytest.raises(DecodeError) as refusal:
            decode(TOPICS[0], body.encode(), RECEIVED)
        assert "张三" not in str(refusal.value)


def test_a_name_of_129_characters_is_refused() -> None:
    """And one of 128 is not."""
    assert decode(f"zigbee2mqtt/{'x' * 128}", b'{"smoke":true}', RECEIVED).readings
    with pytest.raises(DecodeError, match="longer than 128"):
        decode(f"zigbee2mqtt/{'x' * 129}", b'{"smoke":true}', RECEIVED)
    with pytest.raises(DecodeError, match="topic is longer"):
        decode(f"zigbee2mqtt/{'x' * 5_000}", b'{"smoke":true}', RECEIVED)


def test_unknown_keys_are_bounded() -> None:
    """A stranger chooses keys; a log survives them."""
    body = {f"k{n}\n{'x' * 500}": 1 for n in range(500)}
    unknown = decode("zigbee2mqtt/x", orjson.dumps(body), RECEIVED).unknown
    assert len(unknown) == 32
    assert all(len(key) <= 128 and "\n" not in key for key in unknown)
