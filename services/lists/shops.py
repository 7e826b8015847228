"""What is reported about shops, and what was asked for in vain, as lists."""

from datetime import datetime

from core.actor import Actor
from core.db import Session
from services.lists.pages import Asked, Page, all_of
from services.permissions import At, Permission, require
from services.shops import reports, words


async def reported(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (every list is asked so)
    """List what waits for somebody who has looked, the oldest first."""
    require(by, Permission.SHOPS_DECIDE, At(asked.community, anywhere=True))
    found = [
        {
            "id": one.id, "name": one.name, "address": one.address, "fault": one.fault.value,
            "said": one.said, "count": len(one.people),
        }
        for one in await reports.waiting(session, by)
        if one.community == asked.community
    ]  # fmt: skip
    return all_of(found, asked)


async def missed(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (same)
    """List words that found no shop, the most frequent first."""
    found = [
        {
            "id": one.word, "word": one.word, "times": one.times, "last_at": one.last_at,
            "values": {"word": one.word},
        }
        for one in await words.misses(session, by, asked.community)
    ]  # fmt: skip
    return all_of(found, asked)
