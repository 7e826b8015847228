"""Telegram by webhook, from a telephone through the route into the database and back."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from fastapi import FastAPI
from PIL import Image

from bot.guard import answer_in_words
from bot.routes import telegram
from bot.stack import Stack
from channels.telegram import TelegramChannel
from core.bus import RedisBus
from core.clock import utcnow
from core.db import Session, sql
from core.settings import Settings
from handlers.delivery import Channels, deliver_due
from models import Grid
from ops.fakes.phone import Shown
from ops.fakes.telegram import FakeTelegram
from ops.fakes.telegram_phone import TelegramPhone
from tests import make
from tests.channels.telegram_stage import SECRET, TOKEN, Moving, settings, speaking
from tests.world import World

pytestmark = pytest.mark.real_clock

HEADER = "x-telegram-bot-api-secret-token"
HELLO = {
    "update_id": 9001,
    "message": {
        "message_id": 1, "date": 1795338000, "text": "你好",
        "chat": {"id": 7, "type": "private", "first_name": "阿芳"},
        "from": {"id": 7, "is_bot": False, "first_name": "阿芳", "language_code": "zh-hans"},
    },
}  # fmt: skip


@dataclass
class Place:
    """A fake Telegram that pushes to the route."""

    fake: FakeTelegram
    clock: Moving
    http: httpx.AsyncClient
    world: World
    channels: Channels
    shift: timedelta = timedelta()

    async def push(self, body: bytes, secret: str = SECRET) -> int:
        """Post to the route as anybody could."""
        answer = await self.http.post("/telegram", content=body, headers={HEADER: secret})
        return answer.status_code

    async def settle(self) -> None:
        """Let the outbox send what had to wait for its turn: one message a second a chat."""
        self.shift += timedelta(seconds=5)
        self.clock.passes(seconds=5)
        while await deliver_due(self.world.db, channels=self.channels, now=utcnow() + self.shift):
            self.shift += timedelta(seconds=5)
            self.clock.passes(seconds=5)

    async def answer(self, phone: TelegramPhone) -> Shown:
        """Return the newest message, which must be ours."""
        await self.settle()
        assert not phone.screen[-1].mine, "nothing was answered"
        return phone.screen[-1]

    async def inbound(self) -> int:
        """Count what was taken in."""
        return len(await self.world.fetch("SELECT 1 FROM inbound"))


@pytest.fixture
async def place(world: World, bus: RedisBus) -> AsyncIterator[Place]:
    """Wire the route to the world's database and the fake to the route."""
    clock = Moving()
    fake = FakeTelegram(TOKEN, clock)
    async with speaking(fake, mode="webhook") as channel:
        app = _app(world, bus, channel)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:

            async def post(
                method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
            ) -> tuple[int, bytes]:
                clock.passes(seconds=2)
                answer = await http.request(
                    method, path, params=query, headers=headers, content=body
                )
                return answer.status_code, answer.content

            fake.post = post
            await channel.listen_at("https://linling.example")
            world.channels[channel.name] = channel
            yield Place(fake, clock, http, world, world.channels)


def _app(world: World, bus: RedisBus, channel: TelegramChannel) -> FastAPI:
    app = FastAPI()
    app.include_router(telegram.router)
    answer_in_words(app)
    app.state.stack = Stack(
        Settings(home=world.folder, telegram=settings("", mode="webhook")),
        world.db,
        bus,
        {channel.name: channel},
    )
    return app


async def test_a_newcomer_is_greeted_and_answered(place: Place) -> None:
    """From /start to a menu to a click: each answer is on the screen, each click is answered."""
    phone = place.fake.phone("7")
    await phone.joins()
    welcome = await place.answer(phone)
    assert any(knob.label == "告诉社区我的手机号" for knob in welcome.knobs)
    await phone.says("/help")
    menu = await place.answer(phone)
    await phone.clicks(menu.knobs[0].label)
    assert await place.answer(phone) != menu
    assert len(place.fake.answered) == 1
    assert not place.fake.unanswered
    assert not place.fake.waiting


async def test_a_shared_number_is_believed_only_when_it_is_ones_own(place: Place) -> None:
    """Somebody else's card does not make one somebody else."""
    phone = place.fake.phone("7")
    await phone.joins()
    await phone.shares_contact("8613800000099", user=8)
    assert "不是您本人" in (await place.answer(phone)).text
    await phone.clicks("告诉社区我的手机号")
    assert "还没有在社区登记" in (await place.answer(phone)).text


async def test_a_place_and_a_sticker_are_answered(place: Place) -> None:
    """Nothing that a person sends is met with silence."""
    phone = place.fake.phone("7")
    await phone.joins()
    await phone.sends_place(31.72, 120.061)
    await place.answer(phone)
    await phone.sends(
        sticker={"file_id": "s", "file_unique_id": "u", "type": "regular", "width": 1,
                 "height": 1, "is_animated": False, "is_video": False}
    )  # fmt: skip
    assert "表情" in (await place.answer(phone)).text


