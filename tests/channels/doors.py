"""Every route and everybody who may ask it: what the tests of the doors share."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import SecretStr

from bot.app import create_app
from bot.console.deps import operator_of
from bot.deps import chat_visitor
from bot.routes import pictures
from core.actor import CENTRE, Actor, Role
from core.clock import utcnow
from core.db import Session, sql
from core.ids import uuid7
from core.settings import Settings
from ops.embedded import Urls
from services import login
from services.permissions import At, Permission, allowed
from tests import make
from tests.database import DATA_KEYS
from tests.world import World

STAFF = ("street", "lead", "desk", "system", "security", "audit")
CALLERS = ("resident", "family", "elder", "worker", "merchant", "operator", "neighbour", *STAFF)
# Doors without a session, and why they may stand open.
OPEN = {
    "/": "the start page", "/chat": "a page without data", "/console": "same",
    "/api/words/{lang}": "the pages' words", "/healthz": "a probe", "/readyz": "same",
    "/metrics": "for this machine alone", "/api/chat/login": "the way in",
    "/api/console/login": "same", "/api/console/login/code": "the step's ticket is the permission",
    "/api/console/login/enrol": "same", "/api/console/login/enrol/confirm": "same",
    "/api/console/login/password": "same", "/api/console/setup": "same",
    "/api/console/wall": "the token is the permission", "/api/chat/qr/{token}.svg": "the token is the permission",
    "/duty/shifts.ics": "the key is the permission",
    "/wechat": "signed by the vendor", "/miniprogram": "same", "/wecom": "same",
    "/telegram": "carries the vendor's secret",
    "/field": "a page without data", "/field/tickets/{ticket}": "same",
    "/ingest/ctwing": "signed by the platform", "/ingest/onenet": "same",
}  # fmt: skip
# Streams do not end, so they are asked elsewhere: tests/channels/test_reach_api.py, test_web_api.py.
ENDLESS = {"/api/console/stream", "/api/chat/stream"}
# Routes of the command centre that ask for no more than a session.
BARE = {
    "/api/console/logout", "/api/console/me", "/api/console/visitors", "/api/console/sessions",
    "/api/console/sessions/end", "/api/console/password", "/api/console/recovery", "/api/console/lists",
}  # fmt: skip
# Routes that change the asker's own community and name nothing in it.
OWN = {
    "/api/console/duty/hours", "/api/console/policies/{key}", "/api/console/figures/baseline",
    "/api/console/walls", "/api/console/search", "/api/console/watch/handovers",
    "/api/console/watch/mute",
}  # fmt: skip
LISTS = "/api/console/lists/"
# Routes that take a person or a worker of the community.
NAMED = {"/api/console/people/{person}/open", "/api/console/glass"}
# What asks for a chat session; a picture is shown to the holder of a link with a key, too.
CHAT = {chat_visitor, pictures._viewer}
# What some routes take, by the end of their path.
BODIES = {
    "/accounts": {"account": "newcomer", "name": "新来的"}, "/walls": {"name": "大厅"},
    "/roles": {"role": "desk"}, "/closed": {"closed": True},
    "/notes": {"text": "已经打过电话"}, "/close": {"text": "设备坏了"}, "/dialled": {"number": "110"}, "/handovers": {"text": ""},
    "/search": {"text": "3幢"},
    "/duty/hours": {"hours": [{"begins": "08:30", "ends": "17:30"}]},
    "/policies/{key}": {"chain": [], "watch": {"arrive_s": 60, "again_s": 60, "quiet_s": 60}},
    "/figures/baseline": {"month": "2026-10"},
}  # fmt: skip
SECRETS = ("陈桂芳", "陈晓明", "周玉兰", "13900001111")


@dataclass
class House:
    """The application, two communities, and a session for everybody."""

    world: World
    app: FastAPI
    client: httpx.AsyncClient
    tokens: dict[tuple[str, str], str]
    ids: dict[str, dict[str, Any]]

    async def asks(
        self, method: str, path: str, who: str | None, kind: str, body: Any = None
    ) -> httpx.Response:
        """Make one request, as somebody or as nobody."""
        headers = {"Authorization": f"Bearer {self.tokens[who, kind]}"} if who else {}
        return await self.client.request(method, path, headers=headers, json=body)


@asynccontextmanager
async def housed(world: World, db_url: str, urls: Urls) -> AsyncIterator[House]:
    """Let an alarm ring here, and somebody live in a community beside this one."""
    await world.rings("smoke")
    ids = await world.db.run(lambda s: _beside(s, world))
    app = create_app(
        Settings(
            home=world.folder, database_url=db_url, redis_url=urls.redis,
            secret_key=SecretStr("test"), data_keys=SecretStr(DATA_KEYS),
        )
    )  # fmt: skip
    tokens = {
        (who, kind): await world.db.run(
            lambda s, who=who, kind=kind: login.open_session(  # type: ignore[misc]
                s, world.person(who).id, kind, now=utcnow()
            )
        )
        for who in CALLERS
        for kind in ("chat", "console")
    }
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url="http://test",
        ) as client,
    ):
        yield House(world, app, client, tokens, ids)


async def _beside(session: Session, world: World) -> dict[str, dict[str, Any]]:
    """Make a merchant here, and beside it a community with an operator and a resident."""
    await world._join(session, "merchant", "李大山", Role.MERCHANT)
    for role, name in zip(STAFF, ("钱进", "孙宁", "郑平", "吴信", "冯安", "沈明"), strict=True):
        grid_id = world.grid if role == "lead" else None
        await world._join(session, role, name, Role(role), grid_id=grid_id)
    other = await make.community(session, slug="beside")
    grid = await make.grid(session, other.id)
    flat = await make.home(session, grid, label="1单元 101室")
    person = await make.person(session, "何秀英", phone="13900002222")
    await make.residence(session, person.id, flat, elder=True)
    neighbour = await make.person(session, "冯远")
    await make.membership(session, neighbour.id, Role.OPERATOR, where=other.id)
    world.people["neighbour"] = type(world.person("elder"))(world, neighbour.id, "冯远")
    (ticket,) = await session.execute(sql("SELECT id FROM ticket LIMIT 1"))
    (shift,) = await session.execute(sql("SELECT id FROM shift WHERE duty = 'lead'"))
    (home,) = await session.execute(sql("SELECT building_id FROM home WHERE community_id = :c"),
                                    {"c": world.community})  # fmt: skip
    own = {
        "building": home.building_id, "person": world.person("elder").id, "ticket": ticket.id,
        "worker": world.person("worker").id, "photo": "0" * 64, "letter": 1, "line": 1,
        "device": world.devices["gas"].id,
        "grid": world.grid, "rota": uuid7(), "role": uuid7(), "wall": uuid7(), "shift": shift.id,
        "day": "2030-12-25", "key": "property", "row": uuid7(), "activity": uuid7(), "handover": uuid7(),
    }  # fmt: skip
    foreign = own | {
        "building": flat.building_id,
        "person": person.id,
        "worker": neighbour.id,
        "grid": grid.id,
    }
    unknown = {name: uuid7() if isinstance(value, UUID) else value for name, value in own.items()}
    return {"own": own, "foreign": foreign, "unknown": unknown}


def routes(app: FastAPI) -> Iterator[tuple[str, APIRoute]]:
    """Yield every route with each of its methods."""
    for one in app.routes:  # a router that was included keeps its routes to itself
        for route in one.original_router.routes if hasattr(one, "original_router") else [one]:
            if isinstance(route, APIRoute):
                for method in sorted(route.methods or ()):
                    yield method, route


def doors(app: FastAPI) -> Iterator[tuple[str, APIRoute]]:
    """Yield those of the command centre that ask for a permission."""
    for method, route in routes(app):
        if operator_of in guards(route) and route.path not in ENDLESS | BARE:
            yield method, route


def guards(route: APIRoute) -> set[Any]:
    """Collect the functions that a route depends upon."""
    found, waiting = set(), [route.dependant]
    while waiting:
        one = waiting.pop()
        found.add(one.call)
        waiting += one.dependencies
    return found


def path_of(route: APIRoute, ids: dict[str, Any]) -> str:
    """Fill in a route's path."""
    return re.sub(r"\{(\w+)\}", lambda hole: str(ids[hole[1]]), route.path)


