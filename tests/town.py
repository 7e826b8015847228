"""The small community of tests/world.py with every channel: a vendor opposite, phones in hands.

The vendors are the fakes of ops/fakes, which enforce their rules; the application is the real one.
"""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from bot.app import create_app
from channels.miniprogram import MiniprogramChannel
from channels.registry import close
from channels.telegram import TelegramChannel
from channels.wechat import WechatChannel
from channels.wecom import WecomChannel
from core.card import Card
from core.clock import utcnow
from core.db import Database
from core.ports import Local, Vendor
from core.settings import Settings, Wechat, Wecom
from handlers import glass
from handlers.aftermath import finish_jobs
from handlers.delivery import deliver_due
from handlers.fetching import Hear
from ops.embedded import Urls
from ops.fakes import wechat as wechat_http
from ops.fakes import wecom as wecom_http
from ops.fakes.phone import Phone, Shown
from ops.fakes.telegram import FakeTelegram
from ops.fakes.transport import Wire
from ops.fakes.wechat import WechatFake
from ops.fakes.wecom import FakeWecom
from services import steps
from services.access import SharedTokens
from tests.channels import telegram_stage
from tests.database import DATA_KEYS
from tests.world import Human, World

VENDORS = ("wechat", "miniprogram", "wecom", "telegram")
EVERYWHERE = ("web", *VENDORS)
BASE_URL = "https://linling.example"
NOTICE = "T-notice"  # the one notice that people may allow on WeChat
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
_SOON = timedelta(minutes=2)  # what a vendor's pace may hold back within a story


@dataclass
class Hand:
    """Somebody with a phone in the hand, or before the web chat.

    What they do happens by the real clock, which the application's routes read too.
    """

    town: "Town"
    human: Human
    phone: Phone | None

    async def says(self, text: str) -> None:
        """Write a text."""
        if self.phone is None:
            self.town.world.now = utcnow()
            await self.human.says(text)
        else:
            await self.phone.says(text)
        await self.town.settle()

    async def clicks(self, label: str) -> None:
        """Press the newest button with this in its label; where there is none, type its number."""
        if self.phone is None:
            self.town.world.now = utcnow()
            await self.human.chooses(await self._whole(label))
        else:
            await self.phone.clicks(label)
        await self.town.settle()

    async def sends_place(self, lat: float, lon: float) -> None:
        """Send a place."""
        if self.phone is None:
            self.town.world.now = utcnow()
            await self.human.sends_place(lat=lat, lon=lon)
        else:
            await self.phone.sends_place(lat, lon)
        await self.town.settle()

    async def _whole(self, label: str) -> str:
        for card in await self.human.cards():
            for action in card["actions"]:
                if label in action["label"]:
                    return str(action["label"])
        raise LookupError(label)

    async def screen(self) -> list[str]:
        """List what stands on the screen with its buttons, oldest first, the own words left out."""
        await self.town.settle()
        if self.phone is None:
            return [_read(card) for card in reversed(await self.human.cards())]
        return [
            "\n".join([shown.text, *(knob.label for knob in shown.knobs)])
            for shown in self.phone.screen
            if not shown.mine
        ]

    async def reads(self) -> str:
        """Return the newest text."""
        return (await self.screen())[-1]

    async def sees(self, words: str) -> bool:
        """Tell whether these words stand anywhere on the screen."""
        return any(words in text for text in await self.screen())

    def shown(self) -> list[Shown]:
        """List the phone's messages."""
        assert self.phone is not None
        return self.phone.screen


def _read(card: dict[str, Any]) -> str:
    actions = [{**action, "args": {}} for action in card["actions"]]
    return Card.load({**card, "actions": actions}).fallback()


@dataclass
class Town:
    """The world, the running application, and every vendor opposite."""

    world: World
    app: Any
    channels: dict[str, Local | Vendor]
    fakes: dict[str, Any]
    shift: timedelta = field(default_factory=timedelta)
    hear: Hear | None = None
    http: Any = None  # what a browser opens

    def clock(self) -> datetime:
        """Tell the time: the real one, and what the story has let pass."""
        return utcnow() + self.shift

    def passes(self, **span: float) -> None:
        """Let time pass."""
        self.shift += timedelta(**span)

    async def ticks(self, **span: float) -> None:
        """Let time pass and the clock of the house tick."""
        self.passes(**span)
        now = self.clock()
        await self.world.db.run(lambda session: steps.sweep(session, now=now))
        await self.world.db.run(lambda session: glass.tell(session, now=now))
        await self.settle()

    async def settle(self) -> None:
        """Let everything due go out, and what a vendor's pace holds back for a moment."""
        world = self.world
        while True:
            world.now = self.clock()
            done = await deliver_due(
                world.db, channels=self.channels, now=world.now, base_url=BASE_URL
            )
            done += await finish_jobs(
                world.db, channels=self.channels, hear=self.hear, folder=world.folder,
                now=world.now, base_url=BASE_URL,
            )  # fmt: skip
            if not done and not await self._waits(world.now):
                return

    async def _waits(self, now: datetime) -> bool:
        rows = await self.world.fetch(
            "SELECT min(due_at) AS at FROM outbox WHERE state = 'due' AND due_at > :now "
            "AND due_at < :soon AND leased_until IS NULL",
            now=now, soon=now + _SOON,
        )  # fmt: skip
        if rows[0].at is None:
            return False
        self.shift += rows[0].at - now + timedelta(milliseconds=10)
        return True

    async def hand(self, name: str, channel: str) -> Hand:
        """Put a phone with this channel's app into somebody's hand, joined to their account."""
        human = self.world.person(name)
        if channel == "web":
            return Hand(self, human, None)
        account = _ACCOUNTS[channel](name)
        hand = Hand(self, human, self.fakes[channel].phone(account))
        assert hand.phone is not None
        await hand.phone.joins()
        self.world.now = utcnow()
        (item,) = await human.says("绑定账号")
        code = re.sub(r"\D", "", item["card"]["title"])[-8:]
        await hand.says(f"绑定 {code}")
        return hand

    async def stranger(self, channel: str) -> Hand:
        """Put a phone into the hand of somebody nobody knows yet."""
        phone = self.fakes[channel].phone(_ACCOUNTS[channel]("stranger"))
        return Hand(self, self.world.person("resident"), phone)


