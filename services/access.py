"""Vendors' access tokens: one for all processes, refreshed by one of them at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from core.clock import utcnow
from core.crypto import open_json, seal_json
from core.db import Database, Session, sql
from core.errors import Retryable

_TOKEN = "access_token.token"  # noqa: S105  a column's name
_EARLY = timedelta(minutes=5)
_LEASE = timedelta(seconds=15)
_POLL_S = 0.2

Fetch = Callable[[], Awaitable[tuple[str, int]]]


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str
    expires: datetime | None
    busy: bool


class SharedTokens:
    """The Tokens port on PostgreSQL: a lease row says who refreshes, the others wait for them."""

    def __init__(self, db: Database, clock: Callable[[], datetime] = utcnow) -> None:
        self._db = db
        self._clock = clock

    async def token(self, name: str, fetch: Fetch, *, stale: str = "") -> str:
        """Return a token that is not `stale`; `fetch` gets a new one and its seconds of life.

        Raises Retryable when another process has been refreshing for too long.
        """
        waits = int(_LEASE.total_seconds() / _POLL_S) + 1
        for _ in range(waits):
            async with self._db.reading() as session:
                kept = await _read(session, name, now=self._clock())
            if kept.token not in {"", stale} and self._lives(kept):
                return kept.token
            if not kept.busy and await self._db.run(partial(self._claim, name=name, seen=kept)):
                return await self._refresh(name, fetch)
            await asyncio.sleep(_POLL_S)  # another process is asking the vendor
        raise Retryable("token is being refreshed", after=_POLL_S)

    def _lives(self, kept: _Kept) -> bool:
        return kept.expires is not None and kept.expires - _EARLY > self._clock()

    async def _claim(self, session: Session, *, name: str, seen: _Kept) -> bool:
        """Take the turn to refresh, unless somebody has just changed what was seen."""
        now = self._clock()
        row = await session.execute(
            sql(
                """
                INSERT INTO access_token (key, refreshing_until) VALUES (:name, :lease)
                ON CONFLICT (key) DO UPDATE SET refreshing_until = :lease
                WHERE (access_token.refreshing_until IS NULL
                       OR access_token.refreshing_until < :now)
                  AND access_token.expires_at IS NOT DISTINCT FROM :seen
                RETURNING key
                """
            ),
            {"name": name, "lease": now + _LEASE, "now": now, "seen": seen.expires},
        )
        return row.scalar_one_or_none() is not None

    async def _refresh(self, name: str, fetch: Fetch) -> str:
        try:
            token, seconds = await fetch()
        except BaseException:
            await self._db.run(lambda session: _release(session, name))
            raise
        expires = self._clock() + timedelta(seconds=seconds)
        await self._db.run(lambda session: _keep(session, name, token, expires))
        return token


async def _read(session: Session, name: str, *, now: datetime) -> _Kept:
    row = (
        await session.execute(
            sql("SELECT token, expires_at, refreshing_until FROM access_token WHERE key = :name"),
            {"name": name},
        )
    ).one_or_none()
    if row is None:
        return _Kept("", None, busy=False)
    busy = row.refreshing_until is not None and row.refreshing_until > now
    token = open_json(row.token, _TOKEN) if row.token is not None else ""
    return _Kept(token, row.expires_at, busy=busy)


async def _keep(session: Session, name: str, token: str, expires: datetime) -> None:
    await session.execute(
        sql(
            """
            UPDATE access_token SET token = :token, expires_at = :expires, refreshing_until = NULL
            WHERE key = :name
            """
        ),
        {"name": name, "token": seal_json(token, _TOKEN), "expires": expires},
    )


async def _release(session: Session, name: str) -> None:
    await session.execute(
        sql("UPDATE access_token SET refreshing_until = NULL WHERE key = :name"), {"name": name}
    )
