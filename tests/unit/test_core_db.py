"""The transaction boundary: commit or nothing, again after a deadlock, wake-ups afterwards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.exc import DBAPIError

from core.db import Database, Session, before_commit, sql, sqlstate, wake
from core.errors import UserError
from core.ports import Wake

INSERT = sql("INSERT INTO heartbeat (name, at) VALUES (:name, now())")
UPDATE = sql("UPDATE heartbeat SET at = now() WHERE name = :name")
LIMIT_S = 10


class Recorder:
    """A bus that remembers what it was given."""

    def __init__(self) -> None:
        self.wakes: list[Wake] = []

    async def publish(self, wakes: list[Wake]) -> None:
        """Remember."""
        self.wakes += wakes

    async def listen(self, *topics: str) -> AsyncIterator[Wake]:
        """Yield what was remembered."""
        for hint in self.wakes:
            if hint.topic in topics:
                yield hint


async def names(db: Database) -> list[str]:
    """List what was kept."""
    async with db.reading() as session:
        return sorted((await session.execute(sql("SELECT name FROM heartbeat"))).scalars())


async def add(session: Session, name: str) -> None:
    """Write one row."""
    await session.execute(INSERT, {"name": name})


async def test_work_is_kept_and_its_result_returned(db: Database) -> None:
    """One transaction, one commit."""

    async def work(session: Session) -> str:
        await add(session, "a")
        return "done"

    assert await db.run(work) == "done"
    assert await names(db) == ["a"]


async def test_a_refusal_keeps_nothing_and_is_not_repeated(db: Database) -> None:
    """A UserError is an answer, not a fault: it comes out as it was raised."""
    runs = 0

    async def work(session: Session) -> None:
        nonlocal runs
        runs += 1
        await add(session, "a")
        raise UserError("ticket-taken", status=409, who="王建国")

    with pytest.raises(UserError) as raised:
        await db.run(work)
    assert (raised.value.key, raised.value.status) == ("ticket-taken", 409)
    assert raised.value.args_for_words == {"who": "王建国"}
    assert runs == 1
    assert await names(db) == []


async def test_reading_keeps_nothing(db: Database) -> None:
    """What a page's read would change by mistake is thrown away."""
    async with db.reading() as session:
        await add(session, "a")
    assert await names(db) == []


async def test_a_deadlock_is_repeated(db: Database) -> None:
    """Two transactions lock two rows crosswise: PostgreSQL ends one, which then runs again."""
    for name in ("a", "b"):
        await db.run(lambda session, name=name: add(session, name))  # type: ignore[misc]
    crossed, runs = asyncio.Barrier(2), {"ab": 0, "ba": 0}

    async def lock(session: Session, order: str) -> None:
        runs[order] += 1
        await session.execute(UPDATE, {"name": order[0]})
        if runs[order] == 1:
            await crossed.wait()
        await session.execute(UPDATE, {"name": order[1]})

    async with asyncio.timeout(LIMIT_S):
        await asyncio.gather(
            db.run(lambda session: lock(session, "ab")), db.run(lambda session: lock(session, "ba"))
        )
    assert sorted(runs.values()) == [1, 2]


async def fails(session: Session, code: str) -> None:
    """Let PostgreSQL raise this error."""
    raising = f"DO $$ BEGIN RAISE EXCEPTION 'told to' USING ERRCODE = '{code}'; END $$"
    await session.execute(sql(raising))


@pytest.mark.parametrize(("code", "times"), [("40001", 3), ("40P01", 3), ("23505", 1)])
async def test_work_is_repeated_three_times_at_most(db: Database, code: str, times: int) -> None:
    """Serialization failures and deadlocks pass; a broken index will not mend itself."""
    runs = 0

    async def work(session: Session) -> None:
        nonlocal runs
        runs += 1
        await fails(session, code)

    with pytest.raises(DBAPIError) as raised:
        await db.run(work)
    assert sqlstate(raised.value) == code
    assert runs == times


async def test_others_are_woken_after_the_commit(db_url: str) -> None:
    """Whoever wakes finds what was written."""
    bus = Recorder()
    db = Database(db_url, bus=bus)

    async def work(session: Session) -> None:
        wake(session, "outbox")
        wake(session, "mailbox", person="p", id=1)
        assert bus.wakes == []

    await db.run(work)
    assert bus.wakes == [Wake("outbox", {}), Wake("mailbox", {"person": "p", "id": 1})]
    await db.aclose()