async def test_a_picture_is_fetched_and_a_voice_without_ears_declined(place: Place) -> None:
    """The file comes by getFile, right after the commit; both are answered."""
    phone = place.fake.phone("7")
    await phone.joins()
    await place.settle()
    jpeg = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(jpeg, "JPEG")
    await phone.sends_picture(jpeg.getvalue())
    assert [call.method.lower() for call in place.fake.record if "ile" in call.method] == [
        "getfile"
    ]
    await place.answer(phone)
    fetched = "SELECT 1 FROM inbound WHERE message_id LIKE 'fetched:%'"
    assert len(await place.world.fetch(fetched)) == 1
    await phone.sends_voice(b"OggS" + bytes(500))
    assert "语音" in (await place.answer(phone)).text


async def test_a_retry_is_handled_once(place: Place) -> None:
    """Telegram pushes again what it thinks was lost."""
    await place.fake.phone("7").joins()
    before = await place.inbound()
    assert [await place.push(orjson.dumps(HELLO)) for _ in range(2)] == [200, 200]
    assert await place.inbound() == before + 1
    await place.settle()
    assert len(place.fake.phone("7").screen) == 3


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", "密".encode().decode("latin-1")])
async def test_a_wrong_secret_leaves_no_trace(place: Place, secret: str) -> None:
    """Anybody can post; only Telegram knows the secret."""
    answer = await place.http.post(
        "/telegram", content=orjson.dumps(HELLO), headers=[(HEADER.encode(), secret.encode("latin-1"))]
    )  # fmt: skip
    assert answer.status_code == 403
    assert (await place.inbound(), await _dead(place.world)) == (0, [])
    assert await place.world.fetch("SELECT 1 FROM channel_account WHERE channel = 'telegram'") == []


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b"[]", 400), (b"\xff", 400), (b"7", 400), (b"[" * 5000, 400),
     (b'{"a":"' + b"x" * 262_144 + b'"}', 413)],
    ids=["empty", "half", "list", "bytes", "number", "deep", "big"],
)  # fmt: skip
async def test_what_is_no_update_is_refused(place: Place, body: bytes, status: int) -> None:
    """Never a 500, which would bring it again."""
    assert await place.push(body) == status
    assert await place.inbound() == 0


async def test_an_unreadable_update_is_buried_sealed(place: Place) -> None:
    """It would block all that comes after it; its click is answered all the same."""
    odd: dict[str, Any] = {"update_id": 5, "message": {"text": "机密"}}
    assert await place.push(orjson.dumps(odd)) == 200
    (row,) = await _dead(place.world)
    assert row.source == "telegram"
    assert "机密".encode() not in bytes(row.payload)


async def test_without_a_database_telegram_sends_again(place: Place) -> None:
    """No commit, no 200; when the database is back the same update goes through."""
    phone = place.fake.phone("7")
    await phone.joins()
    before = await place.inbound()
    await place.world.db.run(_hide_inbound)
    await phone.says("你好")
    assert place.fake.webhook.last_error == "Wrong response from the webhook: 500"
    await place.settle()
    assert phone.screen[-1].text == "你好"
    await place.world.db.run(_show_inbound)
    await place.fake.push()
    assert not place.fake.waiting
    await place.answer(phone)
    assert await place.inbound() == before + 1


async def test_whoever_blocks_us_is_marked_and_comes_back(place: Place) -> None:
    """Nothing is said to somebody who left."""
    phone = place.fake.phone("7")
    await phone.joins()
    await phone.leaves()
    await place.settle()
    assert [one.mine for one in phone.screen] == [True, False]
    reachable = "SELECT reachable FROM channel_account WHERE channel = 'telegram'"
    assert [row.reachable for row in await place.world.fetch(reachable)] == [False]
    await phone.joins()
    assert [row.reachable for row in await place.world.fetch(reachable)] == [True]
    await place.answer(phone)


async def test_an_alarm_is_taken_on_by_telegram(place: Place) -> None:
    """The worker's card carries no name; a click takes it on, and the card changes in place."""
    world, phone = place.world, place.fake.phone("71")
    world.now = utcnow()
    worker = world.person("worker")
    await world.db.run(lambda session: _on_duty(session, world, worker.id))
    code = (await worker.says("绑定账号"))[0]["card"]["title"]
    await phone.joins("link-" + "".join(char for char in code if char.isdigit()))
    await place.settle()
    world.now = utcnow() + place.shift
    await world.rings("smoke")
    card = await place.answer(phone)
    assert "3幢" in card.text
    assert not any(person.name in card.text for person in world.people.values())
    place.clock.passes(seconds=5)
    await phone.clicks("接单")
    await place.settle()
    assert card.edits >= 1
    assert "接单" not in {knob.label for knob in card.knobs}
    assert not place.fake.unanswered
    assert [row.status for row in await world.fetch("SELECT status FROM ticket")] == ["acked"]


async def _on_duty(session: Session, world: World, who: UUID) -> None:
    grid = await session.get(Grid, world.grid)
    assert grid is not None
    await session.execute(sql("DELETE FROM shift WHERE person_id = :who"), {"who": who})
    await make.shift(session, who, grid, duty="worker", now=world.now)


async def _hide_inbound(session: Session) -> None:
    await session.execute(sql("ALTER TABLE inbound RENAME TO inbound_away"))


async def _show_inbound(session: Session) -> None:
    await session.execute(sql("ALTER TABLE inbound_away RENAME TO inbound"))


async def _dead(world: World) -> list[Any]:
    return await world.fetch("SELECT source, payload FROM dead_letter")
