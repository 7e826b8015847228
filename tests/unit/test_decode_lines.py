"""`python -m ops decode`: a line in, a line out."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from ops.decode import run


def ask(*lines: str) -> list[dict[str, Any]]:
    """Answer lines as the command does."""
    return [orjson.loads(line) for line in run(lines)]


def test_an_object_and_a_text_are_both_payloads() -> None:
    """Both ways of writing a payload give the same reading."""
    as_object, as_text = ask(
        '{"topic":"zigbee2mqtt/a/b","payload":{"contact":true,"last_seen":"2025-06-01T08:00:00+08:00"}}',
        '{"topic":"zigbee2mqtt/a/b","payload":"{\\"contact\\":true,\\"last_seen\\":1748736000000}"}\n',
    )
    assert as_object == as_text
    assert as_object == {
        "readings": [
            {
                "source": "zigbee2mqtt", "device": "a/b", "metric": "contact_open", "value": False,
                "unit": None, "ts": "2025-06-01T00:00:00Z", "event_id": None,
            }
        ],
        "error": None,
    }  # fmt: skip


def test_a_push_is_named_by_its_source() -> None:
    """No topic, but who sent it."""
    (line,) = ask('{"source":"onenet","payload":{"msg":{"type":2,"dev_id":5,"status":1}}}')
    assert [row["metric"] for row in line["readings"]] == ["online"]


def test_zone_and_label_only_where_something_stands() -> None:
    """The two further keys belong to object_stationary."""
    (line,) = ask(
        '{"topic":"frigate/events","payload":{"type":"new","after":'
        '{"id":"e","camera":"c","label":"car","current_zones":["lane"],"stationary":true}}}'
    )
    (row,) = line["readings"]
    assert (row["zone"], row["label"], row["value"]) == ("lane", "car", True)


def test_a_topic_nobody_knows_gives_nothing() -> None:
    """Nothing known: no readings, no error."""
    assert ask('{"topic":"weather/today","payload":"sun"}') == [{"readings": [], "error": None}]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "not an object"),
        ("{}", "payload is missing"),
        ('{"payload":{}}', "neither topic nor source"),
        ('{"topic":5,"payload":{}}', "neither topic nor source"),
        ('{"source":"zigbee2mqtt","payload":{}}', "source is neither ctwing nor onenet"),
        ('{"topic":"zigbee2mqtt/x","payload":7}', "payload is not an object"),
        ('{"topic":"zigbee2mqtt/x","payload":null}', "payload is not an object"),
        ('{"topic":"zigbee2mqtt/x","payload":"{"}', "payload is not JSON"),
        ('{"topic":"zigbee2mqtt/x","payload":"\udcff"}', "not JSON"),
    ],
)
def test_a_broken_line_says_what_is_wrong(line: str, reason: str) -> None:
    """One line out, without readings, and the next line is answered."""
    broken, sound = ask(line, '{"topic":"zigbee2mqtt/x","payload":{"smoke":true}}')
    assert broken["readings"] == []
    assert reason in broken["error"]
    assert sound["error"] is None


def test_a_reading_without_a_time_bears_that_of_receipt() -> None:
    """Which is now, in UTC, with a Z."""
    (line,) = ask('{"topic":"zigbee2mqtt/x","payload":{"smoke":true}}')
    ts = line["readings"][0]["ts"]
    assert ts.endswith("Z")
    assert abs((datetime.now(UTC) - datetime.fromisoformat(ts)).total_seconds()) < 60