async def test_the_same_hint_is_sent_once(db_url: str) -> None:
    """A set of tickets wakes the senders once; what differs in its data is another hint."""
    bus = Recorder()
    db = Database(db_url, bus=bus)

    async def work(session: Session) -> None:
        for number in (1, 2, 1):
            wake(session, "outbox")
            wake(session, "mailbox", person="p", id=number)

    await db.run(work)
    first, second = (Wake("mailbox", {"person": "p", "id": number}) for number in (1, 2))
    assert bus.wakes == [Wake("outbox", {}), first, second]
    await db.aclose()


async def test_nobody_is_woken_for_nothing(db_url: str) -> None:
    """A rolled back transaction drops its hints; a repeated one sends them once."""
    bus = Recorder()
    db = Database(db_url, bus=bus)
    runs = 0

    async def refused(session: Session) -> None:
        wake(session, "outbox")
        raise UserError("not-allowed")

    async def second_time(session: Session) -> None:
        nonlocal runs
        runs += 1
        wake(session, "outbox")
        if runs == 1:
            await fails(session, "40001")

    with pytest.raises(UserError):
        await db.run(refused)
    assert bus.wakes == []
    await db.run(second_time)
    assert len(bus.wakes) == 1
    await db.aclose()


# --- leadership ---------------------------------------------------------------------------


@asynccontextmanager
async def leading(db: Database, name: str) -> AsyncIterator[None]:
    """Lead, without watching whether the leadership is lost."""
    async with db.leadership(name) as lost:
        watch = asyncio.ensure_future(lost)
        yield
        watch.cancel()


async def asked(db: Database, times: int) -> None:
    """Wait until so many connections have asked to lead and got their answer."""
    waiting = sql(
        """
        SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND query LIKE 'SELECT pg_try_advisory_lock%' AND state = 'idle'
        """
    )
    async with asyncio.timeout(LIMIT_S), db.reading() as session:
        while (await session.execute(waiting)).scalar_one() < times:
            await session.execute(sql("SELECT pg_stat_clear_snapshot()"))


async def test_one_process_leads_at_a_time(db: Database, db_url: str) -> None:
    """The second waits until the first lets go, then leads."""
    second, leads, let_go = Database(db_url), asyncio.Event(), asyncio.Event()

    async def follow() -> None:
        async with leading(second, "clock"):
            leads.set()
            await let_go.wait()

    async with leading(db, "clock"):
        following = asyncio.create_task(follow())
        await asked(db, 2)
        assert not leads.is_set()
    async with asyncio.timeout(LIMIT_S):
        await leads.wait()
    let_go.set()
    await following
    await second.aclose()


async def test_leaders_of_different_things_do_not_meet(db: Database, db_url: str) -> None:
    """The listener and the clock have a leader each."""
    second = Database(db_url)
    async with asyncio.timeout(LIMIT_S), leading(db, "clock"), leading(second, "listener"):
        pass
    await second.aclose()


async def test_a_leader_learns_that_its_connection_is_gone(db: Database, db_url: str) -> None:
    """Its lock went with the connection, so it must stop: another may lead already."""
    other = Database(db_url)
    with pytest.raises(DBAPIError):  # noqa: PT012  the block is what must fail
        async with db.leadership("clock") as lost:
            await other.run(
                lambda session: session.execute(
                    sql(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_locks
                        WHERE locktype = 'advisory'
                          AND database = (SELECT oid FROM pg_database
                                          WHERE datname = current_database())
                        """
                    )
                )
            )
            async with asyncio.timeout(LIMIT_S):
                await lost
    async with asyncio.timeout(LIMIT_S), leading(other, "clock"):
        pass
    await other.aclose()


async def test_what_waits_for_the_commit_goes_with_what_is_undone(
    db: Database, db_url: str
) -> None:
    """Rows, hints and what is done last: a transaction that is refused leaves none of them."""
    bus = Recorder()
    told = Database(db_url, bus=bus)

    async def work(session: Session, name: str) -> None:
        await add(session, name)
        wake(session, name)
        before_commit(session, name, lambda s: add(s, f"{name} at the end"))
        if name == "refused":
            raise UserError("not-allowed")

    with pytest.raises(UserError):
        await told.run(lambda session: work(session, "refused"))
    await told.run(lambda session: work(session, "done"))
    await told.aclose()
    assert await names(db) == ["done", "done at the end"]
    assert [hint.topic for hint in bus.wakes] == ["done"]
