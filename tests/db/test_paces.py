"""Vendors' limits kept in PostgreSQL: over processes, and as long as the vendor counts."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from channels.miniprogram import MiniprogramChannel
from channels.telegram import TelegramChannel
from channels.wechat import WechatChannel
from channels.wecom import WecomChannel
from core.clock import utcnow
from core.db import Database, Session, sql
from core.ports import Pace, Vendor, Window
from core.settings import Telegram, Wechat, Wecom
from services import accounts, allowances, housekeeping, paces
from services.access import SharedTokens
from tests import make

MINUTE = Pace("wecom:someone:m", 28, 60)


@pytest.fixture
async def processes(db_url: str) -> AsyncIterator[list[Database]]:
    """Open the database as two processes do."""
    opened = [Database(db_url), Database(db_url)]
    yield opened
    for one in opened:
        await one.aclose()


@pytest.mark.parametrize(("life", "out"), [(True, 28), (False, 23)])
async def test_two_processes_together_keep_one_limit(
    processes: list[Database], *, life: bool, out: int
) -> None:
    """Sixty sends at once: as many as allowed go, a fifth is left for life, the rest is told when."""
    now = utcnow()

    async def one(number: int) -> float:
        return await processes[number % 2].run(
            lambda session: paces.take(session, [MINUTE], now=now, life=life)
        )

    waits = await asyncio.gather(*(one(number) for number in range(60)))
    assert waits.count(0.0) == out
    assert all(0 < wait <= 60.25 for wait in waits if wait)


async def test_in_no_stretch_of_a_minute_more_go_out(db: Database) -> None:
    """The window slides: what waits as long as it is told never makes 29 in any minute."""
    now = utcnow()
    sent: list[datetime] = []
    while len(sent) < 100:
        moment = now
        wait = await db.run(lambda s: paces.take(s, [MINUTE], now=moment, life=True))  # noqa: B023
        if wait:
            now += timedelta(seconds=wait)
        else:
            sent.append(now)
    span = timedelta(seconds=60)
    assert max(sum(at <= other < at + span for other in sent) for at in sent) == 28


async def test_one_full_limit_counts_against_none_of_the_others(db: Database) -> None:
    """All or nothing: what must wait for the minute does not use up the hour."""
    now = utcnow()
    hour = Pace("wecom:someone:h", 950, 3600)
    for _ in range(40):
        await db.run(lambda s: paces.take(s, [MINUTE, hour], now=now, life=True))
    rows = await db.run(lambda s: _marks(s))  # noqa: PLW0108
    assert rows == {"wecom:someone:m": 28, "wecom:someone:h": 28}


async def _marks(session: Session) -> dict[str, int]:
    found = await session.execute(
        sql("SELECT bucket, count(*) AS n FROM pace_mark GROUP BY bucket")
    )
    return {row.bucket: row.n for row in found}


def vendors(db: Database) -> list[Vendor]:
    """Make every channel that counts."""
    tokens = SharedTokens(db)
    return [
        WechatChannel(Wechat(), tokens), MiniprogramChannel(Wechat(), tokens),
        WecomChannel(Wecom(), tokens), TelegramChannel(Telegram()),
    ]  # fmt: skip


async def test_the_house_cleans_up_nothing_that_still_counts(db: Database) -> None:
    """A service account's day is a day: its ledger outlives the night's cleaning."""
    made = vendors(db)
    longest = max(
        (pace for one in made for pace in one.paces("-100")), key=lambda pace: pace.seconds
    )
    full = Pace(longest.bucket, 1, longest.seconds)
    now = utcnow()
    assert await db.run(lambda s: paces.take(s, [full], now=now)) == 0.0
    almost = now + timedelta(seconds=longest.seconds - 60)
    await db.run(lambda s: housekeeping.drop_expired(s, now=almost))
    assert await db.run(lambda s: paces.take(s, [full], now=almost)) > 0
    over = now + timedelta(days=2)
    await db.run(lambda s: housekeeping.drop_expired(s, now=over))
    assert await db.run(lambda s: _marks(s)) == {}  # noqa: PLW0108
    for channel in made:
        await channel.aclose()


async def test_a_window_is_spent_to_the_last_by_its_outcome_alone(db: Database) -> None:
    """Ten at once from a window of five: four go; the fifth is kept for how it ended."""
    now = utcnow()

    async def begin(session: Session) -> UUID:
        person = await make.person(session, "张三")
        found = await accounts.add(session, person.id, channel="wechat", external="o1", now=now)
        await allowances.opened(session, found.id, "message", Window(5, 172_800), now=now)
        return found.id

    account = await db.run(begin)

    async def one(*, last: bool) -> str:
        return await db.run(lambda s: allowances.spend(s, account, last=last, now=now))

    taken = await asyncio.gather(*(one(last=False) for _ in range(10)))
    assert sorted(taken) == [""] * 6 + ["message"] * 4
    assert await one(last=True) == "message"
    assert await one(last=True) == ""
