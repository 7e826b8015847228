"""Days of simulated life: outages, lying clocks and storms as the story asks, and nothing else."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from core.reading import LIFE_METRICS
from devices import decode
from ops.__main__ import parser
from ops.sim.days import Said, tell
from ops.sim.invented import KINDS
from ops.sim.plan import Simulated
from ops.story import Story

ENDS = datetime(2025, 6, 1, 8, tzinfo=UTC)
DAY = Story(days=1, minutes=1, step=timedelta(minutes=10))


def invented(count: int) -> list[Simulated]:
    """Make devices of every kind that a story tells of."""
    return [
        Simulated(UUID(int=n + 1), KINDS[n % len(KINDS)], "linling", f"sim-{n:06d}", "default")
        for n in range(count)
    ]


def told(story: Story, count: int = 60) -> list[Said]:
    """Tell a story of invented devices."""
    steps = tell(invented(count), story, ends=ENDS)
    return [said for step in steps for said in step]


def test_a_plain_day_is_read_as_it_was_meant() -> None:
    """Every message lies within the day, is understood, and says nothing of danger."""
    days = told(DAY)
    assert {one.why for one in days} == {"life"}
    assert len(days) > 1000
    for one in days:
        done = decode(one.message.topic, one.message.payload, ENDS)
        for reading in done.readings:
            assert reading.metric not in LIFE_METRICS
            assert ENDS - timedelta(days=1) <= reading.ts <= ENDS


def test_a_share_of_the_devices_falls_out_and_comes_back() -> None:
    """Said by their presence; in between they say nothing."""
    days = told(Story(days=1, minutes=1, step=timedelta(minutes=10), silent=0.5))
    presence = Counter(one.message.payload for one in days if one.why == "outage")
    assert presence[b"offline"] == presence[b"online"]
    assert 15 < presence[b"offline"] < 45


def test_a_share_of_the_clocks_lies() -> None:
    """1970 and the year after next: both are seen through."""
    days = told(Story(days=0.2, minutes=1, step=timedelta(minutes=10), wrong=0.5))
    lies = [one for one in days if one.why == "wrong_clock"]
    clocks = Counter(
        decode(one.message.topic, one.message.payload, ENDS).clock.kind
        for one in lies
        if one.message.topic.endswith("/event")
    )
    assert set(clocks) == {"bad"}
    assert {one.why for one in days} == {"life", "wrong_clock"}


def test_a_storm_is_the_last_and_all_at_once() -> None:
    """So many devices of the kind, each with its alarm."""
    story = Story(days=0.1, minutes=1, step=timedelta(minutes=10), storm="wristband", storm_size=7)
    *_, last = tell(invented(60), story, ends=ENDS)
    assert [one.why for one in last] == ["storm"] * 7
    for one in last:
        (reading,) = decode(one.message.topic, one.message.payload, ENDS).readings
        assert (reading.metric, reading.value, reading.ts) == ("sos", True, ENDS)


@pytest.mark.parametrize(
    "wrong", [["--outage", "2"], ["--days", "0"], ["--storm", "flood"], ["--devices", "x"]]
)
def test_what_cannot_be_told_is_refused(wrong: list[str]) -> None:
    """Before anything is published."""
    with pytest.raises(SystemExit):
        parser().parse_args(["sim", *wrong])
