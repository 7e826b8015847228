"""What stories of the command centre's accounts share: the application, and people with accounts."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
import pyotp
from fastapi import FastAPI, Request
from pydantic import SecretStr

from bot.app import create_app
from bot.console.deps import operator_of
from bot.console.hub import Hub
from core.actor import Role
from core.clock import utcnow
from core.db import sql
from core.settings import Settings
from ops.embedded import Urls
from services import login, second_factor
from tests import make
from tests.database import DATA_KEYS
from tests.world import World

PASSWORD = "plain horses run far"
STEP_S = 30


@dataclass
class Centre:
    """The application as outside of the demo, and a browser without a cookie."""

    world: World
    app: FastAPI
    client: httpx.AsyncClient
    secrets: dict[str, str] = field(default_factory=dict)

    async def account(self, who: str, *, role: Role | None = None, enrolled: bool = True) -> UUID:
        """Give somebody an account named as they are in the story, with the second factor."""
        world = self.world
        if who not in world.people:
            grid = world.grid if role is Role.LEAD else None
            await world.db.run(
                lambda s: world._join(s, who, f"管{who}", role or Role.DESK, grid_id=grid)
            )
        person = world.person(who).id
        await make.account(world.db, person, who, PASSWORD, where=world.community)
        if enrolled:
            secret = await world.db.run(lambda s: second_factor.begin(s, person))
            self.secrets[who] = secret
            # Confirmed a while ago, so that its owner may use any code of now.
            before = utcnow() - timedelta(minutes=5)
            code = pyotp.TOTP(secret).at(int(before.timestamp()))
            await world.db.run(lambda s: second_factor.confirm(s, person, code, now=before))
        return person

    async def changes(self, statement: str, **values: Any) -> None:
        """Change something in the database, behind the product's back."""
        await self.world.db.run(lambda s: s.execute(sql(statement), values))

    def code(self, who: str, *, steps: int = 0) -> str:
        """Read somebody's telephone, some half-minutes from now."""
        return pyotp.TOTP(self.secrets[who]).at(int(utcnow().timestamp()) + steps * STEP_S)

    async def posts(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """Post to the command centre's API."""
        return await self.client.post(f"/api/console{path}", json=body or {}, **more)

    async def first_step(self, who: str) -> str:
        """Show the password and get the ticket of the next step."""
        answer = await self.posts("/login", {"account": who, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["ticket"])

    async def enters(self, who: str) -> dict[str, str]:
        """Come in by password and code; returns the bearer header, the browser keeps no cookie."""
        ticket = await self.first_step(who)
        answer = await self.posts("/login/code", {"ticket": ticket, "code": self.code(who)})
        assert answer.status_code == 200, answer.text
        self.client.cookies.clear()
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    async def stream(self, headers: dict[str, str]) -> AsyncGenerator[tuple[str, Any]]:
        """Follow the live screen as somebody: each event by its name with what it says.

        The test's transport holds an answer back until it ends, so the route's own is read.
        """
        scope = {
            "type": "http", "method": "GET", "path": "/api/console/stream", "app": self.app,
            "query_string": b"",
            "headers": [(key.lower().encode(), value.encode()) for key, value in headers.items()],
        }  # fmt: skip
        by = await operator_of(Request(scope))
        hub: Hub = self.app.state.hub
        async for chunk in hub.follow(by.actor, by.community, by.t, by.token):
            name, _, data = chunk.decode().partition("\ndata: ")
            yield name.removeprefix("event: "), orjson.loads(data)

    async def session(self, who: str) -> dict[str, str]:
        """Begin somebody's session without logging in."""
        person = self.world.person(who).id
        token = await self.world.db.run(
            lambda s: login.open_session(s, person, "console", now=utcnow())
        )
        return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def opened(world: World, db_url: str, urls: Urls, **more: Any) -> AsyncIterator[Centre]:
    """Run the application on the test's database."""
    app = create_app(
        Settings(
            home=world.folder, database_url=db_url, redis_url=urls.redis,
            secret_key=SecretStr("test"), data_keys=SecretStr(DATA_KEYS), **more,
        )
    )  # fmt: skip
    base = more.get("base_url") or "http://test"
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=base) as client,
    ):
        yield Centre(world, app, client)