_ACCOUNTS = {
    "wechat": lambda name: f"o-{name}",
    "miniprogram": lambda name: f"m-{name}",
    "wecom": lambda name: f"U{name}",
    "telegram": lambda name: f"{700 + sum(name.encode())}",
}


@asynccontextmanager
async def opened(db: Database, db_url: str, urls: Urls, folder: Path) -> AsyncIterator[Town]:
    """Run the application with every channel on; its calls reach the fakes."""
    world = World(db, folder, now=utcnow(), base_url=BASE_URL)
    await db.run(world._build)
    wechat = _account("wechat")
    miniprogram = _account("miniprogram")
    town = Town(world, None, world.channels, {})

    async def post(
        method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        answer = await http.request(method, path, params=query, headers=headers, content=body)
        return answer.status_code, answer.content

    fakes: dict[str, Any] = {
        "wechat": _fake_wechat(wechat, town, post, "service"),
        "miniprogram": _fake_wechat(miniprogram, town, post, "miniprogram"),
        "wecom": FakeWecom(
            clock=town.clock, post=post,
            members={f"U{name}" for name in (*world.people, "stranger")},
        ),
        "telegram": FakeTelegram(telegram_stage.TOKEN, town.clock, post=post),
    }  # fmt: skip
    town.fakes.update(fakes)
    fake = fakes["wecom"]
    wecom = Wecom(
        corp_id=fake.corp_id, agent_id=fake.agent_id, secret=SecretStr(fake.secret),
        token=SecretStr(fake.token), aes_key=SecretStr(fake.aes_key), api_base="http://wecom.test",
    )  # fmt: skip
    async with AsyncExitStack() as stack:
        base = await stack.enter_async_context(telegram_stage.serving(fakes["telegram"]))
        telegram = telegram_stage.settings(base, mode="webhook")
        settings = Settings(
            home=folder, database_url=db_url, redis_url=urls.redis,
            secret_key=SecretStr("test"), data_keys=SecretStr(DATA_KEYS), wechat=wechat,
            miniprogram=miniprogram, wecom=wecom, telegram=telegram,
            base_url=BASE_URL,
        )  # fmt: skip
        app = create_app(settings)
        own = app.state.stack
        stack.push_async_callback(own.bus.aclose)
        stack.push_async_callback(own.db.aclose)
        await close(own.channels)  # those below stand in their place
        tokens = SharedTokens(db)
        opposite = {
            name: await stack.enter_async_context(_wire(fakes[name]))
            for name in VENDORS
            if name != "telegram"  # its library brings a client of its own
        }
        made: list[Vendor] = [
            WechatChannel(wechat, tokens, opposite["wechat"]),
            MiniprogramChannel(miniprogram, tokens, opposite["miniprogram"]),
            WecomChannel(wecom, tokens, opposite["wecom"]),
            TelegramChannel(telegram),
        ]
        world.channels.update({channel.name: channel for channel in made})
        own.channels.update(world.channels)
        town.app = app
        http = await stack.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")
        )
        town.http = http
        await made[3].listen_at(BASE_URL)  # type: ignore[attr-defined]
        yield town
        for channel in made:
            await channel.aclose()


def _account(name: str) -> Wechat:
    return Wechat(
        appid=f"wx-{name}", secret=SecretStr("a-secret"), token=SecretStr("a-token"),
        aes_key=SecretStr(AES_KEY), api_base=f"http://{name}.test",
        notice_template=NOTICE if name == "wechat" else "",
    )  # fmt: skip


def _fake_wechat(settings: Wechat, town: Town, post: Any, kind: Any) -> WechatFake:
    fake = WechatFake(
        appid=settings.appid, secret="a-secret", token="a-token", aes_key=AES_KEY,
        clock=town.clock, post=post, kind=kind,
    )  # fmt: skip
    fake.notices[NOTICE] = "事项:{{thing1.DATA}}\n时间:{{time2.DATA}}"
    return fake


def _wire(fake: Any) -> httpx.AsyncClient:
    if isinstance(fake, FakeWecom):
        return httpx.AsyncClient(transport=wecom_http.LossyTransport(wecom_http.create_app(fake)))
    return httpx.AsyncClient(transport=Wire(wechat_http.create_app(fake)))
