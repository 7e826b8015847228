"""What did not arrive, whom nothing reaches, and which channels rest, as lists."""

from dataclasses import asdict
from datetime import datetime

from core.actor import Actor
from core.db import Session
from services import pauses, undelivered, unreachable
from services.lists.pages import Asked, Page, all_of
from services.permissions import At, Permission, require


async def dead_letters(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (every list is asked so)
    """List messages that were given up, the most urgent first."""
    found = await undelivered.letters(session, by, community=asked.community)
    return all_of([asdict(one) for one in found], asked)


async def not_reached(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (same)
    """List workers, elders and relatives to whom no channel leads now."""
    found = await unreachable.people(session, by, community=asked.community)
    rows = [asdict(one) | {"where": list(one.where)} for one in found]
    return all_of([row for row in rows if row["role"] == (asked.one("role") or row["role"])], asked)


async def resting(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:
    """List channels that rest, why, since when and until when."""
    require(by, Permission.DELIVERY_READ, At(asked.community))
    found = await pauses.resting(session, now=now)
    rows = [
        asdict(one) | {"id": one.channel, "reason": one.reason.removeprefix("halted-")}
        for one in found.values()
    ]
    return all_of(rows, asked)
