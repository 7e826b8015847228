"""Vendors' access tokens, shared by all processes: one of them asks, the others wait for it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.clock import utcnow
from core.db import Database, sql
from core.errors import Retryable
from services.access import Fetch, SharedTokens


class Vendor:
    """Gives out tokens and counts how often it was asked; `open` lets it answer."""

    def __init__(self) -> None:
        self.asked = 0
        self.open = asyncio.Event()
        self.open.set()

    async def fetch(self) -> tuple[str, int]:
        """Give out the next token, for two hours."""
        self.asked += 1
        await self.open.wait()
        return f"token-{self.asked}", 7200


@pytest.fixture
async def processes(db_url: str) -> AsyncIterator[list[Database]]:
    """Open the database as two processes do."""
    opened = [Database(db_url), Database(db_url)]
    yield opened
    for one in opened:
        await one.aclose()


async def test_many_who_need_one_at_once_ask_the_vendor_once(processes: list[Database]) -> None:
    """Twenty senders in two processes, while the vendor takes its time."""
    vendor = Vendor()
    vendor.open.clear()
    sides = [SharedTokens(one) for one in processes]
    wanted = [
        asyncio.create_task(sides[number % 2].token("wechat:a", vendor.fetch))
        for number in range(20)
    ]
    while not vendor.asked:
        await asyncio.wait(wanted, timeout=0.01)
    vendor.open.set()
    assert set(await asyncio.gather(*wanted)) == {"token-1"}
    assert vendor.asked == 1


async def test_a_refused_token_is_changed_once_for_all(processes: list[Database]) -> None:
    """Ten calls were told 40001 for the same token: one asks for a new one."""
    vendor = Vendor()
    sides = [SharedTokens(one) for one in processes]
    old = await sides[0].token("wechat:a", vendor.fetch)
    changed = await asyncio.gather(
        *(sides[number % 2].token("wechat:a", vendor.fetch, stale=old) for number in range(10))
    )
    assert set(changed) == {"token-2"}
    assert vendor.asked == 2


async def test_it_is_renewed_before_it_ends(processes: list[Database]) -> None:
    """Five minutes early, so that no message meets an expired one; each account has its own."""
    vendor, now = Vendor(), utcnow()
    later = now
    tokens = SharedTokens(processes[0], clock=lambda: later)
    assert await tokens.token("wechat:a", vendor.fetch) == "token-1"
    assert await tokens.token("wechat:b", vendor.fetch) == "token-2"
    later = now + timedelta(seconds=7200 - 301)
    assert await tokens.token("wechat:a", vendor.fetch) == "token-1"
    later = now + timedelta(seconds=7200 - 299)
    assert await tokens.token("wechat:a", vendor.fetch) == "token-3"


async def test_who_fails_or_dies_while_asking_blocks_nobody(processes: list[Database]) -> None:
    """A refusal gives the turn to the next at once; a dead process loses it after 15 seconds."""
    vendor, now = Vendor(), utcnow()
    later = now
    tokens = SharedTokens(processes[0], clock=lambda: later)

    async def refused() -> tuple[str, int]:
        raise Retryable("errcode -1", after=2.0)

    asks: Fetch = refused
    with pytest.raises(Retryable):
        await tokens.token("wechat:a", asks)
    assert await tokens.token("wechat:a", vendor.fetch) == "token-1"
    async with processes[1].transaction() as session:  # as after kill -9 in the middle
        await session.execute(
            sql("UPDATE access_token SET token = NULL, refreshing_until = :until"),
            {"until": now + timedelta(seconds=15)},
        )
    later = now + timedelta(seconds=16)
    assert await tokens.token("wechat:a", vendor.fetch) == "token-2"


async def test_it_is_unreadable_in_the_database(processes: list[Database]) -> None:
    """A token is worth as much as the secret."""
    await SharedTokens(processes[0]).token("wechat:a", Vendor().fetch)
    async with processes[0].reading() as session:
        row = (await session.execute(sql("SELECT token FROM access_token"))).one()
    assert b"token-1" not in bytes(row.token)
