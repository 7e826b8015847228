"""The live screen: one watcher a community reads what changed, every reader gets the same bytes.

Wake-ups are coalesced: 100 ms after the first one the newest state is read, so a storm costs ten
reads a second however many screens are open. Without wake-ups it polls.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from bot.console.words import figures_in_words, in_words
from bot.fanout import Fanout, sse, woken
from core.actor import Actor
from core.clock import utcnow
from core.db import Database, Session
from core.errors import UserError
from core.i18n import Translator
from core.log import logger
from services import (
    actors,
    login,
    map_points,
    pauses,
    stats,
    undelivered,
    unreachable,
    watches,
)
from services.permissions import At, Permission, allowed, require
from services.tickets import board

COALESCE_S = 0.1
STATS_S = 1.0
STANDING_S = 30.0
STAY_S = 1.0  # how often a reader is asked whether they may still look: fifty ask fifty times
# Who reads for all screens at once; each screen was let in, and is asked again, by its own actor.
WATCHER = Actor(person=None, name="screen", machine=True)
_BACKLOG = 200


@dataclass(slots=True)
class _Watch:
    """What one community's screens of one language have been told last."""

    community: UUID
    t: Translator
    readers: set[asyncio.Queue[bytes | None]] = field(default_factory=set)
    states: dict[UUID, tuple[str, UUID | None]] = field(default_factory=dict)
    versions: dict[UUID, int] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    figures_at: float = 0.0
    standing: dict[str, Any] = field(default_factory=dict)
    standing_at: float = 0.0
    reach: dict[str, Any] = field(default_factory=dict)
    desk: dict[str, Any] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None
    counting: asyncio.Task[None] | None = None
    building: asyncio.Lock = field(default_factory=asyncio.Lock)
    asked: int = 0
    built_for: int = 0
    snapshot: bytes = b""