def body_of(method: str, route: APIRoute, ids: dict[str, Any]) -> Any:
    """Make a body that a route takes."""
    if method == "GET":
        return None
    if found := next((b for tail, b in BODIES.items() if route.path.endswith(tail)), None):
        return found
    if route.path.endswith("/dispatch"):
        return {"worker": str(ids["worker"])}
    if route.path.endswith("/drill"):
        return {"devices": [str(ids["device"])], "minutes": 60}
    held = {"grid": str(ids["grid"]), "person": str(ids["worker"]), "duty": "backup"}
    if route.path.endswith("/duty/rota"):
        return {**held, "days": [1], "begins": "08:00", "ends": "18:00"}
    if route.path.endswith("/duty/shifts"):
        now = utcnow()
        return {**held, "starts_at": now.isoformat(), "ends_at": f"{now + timedelta(hours=2)}"}
    if route.path.endswith("/watch/mute") and method == "POST":
        return {"reason": "正在开会", "until": f"{utcnow() + timedelta(minutes=10)}"}
    if route.path == "/api/console/glass":
        return {"person": str(ids["person"]), "reason": "有人求救"}
    if route.path.startswith(LISTS) and "/rows" in route.path:
        return {"cells": {}}
    return {"text": "你好"} if route.path == "/api/chat/messages" else None


def answers(house: House, by: Actor, what: Permission, route: APIRoute, *, named: bool) -> set[int]:
    """Say what a door of the centre may answer to somebody."""
    here = At(house.world.community, anywhere=what is Permission.GLASS_BREAK)
    at_grid = At(house.world.community, house.world.grid)
    late = {409} if "/tickets/" in route.path or "/watch/" in route.path else set[int]()
    if not by.roles & CENTRE:
        return {403}
    if all(grant.community != house.world.community for grant in by.grants):
        # Somebody of another community sees the lists of their own, and none of our objects.
        if route.path.startswith(LISTS):
            return {200, 403, 404, 422}
        named = route.path not in OWN and ("{" in route.path or named)
        return {403, 404} | late if named else {200, 403}
    if allowed(by, what, here):
        return {200, 404, 422} if route.path.startswith(LISTS) else {200, 404} | late
    formal = {422} if route.path.startswith(LISTS) else set()  # a form says what it lacks first
    return {200, 403, 404, 409} if allowed(by, what, at_grid) else {403, 404} | formal
