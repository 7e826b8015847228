"""Callbacks have an age: a copy that is brought later is no word of the vendor's."""

import re
from datetime import datetime, timedelta

FRESH = timedelta(minutes=10)  # retries come within seconds; the rest is for clocks that go wrong


def fresh(timestamp: str, *, now: datetime) -> bool:
    """Tell whether a signed timestamp, seconds since 1970, is at most ten minutes off."""
    if not re.fullmatch("[0-9]{1,12}", timestamp):
        return False
    return abs(now.timestamp() - int(timestamp)) <= FRESH.total_seconds()
