"""Quiet hours: what is not urgent waits for the morning, by the community's clock.

Alarms of a life, care and their outcome, answers, and whoever asked for a person never wait.
"""

from datetime import datetime, time, timedelta

from core.clock import local

NIGHT = time(21, 30)
MORNING = time(7, 0)


def over(now: datetime) -> datetime:
    """Return when something that is not urgent may ring: now by day, else the next morning."""
    here = local(now)
    if MORNING <= here.time() < NIGHT:
        return now
    day = here.date() + timedelta(days=1 if here.time() >= NIGHT else 0)
    return datetime.combine(day, MORNING, tzinfo=here.tzinfo).astimezone(now.tzinfo)
