"""Telegram by asking: an update is confirmed after its commit, and none stops the rest."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from channels.telegram import TelegramChannel
from core.bus import RedisBus
from core.db import Database, Session, sql
from core.settings import Settings
from ops.fakes.telegram import FakeTelegram
from ops.fakes.telegram_phone import TelegramPhone
from tests.channels.telegram_stage import TOKEN, Moving, settings, speaking
from tests.world import World
from worker.stack import Stack
from worker.telegram import TRIES, Poller, wanted

pytestmark = pytest.mark.real_clock


@dataclass
class Place:
    """A worker's stack, a fake Telegram, and how long the poller wanted to wait."""

    fake: FakeTelegram
    clock: Moving
    stack: Stack
    channel: TelegramChannel
    waits: list[float] = field(default_factory=list)

    def poller(self) -> Poller:
        """Start afresh, as after a crash."""

        async def pause(seconds: float) -> None:
            self.waits.append(seconds)

        return Poller(self.stack, self.channel, pause=pause)

    async def fetch(self, statement: str) -> list[Any]:
        """Look into the database."""
        async with self.stack.db.reading() as session:
            return list(await session.execute(sql(statement)))


@pytest.fixture
async def place(world: World, bus: RedisBus) -> AsyncIterator[Place]:
    """Wire a worker to the fake."""
    clock = Moving()
    fake = FakeTelegram(TOKEN, clock)
    async with speaking(fake) as channel:
        stack = Stack(Settings(home=world.folder), world.db, bus, {channel.name: channel})
        yield Place(fake, clock, stack, channel)


def answers(phone: TelegramPhone) -> int:
    """Count what came from us."""
    return sum(not one.mine for one in phone.screen)


async def test_an_update_is_answered_and_confirmed_by_the_next_question(place: Place) -> None:
    """The webhook that is in the way is taken off first."""
    place.fake.webhook.url = "https://old.example/telegram"
    phone = place.fake.phone("7")
    await phone.joins()
    poller = place.poller()
    await poller.step()
    assert answers(phone) == 1
    assert poller.offset == 500_003, "the membership and /start"
    assert len(place.fake.waiting) == 2, "not confirmed yet"
    asking = asyncio.create_task(poller.step())
    place.clock.passes(seconds=30)
    await phone.says("帮助")
    await asking
    assert [one["update_id"] for one in place.fake.waiting] == [500_003]
    assert place.waits == []


async def test_a_crash_before_the_confirmation_repeats_nothing(place: Place) -> None:
    """The same updates come again to a new process, which knows them."""
    phone = place.fake.phone("7")
    await phone.joins()
    await place.poller().step()
    await place.poller().step()
    assert answers(phone) == 1
    assert len(await place.fetch("SELECT 1 FROM inbound")) == 1


async def test_one_update_that_always_fails_is_buried_and_the_rest_goes_on(place: Place) -> None:
    """Five tries, then a sealed dead letter; the click is answered; others do not wait for it."""
    for account in ("7", "8"):
        await place.fake.phone(account).joins()
    poller = place.poller()
    await poller.step()
    bad = await place.fake.phone("7").sends(text="毒药")
    await place.fake.phone("8").sends(text="你好")
    await place.stack.db.run(lambda session: _poison(session, f"u{bad}"))
    await poller.step()
    assert len(place.waits) == TRIES - 1
    (row,) = await place.fetch("SELECT source, reason, payload FROM dead_letter")
    assert row.source == "telegram"
    assert "毒药".encode() not in bytes(row.payload)
    assert poller.offset == place.fake.waiting[-1]["update_id"] + 1
    assert len(await place.fetch("SELECT 1 FROM inbound")) == 3


async def test_what_is_no_update_is_buried_at_once(place: Place) -> None:
    """It will not become one by waiting."""
    await place.fake.phone("7").joins()
    place.fake.waiting.insert(0, {"update_id": 500_000, "message": {"text": "?"}})
    await place.poller().step()
    assert place.waits == []
    assert len(await place.fetch("SELECT 1 FROM dead_letter")) == 1
    assert answers(place.fake.phone("7")) == 1


async def test_while_the_database_is_away_nothing_is_lost_or_buried(place: Place) -> None:
    """The offset stands still; the same updates are asked for again."""
    phone = place.fake.phone("7")
    await phone.joins()
    poller, engine = place.poller(), place.stack.db.engine
    url = engine.url
    away = url.set(query={**url.query, "host": "/nowhere"}) if url.query else url.set(port=1)
    gone = Stack(place.stack.settings, Database(away.render_as_string(hide_password=False)),
                 place.stack.bus, place.stack.channels)  # fmt: skip
    poller._stack = gone
    await poller.step()
    assert poller.offset is None
    assert place.waits == [2.0]
    await gone.db.aclose()
    poller._stack = place.stack
    await poller.step()
    assert answers(phone) == 1
    assert await place.fetch("SELECT 1 FROM dead_letter") == []


async def test_every_click_is_answered(place: Place) -> None:
    """Also one that hangs on a button of yesterday."""
    phone = place.fake.phone("7")
    await phone.joins()
    poller = place.poller()
    await poller.step()
    place.clock.passes(seconds=30)
    phone.show("77", {"text": "旧卡片", "reply_markup": {
        "inline_keyboard": [[{"text": "旧按钮", "callback_data": "o" * 24}]]}})  # fmt: skip
    await phone.clicks("旧按钮")
    assert len(place.fake.unanswered) == 1
    await poller.step()
    assert not place.fake.unanswered


async def test_somebody_else_who_asks_is_waited_for_longer_and_longer(place: Place) -> None:
    """Two pollers with one token would steal each other's updates; the log says so."""
    poller = place.poller()
    await place.channel.listen_at("https://linling.example")
    poller._listening = True  # a webhook that was set behind our back
    await poller.step()
    assert place.waits == [30.0]
    await place.fake.phone("7").joins()
    await poller.step()
    assert not place.fake.webhook.url
    assert answers(place.fake.phone("7")) == 1


async def test_without_a_link_to_telegram_the_waits_grow(place: Place) -> None:
    """At most a minute between two tries."""
    lost = TelegramChannel(settings("http://127.0.0.1:1"))
    poller = place.poller()
    poller._channel = lost
    for _ in range(7):
        await poller.step()
    assert place.waits == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    await lost.aclose()


def test_only_a_polling_bot_has_a_part_in_the_worker() -> None:
    """A webhook's updates come to the HTTP process."""
    assert not wanted(Settings())
    assert wanted(Settings(telegram=settings("")))
    assert not wanted(Settings(telegram=settings("", mode="webhook")))


async def _poison(session: Session, message: str) -> None:
    """Let the database refuse one message, whatever handles it."""
    await session.execute(
        sql(f"ALTER TABLE inbound ADD CONSTRAINT poison CHECK (message_id <> '{message}')")
    )
