"""Where somebody asks from: the place they sent lately, their home, or the community's middle."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json, seal_json
from core.db import Session, sql
from services.shops.distance import Point
from services.shops.search import Origin

_PLACE = "conversation.place"
_SEARCH = "conversation.search"
KEPT = timedelta(minutes=30)
WAITS = timedelta(minutes=10)
Source = Literal["sent", "home", "centre"]


@dataclass(frozen=True, slots=True)
class Standpoint:
    """The community whose shops are meant, where the walk begins, and how we know."""

    community: UUID
    origin: Origin
    source: Source


async def standpoint(
    session: Session, by: Actor, *, conversation: UUID, now: datetime
) -> Standpoint | None:
    """Find out where the person asks from; None where no community is known at all."""
    home = await _home(session, by.person)
    community = home[0] if home else await _community(session, by)
    if community is None:
        return None
    sent = await _sent(session, conversation, now=now)
    if sent is not None:
        return Standpoint(community, Origin(sent, home=False), "sent")
    if home is not None:
        return Standpoint(community, Origin(home[1]), "home")
    return Standpoint(community, Origin(await centre(session, community)), "centre")


async def remember(session: Session, conversation: UUID, place: Point, *, now: datetime) -> None:
    """Keep the place that was sent for the questions of the next half hour, sealed."""
    await session.execute(
        sql("UPDATE conversation SET place = :place, place_until = :until WHERE id = :id"),
        {
            "id": conversation,
            "place": seal_json([place.lon, place.lat], _PLACE),
            "until": now + KEPT,
        },
    )


async def await_place(
    session: Session, conversation: UUID, *, asked: str, open_now: bool, now: datetime
) -> None:
    """Keep the last question for ten minutes, sealed: a place that comes then is meant for it."""
    await session.execute(
        sql("UPDATE conversation SET search = :search, search_until = :until WHERE id = :id"),
        {
            "id": conversation,
            "search": seal_json([asked, open_now], _SEARCH),
            "until": now + WAITS,
        },
    )


async def awaiting(session: Session, conversation: UUID, *, now: datetime) -> tuple[str, bool]:
    """Return the question that waits for a place and whether it wants open shops; "" for none."""
    found = await session.execute(
        sql("SELECT search FROM conversation WHERE id = :id AND search_until > :now"),
        {"id": conversation, "now": now},
    )
    sealed = found.scalar_one_or_none()
    if sealed is None:
        return "", False
    asked, open_now = open_json(sealed, _SEARCH)
    return asked, open_now


async def centre(session: Session, community: UUID) -> Point:
    """Give the middle of a community."""
    row = (
        await session.execute(
            sql("SELECT lon, lat FROM community WHERE id = :id"), {"id": community}
        )
    ).one()
    return Point(row.lon, row.lat)


async def _sent(session: Session, conversation: UUID, *, now: datetime) -> Point | None:
    found = await session.execute(
        sql("SELECT place FROM conversation WHERE id = :id AND place_until > :now"),
        {"id": conversation, "now": now},
    )
    sealed = found.scalar_one_or_none()
    return None if sealed is None else Point(*open_json(sealed, _PLACE))


async def _home(session: Session, person: UUID | None) -> tuple[UUID, Point] | None:
    row = (
        await session.execute(
            sql(
                """
                SELECT r.community_id, b.lon, b.lat FROM residence r
                JOIN home h ON h.id = r.home_id JOIN building b ON b.id = h.building_id
                WHERE r.person_id = :person AND r.until IS NULL ORDER BY r.since DESC LIMIT 1
                """
            ),
            {"person": person},
        )
    ).one_or_none()
    return None if row is None else (row.community_id, Point(row.lon, row.lat))


async def _community(session: Session, by: Actor) -> UUID | None:
    """Take the community of a grant; shops are public, so a stranger gets the only one."""
    if by.grants:
        return by.grants[0].community
    found = (await session.execute(sql("SELECT id FROM community ORDER BY id LIMIT 2"))).scalars()
    known = found.all()
    return known[0] if len(known) == 1 else None
