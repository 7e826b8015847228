"""The command centre's application on a test's database, asked as one of its people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from bot.app import create_app
from core.clock import utcnow
from core.settings import Settings
from ops.embedded import Urls
from services import login
from tests.database import DATA_KEYS
from tests.world import World


@dataclass
class Centre:
    """The application, and sessions of its people."""

    world: World
    app: FastAPI
    client: httpx.AsyncClient

    async def token(self, who: str = "operator") -> str:
        """Log somebody in."""
        person = self.world.person(who).id
        return await self.world.db.run(
            lambda s: login.open_session(s, person, "console", now=utcnow())
        )

    async def asks(
        self, method: str, path: str, who: str = "operator", **more: Any
    ) -> httpx.Response:
        """Make one request as somebody."""
        headers = {"Authorization": f"Bearer {await self.token(who)}"} | more.pop("headers", {})
        return await self.client.request(method, f"/api/console/{path}", headers=headers, **more)


@asynccontextmanager
async def centre_of(world: World, db_url: str, urls: Urls) -> AsyncIterator[Centre]:
    """Run the real application on the test's database."""
    app = create_app(
        Settings(
            home=world.folder, database_url=db_url, redis_url=urls.redis,
            secret_key=SecretStr("test"), data_keys=SecretStr(DATA_KEYS),
        )
    )  # fmt: skip
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client,
    ):
        yield Centre(world, app, client)
