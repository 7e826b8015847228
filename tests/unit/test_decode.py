"""Recorded payloads of every ecosystem against the readings they mean."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from core.errors import DecodeError
from core.reading import METRICS, Decoded
from devices import SOURCES, community_of, decode, decode_push

RECEIVED = datetime(2025, 6, 1, 8, tzinfo=UTC)
FOLDER = Path(__file__).parent.parent / "payloads"


def cases() -> list[Any]:
    """Read every case of `tests/payloads`, named after its file and story."""
    return [
        pytest.param(case, path.stem, id=f"{path.stem}: {case['name']}")
        for path in sorted(FOLDER.glob("*.yaml"))
        for case in yaml.safe_load(path.read_text("utf-8"))
    ]


def answer(case: dict[str, Any]) -> Decoded:
    """Decode a case's payload; a text is sent as it stands, anything else as JSON."""
    said = case["payload"]
    payload = said.encode() if isinstance(said, str) else orjson.dumps(said)
    if "source" in case:
        return decode_push(case["source"], payload, RECEIVED)
    return decode(case["topic"], payload, RECEIVED)


@pytest.mark.parametrize(("case", "source"), cases())
def test_a_payload_means_what_its_case_says(case: dict[str, Any], source: str) -> None:
    """Readings, moment, id and unknown keys are as written, or the refusal names the fault."""
    if "error" in case:
        with pytest.raises(DecodeError, match=case["error"]):
            answer(case)
        return
    done = answer(case)
    rows = [[each.device, each.metric, each.value, each.unit] for each in done.readings]
    assert rows == case["expect"]
    assert all(each.source == source for each in done.readings)
    if "ts" in case:
        assert {each.ts for each in done.readings} == {datetime.fromisoformat(case["ts"])}
    if "event_id" in case:
        assert {each.event_id for each in done.readings} == {case["event_id"]}
    if "clock" in case:
        assert done.clock.kind == case["clock"]
    if "unknown" in case:
        assert list(done.unknown) == case["unknown"]
    if "marks" in case:
        assert [[each.zone, each.label] for each in done.readings] == case["marks"]


def test_every_source_has_its_cases() -> None:
    """No ecosystem goes untested."""
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(SOURCES)


def test_the_metrics_are_those_of_the_design() -> None:
    """Names and units are fixed: tools outside of the code rely on them."""
    units = {name: metric.unit for name, metric in METRICS.items() if metric.kind == "number"}
    assert {name for name in METRICS if name not in units} == {
        "contact_open", "smoke", "gas", "carbon_monoxide", "water_leak", "sos", "fall", "tamper",
        "battery_low", "tilt", "motion", "worn", "online", "object_stationary",
    }  # fmt: skip
    assert units == {
        "battery": "%", "voltage": "V", "water_total": "m3", "water_flow": "m3/h",
        "heart_rate": "/min", "spo2": "%", "systolic": "mmHg", "diastolic": "mmHg",
        "temperature": "Cel", "humidity": "%", "tilt_angle": "deg", "water_level": "m",
        "gas_level": "%LEL",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "community"),
    [
        ("linling/default/smoke-1/event", "default"),
        ("linling/default/smoke-1/online", "default"),
        ("linling//smoke-1/event", None),
        ("linling/default/smoke-1", None),
        ("linling/default/smoke-1/log", None),
        ("zigbee2mqtt/default/smoke-1/event", None),
    ],
)
def test_only_own_topics_name_a_community(topic: str, community: str | None) -> None:
    """Devices of other ecosystems belong to a community by registration alone."""
    assert community_of(topic) == community
