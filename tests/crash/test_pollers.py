"""Two workers could ask Telegram for updates: one does, and when it dies the other goes on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from core.clock import utcnow
from ops.embedded import Urls
from ops.fakes.telegram import FakeTelegram
from ops.fakes.telegram_phone import TelegramPhone
from tests.channels.telegram_stage import TOKEN, serving
from tests.crash.stand import Stand
from tests.until import until

PEOPLE, TEXTS = 8, 4
LEADER = """
    SELECT a.usename FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()
      AND l.objid::bigint = hashtext('linling:telegram')::bigint & 4294967295
"""


@pytest.fixture
async def fake() -> FakeTelegram:
    """Make a Telegram whose clock is the real one, which the processes read."""
    return FakeTelegram(TOKEN, utcnow)


@pytest.fixture
async def place(
    db_url: str, urls: Urls, tmp_path: Path, fake: FakeTelegram
) -> AsyncIterator[Stand]:
    """Let processes of ours speak with the fake."""
    async with serving(fake) as base:
        with Stand.on(Urls(db_url, urls.redis, "", ""), tmp_path) as made:
            made.more = {"LINLING_TELEGRAM__TOKEN": TOKEN, "LINLING_TELEGRAM__API_BASE": base}
            yield made


async def soon(holds: Callable[[], object], what: str) -> None:
    """Wait while the fake goes on serving."""
    await asyncio.to_thread(until, holds, 60, what=what)


def answers(phone: TelegramPhone) -> int:
    """Count what came from us."""
    return sum(not one.mine for one in phone.screen)


async def test_another_worker_takes_over_and_no_update_is_lost_or_handled_twice(
    place: Stand, fake: FakeTelegram
) -> None:
    """The one that asks is killed amid a burst; the other never asked before, and ends it."""
    for name in ("first", "second"):
        await asyncio.to_thread(place.starts, name, "worker", "--only", "telegram,outbox")
    phones = [fake.phone(f"{7 + number}") for number in range(PEOPLE)]
    for phone in phones:
        await phone.joins()
    await soon(lambda: all(answers(phone) for phone in phones), "a greeting for everybody")
    (leader,) = [row[0] for row in await asyncio.to_thread(place.rows, LEADER)]
    for _ in range(TEXTS):
        for phone in phones:
            await phone.says("我的积分")
    burst = PEOPLE * TEXTS
    half = PEOPLE + burst // 3
    await soon(lambda: place.count("inbound") >= half, "a third of the burst")
    await asyncio.to_thread(place.kills, leader)
    assert await asyncio.to_thread(place.count, "inbound") < PEOPLE + burst, "killed amid it"
    await soon(lambda: not _waits(place), "the rest of the burst")
    (heir,) = [row[0] for row in await asyncio.to_thread(place.rows, LEADER)]
    assert {leader, heir} == {"first", "second"}
    assert "telegram.cannot_fetch" not in place.log("first", "second"), "two asked at once"
    rows = await asyncio.to_thread(place.rows, "SELECT state, ambiguous FROM outbox")
    assert {row["state"] for row in rows} == {"sent"}
    assert await asyncio.to_thread(place.count, "inbound") == PEOPLE + burst
    assert await asyncio.to_thread(place.count, "dead_letter") == 0
    doubles = [answers(phone) - TEXTS - 1 for phone in phones]
    assert min(doubles) >= 0
    assert sum(doubles) <= sum(row["ambiguous"] for row in rows)


def _waits(place: Stand) -> bool:
    """Tell whether an update is unhandled or an answer on its way."""
    return place.count("inbound") < PEOPLE * (TEXTS + 1) or bool(
        place.count("outbox WHERE state = 'due'")
    )
