"""The database: the only place that commits, repeats after a deadlock, and wakes afterwards."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from copy import copy
from functools import lru_cache
from typing import Any, TypeVar

import orjson
from sqlalchemy import TextClause
from sqlalchemy import text as sql_text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from core.crypto import key_mark
from core.ports import Bus, Wake

PROCESS = "linling"
T = TypeVar("T")
Session = AsyncSession
_ATTEMPTS = 3
_LEAD_POLL_S = 1.0
_REPEATABLE = frozenset({"40001", "40P01"})  # serialization failure, deadlock detected


@lru_cache(maxsize=1024)
def sql(text: str) -> TextClause:
    """Wrap hand-written SQL; parameters are `:name`. The same text is the same object each time."""
    return sql_text(text)  # reads the text for its parameters, which costs more than it looks


def wake(session: Session, topic: str, **data: Any) -> None:
    """Hint other processes once this transaction has committed; dropped if it rolls back.

    The same hint twice in a transaction is sent once.
    """
    wakes: list[Wake] = session.info.setdefault("wakes", [])
    if (hint := Wake(topic, data)) not in wakes:
        wakes.append(hint)


def before_commit(session: Session, key: str, work: Callable[[Session], Awaitable[None]]) -> None:
    """Do this as the last thing of the transaction, once for each key; lost if it rolls back.

    For what must hold its locks as briefly as possible.
    """
    session.info.setdefault("last", {}).setdefault(key, work)


def process_name() -> str:
    """Name this process to PostgreSQL: whoever rotates keys sees which one each process writes."""
    return f"{PROCESS} key {mark}" if (mark := key_mark()) else PROCESS


@asynccontextmanager
async def savepoint(session: Session) -> AsyncIterator[None]:
    """Undo what is done inside if it raises, and what it left to be done at and after the commit."""
    before = {key: copy(value) for key, value in session.info.items()}
    try:
        async with session.begin_nested():
            yield
    except BaseException:
        session.info.clear()
        session.info.update(before)
        raise


class Database:
    """A pool of connections and the transaction boundary."""

    def __init__(self, url: str, *, bus: Bus | None = None, pool: int = 10) -> None:
        self.engine = create_async_engine(
            url,
            pool_size=pool,
            max_overflow=pool,
            hide_parameters=True,  # an error's text would carry row values into logs
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={"server_settings": {"jit": "off", "application_name": process_name()}},
        )
        self._sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(
            self.engine, expire_on_commit=False
        )
        self._bus = bus

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """Open one transaction; commit at the end, roll back on any exception, then wake."""
        async with self._sessions() as session:
            yield session
            for work in session.info.pop("last", {}).values():
                await work(session)
            await session.commit()
            wakes: list[Wake] = session.info.pop("wakes", [])
        if wakes and self._bus is not None:
            await self._bus.publish(wakes)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        """Open a session whose changes, if any, are thrown away."""
        async with self._sessions() as session:
            yield session

    async def run(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Run work in a transaction, up to three times after a deadlock or serialization failure.

        The work must not touch anything outside the database: it may run more than once.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self.transaction() as session:
                    return await work(session)
            except DBAPIError as error:
                if sqlstate(error) not in _REPEATABLE or attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def rehearsal(self) -> AsyncIterator["Database"]:
        """Open a database in which everything works as here and nothing is kept or told on.

        Its transactions nest in one that is rolled back at the end; use it from one task only.
        """
        async with self.engine.connect() as connection:
            outer = await connection.begin()
            stage = _Stage(self.engine, connection)
            try:
                yield stage
            finally:
                await outer.rollback()

    @asynccontextmanager
    async def leadership(self, name: str) -> AsyncIterator[Awaitable[None]]:
        """Wait until this process alone leads `name`; yields what raises when that is lost.

        The lock belongs to a connection: it is free the moment its holder dies.
        """
        async with self.engine.connect() as raw:
            connection = await raw.execution_options(isolation_level="AUTOCOMMIT")
            take = sql("SELECT pg_try_advisory_lock(hashtext(:name))")
            key = {"name": f"linling:{name}"}
            # No event tells that another process has let go, so this one asks again.
            while not (await connection.execute(take, key)).scalar_one():  # noqa: ASYNC110  nothing to wait on
                await asyncio.sleep(_LEAD_POLL_S)

            async def lost() -> None:
                while True:
                    await asyncio.sleep(_LEAD_POLL_S)
                    await connection.execute(sql("SELECT 1"))

            try:
                yield lost()
            finally:
                await raw.invalidate()  # the lock must go with us, not back into the pool

    async def aclose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


class _Stage(Database):
    """A database on one connection, whose commits only end savepoints and wake nobody."""

    def __init__(self, engine: AsyncEngine, connection: AsyncConnection) -> None:
        self.engine = engine
        self._sessions = async_sessionmaker(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        self._bus = None


def is_outage(error: BaseException) -> bool:
    """Tell a database that is away (connection, class 08, 57P, 53) from a fault in the data."""
    if isinstance(error, OSError | InterfaceError | OperationalError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or (sqlstate(error) or "")[:3] in {"57P", "530", "080"}


def sqlstate(error: DBAPIError) -> str | None:
    """Read PostgreSQL's error code, e.g. 23505 for a broken unique index."""
    return getattr(error.orig, "sqlstate", None)