class Hub:
    """Follows communities for as long as somebody looks."""

    def __init__(self, db: Database, fanout: Fanout) -> None:
        self._db, self._fanout = db, fanout
        self._watches: dict[tuple[UUID, str], _Watch] = {}

    async def follow(
        self, by: Actor, community: UUID, t: Translator, token: str
    ) -> AsyncIterator[bytes]:
        """Yield a snapshot and then the changes.

        Ends with the session, with the right to look, or for a reader too slow.
        """
        require(by, Permission.TICKETS_READ, At(community))
        watch = self._watches.setdefault((community, t.lang), _Watch(community, t))
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(_BACKLOG)
        watch.readers.add(queue)
        try:
            if watch.task is None or watch.task.done():
                await self._read_first(watch)
                watch.task = asyncio.create_task(self._watch(watch))
            yield await self._shared(watch)
            asked = asyncio.get_running_loop().time()
            while (chunk := await queue.get()) is not None:
                yield chunk
                now = asyncio.get_running_loop().time()
                if chunk.startswith(b"event: ping") and now - asked > STAY_S:
                    asked = now
                    if not await self._may_stay(token, community):
                        return
        finally:
            watch.readers.discard(queue)
            if not watch.readers and watch.task is not None:
                watch.task.cancel()
                watch.task = None
                watch.snapshot = b""

    async def _shared(self, watch: _Watch) -> bytes:
        """Build one snapshot for all who came before it was begun: fifty screens come back at once.

        Nobody gets one that is older than their place among the readers, so nothing is missed.
        """
        watch.asked += 1
        mine = watch.asked
        async with watch.building:
            if watch.built_for < mine:
                everybody = watch.asked
                found = await self._snapshot(watch)
                watch.snapshot = await asyncio.to_thread(sse, "snapshot", found)
                watch.built_for = everybody
            return watch.snapshot

    async def _snapshot(self, watch: _Watch) -> dict[str, Any]:
        by, community, t = WATCHER, watch.community, watch.t
        async with self._db.reading() as session:
            features = await map_points.features(session, by, community)
            tickets = await board.live(session, by, community)
            figures = await stats.figures(session, by, community, now=utcnow())
            figures |= await stats.standing(session, by, community, now=utcnow())
            reach = await _reach(session, by, community)
            at_desk = await watches.state(session, by, community, now=utcnow())
        return {
            "points": {"type": "FeatureCollection", "features": features},
            "tickets": [in_words(ticket, t) for ticket in tickets],
            "stats": figures_in_words(figures, t),
            "reach": reach,
            "watch": at_desk,
            "at": utcnow().isoformat(),
        }

    async def _read_first(self, watch: _Watch) -> None:
        async with self._db.reading() as session:
            watch.states = await map_points.states(session, WATCHER, watch.community)
            watch.versions = await board.versions(session, WATCHER, watch.community)

    async def _watch(self, watch: _Watch) -> None:
        with self._fanout.watch(str(watch.community), "channels") as event:
            while True:
                if await woken(event):
                    await asyncio.sleep(COALESCE_S)
                try:
                    chunks = await self._changes(watch)
                except (SQLAlchemyError, OSError) as error:
                    logger().warning("console.unread", error=type(error).__name__)
                    continue  # no ping: the page says that its data is old
                for chunk in [*chunks, sse("ping", {"at": utcnow().isoformat()})]:
                    _broadcast(watch, chunk)
                # What is counted must not hold up what is red.
                if watch.counting is None or watch.counting.done():
                    watch.counting = asyncio.create_task(self._count(watch))

    async def _changes(self, watch: _Watch) -> list[bytes]:
        async with self._db.reading() as session:
            states = await map_points.states(session, WATCHER, watch.community)
            versions = await board.versions(session, WATCHER, watch.community)
            moved = [
                d
                for d in states.keys() | watch.states.keys()
                if states.get(d) != watch.states.get(d)
            ]
            changed = [
                t
                for t in versions.keys() | watch.versions.keys()
                if versions.get(t) != watch.versions.get(t)
            ]
            chunks: list[bytes] = []
            if moved:
                features = await map_points.features(
                    session, WATCHER, watch.community, changed_of=moved
                )
                chunks.append(sse("points", {"features": features}))
            if changed:
                tickets = await board.live(session, WATCHER, watch.community, only=changed)
                chunks += [sse("ticket", in_words(ticket, watch.t)) for ticket in tickets]
        watch.states, watch.versions = states, versions
        return chunks

    async def _count(self, watch: _Watch) -> None:
        if asyncio.get_running_loop().time() - watch.figures_at < STATS_S:
            return
        try:
            async with self._db.reading() as session:
                chunks = await self._figures(session, watch)
        except (SQLAlchemyError, OSError) as error:
            logger().warning("console.uncounted", error=type(error).__name__)
            return
        for chunk in chunks:
            _broadcast(watch, chunk)

    async def _figures(self, session: Session, watch: _Watch) -> list[bytes]:
        """Read what is counted, at most once a second; what changes slowly less often."""
        moment = asyncio.get_running_loop().time()
        now, community = utcnow(), watch.community
        if moment - watch.standing_at > STANDING_S:
            watch.standing = await stats.standing(session, WATCHER, community, now=now)
            watch.standing_at = moment
        figures = await stats.figures(session, WATCHER, community, now=now)
        figures = figures_in_words({**figures, **watch.standing}, watch.t)
        reach = await _reach(session, WATCHER, community)
        desk = await watches.state(session, WATCHER, community, now=now)
        known = (watch.figures, watch.reach, watch.desk)
        watch.figures, watch.reach, watch.desk = figures, reach, desk
        watch.figures_at = moment
        named = zip(("stats", "reach", "watch"), (figures, reach, desk), known, strict=True)
        return [sse(name, found) for name, found, before in named if found != before]

    async def _may_stay(self, token: str, community: UUID) -> bool:
        try:
            async with self._db.reading() as session:
                user = await login.user_of(session, token, "console", now=utcnow())
                by = await actors.actor(session, user.person)
        except UserError:
            return False
        return allowed(by, Permission.TICKETS_READ, At(community))


async def _reach(session: Session, by: Actor, community: UUID) -> dict[str, Any]:
    """Sum up what does not arrive; the lists are asked for when somebody opens them."""
    return {
        "undelivered": await undelivered.count(session, by, community=community),
        "unreachable": await unreachable.count(session, by, community=community),
        "resting": sorted(await pauses.resting(session, now=utcnow())),
    }


def _broadcast(watch: _Watch, chunk: bytes) -> None:
    for queue in tuple(watch.readers):
        if queue.full():  # a reader that does not read: it reconnects and gets a snapshot
            watch.readers.discard(queue)
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(None)
        else:
            queue.put_nowait(chunk)
