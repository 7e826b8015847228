"""The live screen: one watcher a view reads what changed, every reader of it gets the same bytes.

A view is a community or some of its grids, with names or, before visitors and on walls, without.
Wake-ups are coalesced: the first is read at once, the next no sooner than 100 ms later, so a storm
costs ten reads a second however many screens are open. Without wake-ups it polls.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from bot.console.words import figures_in_words, in_words
from bot.fanout import Fanout, sse, woken
from core.actor import Actor, Grant, Role, ScopeKind
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
    walls,
    watches,
)
from services.permissions import At, Permission, allowed, within
from services.tickets import board

COALESCE_S = 0.1
STATS_S = 1.0
STANDING_S = 30.0
STAY_S = 1.0  # how often a reader is asked whether they may still look: fifty ask fifty times
_BACKLOG = 200


@dataclass(slots=True)
class _Watch:
    """What the screens of one view and language have been told last.

    `reader` reads for all of them at once; each was let in, and is asked again, by its own actor.
    """

    community: UUID
    reader: Actor
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
        self._watches: dict[tuple[UUID, Actor, str], _Watch] = {}

    async def follow(
        self, by: Actor, community: UUID, t: Translator, token: str
    ) -> AsyncIterator[bytes]:
        """Yield a snapshot and then the changes.

        Ends with the session, with the right to look, when visitors come or go, or for a reader too
        slow.
        """
        reader = _reader(by, community)
        key = (community, reader, t.lang)
        watch = self._watches.setdefault(key, _Watch(community, reader, t))
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(_BACKLOG)
        watch.readers.add(queue)
        try:
            async with watch.building:  # of those who come at once, one begins it
                if watch.task is None or watch.task.done():
                    await self._read_first(watch)
                    watch.task = asyncio.create_task(self._watch(watch))
            with self._fanout.watch(login.TOPIC) as ended:
                yield await self._shared(watch)
                asked = asyncio.get_running_loop().time()
                while (chunk := await queue.get()) is not None:
                    now = asyncio.get_running_loop().time()
                    # A session that ends, or visitors that come, stop the very next word.
                    if ended.is_set() or now - asked > STAY_S:
                        ended.clear()
                        asked = now
                        if not await self._may_stay(by, community, token):
                            return
                    yield chunk
        finally:
            watch.readers.discard(queue)
            if not watch.readers and self._watches.get(key) is watch:
                del self._watches[key]
                if watch.task is not None:
                    watch.task.cancel()

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
        by, community, t = watch.reader, watch.community, watch.t
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
            "masked": by.masked,
            "watch": at_desk,
            "at": utcnow().isoformat(),
        }

    async def _read_first(self, watch: _Watch) -> None:
        async with self._db.reading() as session:
            watch.states = await map_points.states(session, watch.reader, watch.community)
            watch.versions = await board.versions(session, watch.reader, watch.community)

    async def _watch(self, watch: _Watch) -> None:
        with self._fanout.waits(str(watch.community), "channels", login.TOPIC) as event:
            read_at = 0.0
            while True:
                if await woken(event):
                    passed = asyncio.get_running_loop().time() - read_at
                    await asyncio.sleep(max(0.0, COALESCE_S - passed))
                read_at = asyncio.get_running_loop().time()
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
            states = await map_points.states(session, watch.reader, watch.community)
            versions = await board.versions(session, watch.reader, watch.community)
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
                    session, watch.reader, watch.community, changed_of=moved
                )
                chunks.append(sse("points", {"features": features}))
            if changed:
                tickets = await board.live(session, watch.reader, watch.community, only=changed)
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
            watch.standing = await stats.standing(session, watch.reader, community, now=now)
            watch.standing_at = moment
        figures = await stats.figures(session, watch.reader, community, now=now)
        figures = figures_in_words({**figures, **watch.standing}, watch.t)
        reach = await _reach(session, watch.reader, community)
        desk = await watches.state(session, watch.reader, community, now=now)
        known = (watch.figures, watch.reach, watch.desk)
        watch.figures, watch.reach, watch.desk = figures, reach, desk
        watch.figures_at = moment
        named = zip(("stats", "reach", "watch"), (figures, reach, desk), known, strict=True)
        return [sse(name, found) for name, found, before in named if found != before]

    async def _may_stay(self, by: Actor, community: UUID, token: str) -> bool:
        """Tell whether a screen may still see what it began with; being there keeps its session."""
        now = utcnow()
        try:
            async with self._db.reading() as session:
                if by.person is None:
                    idle_until = (await walls.shown(session, token, now=now)).idle_until
                    present = by
                else:
                    user = await login.user_of(session, token, "console", now=now)
                    idle_until = user.idle_until
                    actor = await actors.actor(session, user.person)
                    present = replace(actor, masked=user.masked)
        except UserError:
            return False
        kind = "wall" if by.person is None else "console"
        if idle_until - now < login.IDLE[kind] / 2:
            await self._db.run(lambda s: login.keep_alive(s, token, kind, now=now))
        try:
            return _reader(present, community) == _reader(by, community)
        except UserError:
            return False


def _reader(by: Actor, community: UUID) -> Actor:
    """Make the actor that sees what this one sees, and that all who see the same share."""
    grids = within(by, Permission.TICKETS_READ, community)
    if grids is None:
        return Actor(None, "screen", machine=True, masked=by.masked)
    leads = tuple(Grant(Role.LEAD, community, ScopeKind.GRID, grid) for grid in sorted(set(grids)))
    return Actor(None, "screen", leads, masked=by.masked)


async def _reach(session: Session, by: Actor, community: UUID) -> dict[str, Any]:
    """Sum up what does not arrive; the lists are asked for when somebody opens them."""
    if not allowed(by, Permission.DELIVERY_READ, At(community)):
        return {"undelivered": 0, "unreachable": 0, "resting": []}
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
