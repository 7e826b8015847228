"""A fake Bot API on a port of this machine, and the channel that speaks with it."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from channels.telegram import TelegramChannel
from core.card import Action, Card, Field
from core.ports import Outgoing
from core.settings import Telegram
from ops.fakes.telegram import FakeTelegram
from ops.fakes.telegram_http import create_app

TOKEN = "123456:AAf-test_token"
SECRET = "webhook-secret_1"
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass
class Moving:
    """A clock that tests move; `ticks` lets it run a little at each look."""

    now: datetime = START
    ticks: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        """Tell the time."""
        self.now += self.ticks
        return self.now

    def passes(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@asynccontextmanager
async def serving(fake: FakeTelegram) -> AsyncIterator[str]:
    """Serve a fake in this loop; yields its address."""
    async with serving_app(create_app(fake)) as base:
        yield base


@asynccontextmanager
async def serving_app(app: FastAPI) -> AsyncIterator[str]:
    """Serve an application in this loop; yields its address."""
    config = uvicorn.Config(app, log_config=None, lifespan="off", ws="none")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        await server.startup(sockets=[listener])
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.force_exit = True
            await server.shutdown(sockets=[listener])


def settings(base: str, **more: Any) -> Telegram:
    """Make the bot's settings."""
    given = {"token": SecretStr(TOKEN), "webhook_secret": SecretStr(SECRET), **more}
    return Telegram(api_base=base, **given)


@asynccontextmanager
async def speaking(fake: FakeTelegram, **more: Any) -> AsyncIterator[TelegramChannel]:
    """Serve a fake and open the channel to it."""
    async with serving(fake) as base:
        channel = TelegramChannel(settings(base, **more))
        try:
            yield channel
        finally:
            await channel.aclose()


def message(to: str = "7", lang: str = "zh-CN", link: str = "", **card: Any) -> Outgoing:
    """Make a card on its way."""
    parts: dict[str, Any] = {
        "title": "烟雾报警：3幢2单元 501室",
        "summary": "请马上上门。",
        "fields": (Field("时间", "09:00"),),
        "actions": (
            Action("ticket.ack", "接单", "primary", token="A" * 24),
            Action("ticket.help", "求助", token="B" * 24),
        ),
        **card,
    }
    return Outgoing(to, Card(key="ticket:1", **parts), lang, "ref-1", link=link)
