"""The HTTP process: pages, the web chat, the command centre, probes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from bot.attempts import Attempts
from bot.console import (
    desk,
    duty,
    entrance,
    figures,
    myself,
    people,
    policies,
    practice,
    reach,
    staff,
)
from bot.console import routes as console
from bot.console.hub import Hub
from bot.console.lists import routes as lists
from bot.fanout import Fanout
from bot.guard import Guard, answer_in_words
from bot.routes import (
    calendars,
    chat,
    demo,
    field,
    health,
    ingest,
    miniprogram,
    pages,
    pictures,
    qr,
    telegram,
    wechat,
    wecom,
)
from bot.stack import Stack
from channels.registry import channels, close
from channels.speech import Speech
from core import log
from core.bus import RedisBus
from core.clock import use_timezone
from core.crypto import use_keyring
from core.db import Database
from core.settings import Settings
from services import language
from services.access import SharedTokens


def create_app(settings: Settings) -> FastAPI:
    """Build the application; raises MissingKeysError, MissingAddressError or ValueError."""
    log.configure(settings.log_level)
    use_keyring(settings.keyring)
    use_timezone(settings.timezone)
    settings.require_addresses("database_url", "redis_url")
    bus = RedisBus(settings.redis_url)
    db = Database(settings.database_url, bus=bus)
    speech = Speech(settings.asr) if settings.asr.base_url else None
    stack = Stack(
        settings, db, bus, channels(settings, SharedTokens(db)), speech.hear if speech else None
    )
    fanout = Fanout(bus)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(language.prepare, settings.home)
        tasks = [asyncio.create_task(work) for work in (fanout.run(), telegram.begin(stack))]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await close(stack.channels)
        await stack.db.aclose()
        await bus.aclose()

    app = FastAPI(title="Linling", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.stack, app.state.fanout, app.state.attempts = stack, fanout, Attempts()
    app.state.hub = Hub(stack.db, fanout)
    add_routes(app)
    if settings.demo:
        app.include_router(demo.router)
    app.mount("/web", StaticFiles(directory=pages.WEB), name="web")
    answer_in_words(app)
    app.add_middleware(
        Guard, https=settings.base_url.startswith("https://"), images=settings.tiles.origin
    )
    return app


def add_routes(app: FastAPI) -> None:
    """Add every route but the demo's."""
    routers = (
        pages, health, chat, pictures, qr, wechat, miniprogram, wecom, telegram, ingest, console,
        reach, desk, lists, people, duty, policies, calendars, figures, practice, field,
        entrance, myself, staff,
    )  # fmt: skip
    for module in routers:
        app.include_router(module.router)
