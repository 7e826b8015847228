"""Quiet hours by the community's clock."""

from datetime import UTC, datetime

import pytest

from services.quiet import over


@pytest.mark.parametrize(
    ("now", "rings"),
    [
        ("2026-11-22T04:00", "2026-11-22T04:00"),  # noon in Changzhou
        ("2026-11-22T13:29", "2026-11-22T13:29"),  # 21:29
        ("2026-11-22T13:30", "2026-11-22T23:00"),  # 21:30 waits for 07:00
        ("2026-11-22T18:00", "2026-11-22T23:00"),  # two at night, the same morning
        ("2026-11-22T22:59", "2026-11-22T23:00"),
        ("2026-11-22T23:00", "2026-11-22T23:00"),  # 07:00
    ],
)
def test_the_night_ends_at_seven(now: str, rings: str) -> None:
    """Half-open: 21:30 is night, 07:00 is day."""
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert over(moment) == datetime.fromisoformat(rings).replace(tzinfo=UTC)
