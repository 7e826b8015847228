"""Every route, asked by everybody: the status that its permission says, and nobody else's data."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import SecretStr

from bot.app import create_app
from bot.console.deps import operator_of
from bot.console.doors import FIELD
from bot.deps import chat_visitor, console_visitor
from bot.routes import field, pictures
from core.actor import Role
from core.clock import utcnow
from core.db import Session
from core.ids import uuid7
from core.settings import Settings
from ops.embedded import Urls
from services import links, login
from services.actors import actor
from services.permissions import At, Permission, allowed
from tests import make
from tests.database import DATA_KEYS
from tests.world import START, World

CALLERS = ("resident", "family", "elder", "worker", "merchant", "operator", "neighbour")
# Doors without a session, and why they may stand open.
OPEN = {
    "/": "the start page", "/chat": "a page without data", "/console": "same",
    "/api/words/{lang}": "the pages' words", "/healthz": "a probe", "/readyz": "same",
    "/metrics": "for this machine alone", "/api/chat/login": "the way in",
    "/api/console/login": "same", "/api/chat/qr/{token}.svg": "the token is the permission",
    "/duty/shifts.ics": "the key is the permission",
    "/wechat": "signed by the vendor", "/miniprogram": "same", "/wecom": "same",
    "/telegram": "carries the vendor's secret",
    "/field": "a page without data", "/field/tickets/{ticket}": "same",
    "/ingest/ctwing": "signed by the platform", "/ingest/onenet": "same",
}  # fmt: skip
# Streams do not end, so they are asked elsewhere: tests/channels/test_reach_api.py, test_web_api.py.
ENDLESS = {"/api/console/stream", "/api/chat/stream"}
# Routes of the command centre that ask for no more than a session.
BARE = {"/api/console/logout"}
# Routes that change the asker's own community and name nothing in it.
OWN = {
    "/api/console/duty/hours", "/api/console/policies/{key}", "/api/console/figures/baseline",
    "/api/console/search", "/api/console/watch/handovers", "/api/console/watch/mute",
}  # fmt: skip
# What takes a text or a number of the desk's.
DESK = ("/api/console/search", "/api/console/watch", "/api/console/tickets/{ticket}/notes",
        "/api/console/tickets/{ticket}/dialled")  # fmt: skip
# Routes that take a person or a worker of the community.
NAMED = {"/api/console/people/{person}/open", "/api/console/glass"}
# What asks for a chat session; a picture is shown to the holder of a link with a key, too.
CHAT = {chat_visitor, pictures._viewer}
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


@pytest.fixture
async def house(world: World, db_url: str, urls: Urls) -> AsyncIterator[House]:
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
    other = await make.community(session, slug="beside")
    grid = await make.grid(session, other.id)
    flat = await make.home(session, grid, label="1单元 101室")
    person = await make.person(session, "何秀英", phone="13900002222")
    await make.residence(session, person.id, flat, elder=True)
    neighbour = await make.person(session, "冯远")
    await make.membership(session, neighbour.id, Role.OPERATOR, where=other.id)
    world.people["neighbour"] = type(world.person("elder"))(world, neighbour.id, "冯远")
    (ticket,) = await session.execute(_sql("SELECT id FROM ticket LIMIT 1"))
    (shift,) = await session.execute(_sql("SELECT id FROM shift WHERE duty = 'lead'"))
    (home,) = await session.execute(_sql("SELECT building_id FROM home WHERE community_id = :c"),
                                    {"c": world.community})  # fmt: skip
    own = {
        "building": home.building_id, "person": world.person("elder").id, "ticket": ticket.id,
        "worker": world.person("worker").id, "photo": "0" * 64, "letter": 1, "line": 1,
        "device": world.devices["gas"].id,
        "grid": world.grid, "handover": uuid7(), "rota": uuid7(), "shift": shift.id, "day": "2030-12-25", "key": "property",
    }  # fmt: skip
    foreign = own | {
        "building": flat.building_id,
        "person": person.id,
        "worker": neighbour.id,
        "grid": grid.id,
    }
    unknown = {name: uuid7() if isinstance(value, UUID) else value for name, value in own.items()}
    return {"own": own, "foreign": foreign, "unknown": unknown}


def _sql(text: str) -> Any:
    from core.db import sql

    return sql(text)


def routes(app: FastAPI) -> Iterator[tuple[str, APIRoute]]:
    """Yield every route with each of its methods."""
    for one in app.routes:  # a router that was included keeps its routes to itself
        for route in one.original_router.routes if hasattr(one, "original_router") else [one]:
            if isinstance(route, APIRoute):
                for method in sorted(route.methods or ()):
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
    if route.path.endswith("/dispatch"):
        return {"worker": str(ids["worker"])}
    if route.path == "/api/console/drill":
        return {"devices": [str(ids["device"])], "minutes": 60}
    if route.path == "/api/console/figures/baseline":
        return {"month": "2026-10"}
    if route.path.endswith("/policies/{key}"):
        return {"chain": [], "watch": {"arrive_s": 60, "again_s": 60, "quiet_s": 60}}
    if route.path.endswith("/duty/hours"):
        return {"hours": [{"begins": "08:30", "ends": "17:30"}]}
    held = {"grid": str(ids["grid"]), "person": str(ids["worker"]), "duty": "backup"}
    if route.path.endswith("/duty/rota"):
        return {**held, "days": [1], "begins": "08:00", "ends": "18:00"}
    if route.path.endswith("/duty/shifts"):
        now = utcnow()
        return {**held, "starts_at": now.isoformat(), "ends_at": f"{now + timedelta(hours=2)}"}
    if route.path == "/api/console/glass":
        return {"person": str(ids["person"]), "reason": "有人求救"}
    return {"text": "你好"} if route.path == "/api/chat/messages" else _of_desk(method, route)


def _of_desk(method: str, route: APIRoute) -> Any:
    if not route.path.startswith(DESK):
        return None
    if route.path.endswith("/mute"):
        until = utcnow() + timedelta(minutes=5)
        return {"reason": "打电话", "until": f"{until}"} if method == "POST" else None
    return {"number": "119"} if route.path.endswith("/dialled") else {"text": "钥匙"}


async def test_every_door_is_known(house: House) -> None:
    """A route asks for a chat session, for an operator and a permission, or stands in the list."""
    for method, route in routes(house.app):
        asked = guards(route)
        declared = (route.openapi_extra or {}).get(FIELD)
        if operator_of in asked:
            assert (declared in set(Permission)) != (route.path in BARE), route.path
        elif not asked & {*CHAT, console_visitor, field._holder}:
            assert route.path in OPEN, f"{method} {route.path}"
    known = {route.path for _, route in routes(house.app)}
    assert OPEN.keys() | ENDLESS | BARE | house.app.openapi()["paths"].keys() <= known


async def test_every_door_of_the_centre_asks_everybody(house: House) -> None:
    """Operators who have the permission come in, all others are refused; nothing breaks."""
    async with house.world.db.reading() as session:
        actors = {who: await actor(session, house.world.person(who).id) for who in CALLERS}
    for method, route in routes(house.app):
        if operator_of not in guards(route) or route.path in ENDLESS | BARE:
            continue
        what = Permission((route.openapi_extra or {})[FIELD])
        path, body = path_of(route, house.ids["own"]), body_of(method, route, house.ids["own"])
        assert (await house.asks(method, path, None, "console", body)).status_code == 401, path
        for who in CALLERS:
            answer = await house.asks(method, path, who, "console", body)
            at = At(house.world.community, anywhere=what is Permission.GLASS_BREAK)
            if Role.OPERATOR not in actors[who].roles:
                assert answer.status_code == 403, f"{who} {method} {path}"
            elif allowed(actors[who], what, at):
                assert answer.status_code in {200, 404}, f"{who} {method} {path} {answer.text}"
            elif route.path not in OWN and (
                "{" in route.path or body is not None
            ):  # names an object of a community not theirs
                assert answer.status_code in {403, 404}, f"{who} {method} {path}"
            else:  # lists of the own community
                assert answer.status_code == 200, f"{who} {method} {path}"
            if who != "operator":
                assert not [one for one in SECRETS if one in answer.text], f"{who} {path}"
            chat = await house.asks(method, path, None, "console", body)
            assert chat.status_code == 401


async def test_nothing_of_another_community_is_there(house: House) -> None:
    """Its objects and those that nobody has answer alike: not there."""
    for method, route in routes(house.app):
        if operator_of not in guards(route) or route.path in ENDLESS | BARE:
            continue
        for kind in ("foreign", "unknown"):
            ids = house.ids[kind]
            path, body = path_of(route, ids), body_of(method, route, ids)
            answer = await house.asks(method, path, "operator", "console", body)
            assert answer.status_code < 500, path
            assert "何秀英" not in answer.text
            assert "冯远" not in answer.text
            if (method == "POST" and route.path in NAMED) or "{building}" in route.path:
                assert answer.status_code == 404, f"{kind} {path}"


async def test_every_door_of_the_chat_asks_for_a_session(house: House) -> None:
    """Everybody has a chat, nobody without a session; a console's session opens none."""
    for method, route in routes(house.app):
        if not guards(route) & CHAT or route.path in ENDLESS:
            continue
        path, body = path_of(route, house.ids["own"]), body_of(method, route, house.ids["own"])
        if route.path.endswith("/logout"):
            continue
        assert (await house.asks(method, path, None, "chat", body)).status_code == 401
        for who in CALLERS:
            answer = await house.asks(method, path, who, "console", body)
            assert answer.status_code == 401, f"{who} {path}"
            answer = await house.asks(method, path, who, "chat", body)
            assert answer.status_code in {200, 404}, f"{who} {path}"


async def test_the_workers_map_opens_with_the_own_key_alone(house: House) -> None:
    """Without a key nothing; with one what the holder's role allows at this moment."""
    world, ticket = house.world, house.ids["own"]["ticket"]
    below = f"/api/field/tickets/{ticket}"
    asked = {
        "/api/field/points": links.FIELD, below: f"{links.FIELD}/tickets/{ticket}",
        f"{below}/workers": links.FIELD,
    }  # fmt: skip
    for path, opens in asked.items():
        assert (await house.asks("GET", path, "worker", "chat")).status_code == 401, path
        for who in CALLERS:
            key = links.key(world.person(who).id, opens, now=utcnow())
            answer = await house.asks("GET", f"{path}?key={key}", None, "chat")
            staff = who in {"worker", "operator"}
            mine = who == "neighbour" and path == "/api/field/points"  # of the own community
            assert answer.status_code == (200 if staff or mine else 403), f"{who} {path}"
            if not staff:
                assert not [one for one in SECRETS if one in answer.text], f"{who} {path}"
    narrow = links.key(world.person("worker").id, f"{links.FIELD}/tickets/{ticket}", now=utcnow())
    for path in ("/api/field/points", f"/api/field/tickets/{UUID(int=1)}"):
        assert (await house.asks("GET", f"{path}?key={narrow}", None, "chat")).status_code == 401


async def test_the_open_doors_tell_nothing_of_anybody(house: House) -> None:
    """Whatever is sent there: no 500, and no name."""
    ids = {"lang": "zh-CN", "token": "x" * 22, "ticket": house.ids["own"]["ticket"]}
    for method, route in routes(house.app):
        if route.path not in OPEN:
            continue
        answer = await house.asks(method, path_of(route, ids), None, "chat", {})
        assert answer.status_code < 500 or route.path == "/readyz", route.path
        assert not [one for one in SECRETS if one in answer.text], route.path


async def test_an_operator_sees_masks_until_a_person_is_opened(house: House) -> None:
    """The building shows 陈**; opening shows the name, and stands in the log."""
    building, elder = house.ids["own"]["building"], house.ids["own"]["person"]
    shown = await house.asks("GET", f"/api/console/buildings/{building}", "operator", "console")
    (resident,) = shown.json()["flats"][0]["residents"]
    assert resident["name"] == "陈**"
    path = f"/api/console/people/{resident['id']}/open"
    opened = (await house.asks("POST", path, "operator", "console")).json()
    assert (opened["name"], opened["place"]) == ("陈桂芳", "3幢 2单元 501室")
    assert opened["helpers"] == []
    entries = (await house.asks("GET", "/api/console/access", "operator", "console")).json()
    assert [(one["action"], one["person"]) for one in entries["entries"]] == [
        ("people.read", str(elder)), ("homes.read", None),
    ]  # fmt: skip
    assert entries["entries"][0]["text"] == "社区指挥中心赵敏查看了资料。"


async def test_an_operator_breaks_the_glass_with_a_reason(house: House) -> None:
    """Contacts come with it, the reason is wanted, and the list shows it with masks."""
    elder = str(house.ids["own"]["person"])
    for reason in ("", " ", "急"):
        body = {"person": elder, "reason": reason}
        answer = await house.asks("POST", "/api/console/glass", "operator", "console", body)
        assert answer.status_code == 400
    body = {"person": elder, "reason": "走失，正在找"}
    seen = (await house.asks("POST", "/api/console/glass", "operator", "console", body)).json()
    assert [one["name"] for one in seen["helpers"]] == ["陈晓明"]
    (one,) = (await house.asks("GET", "/api/console/glass", "operator", "console")).json()["glass"]
    assert (one["who"], one["name"], one["reason"]) == ("赵敏", "陈**", "走失，正在找")
    assert one["live"]


async def test_a_stream_ends_with_the_right_to_look(house: House) -> None:
    """Somebody who is operator no more is not shown the next change."""
    from core.i18n import Translator

    world, hub = house.world, house.app.state.hub
    async with world.db.reading() as session:
        by = await actor(session, world.person("operator").id)
    token = house.tokens["operator", "console"]
    assert await hub._may_stay(token, world.community)
    stream = hub.follow(by, world.community, Translator(), token)
    assert orjson.loads((await anext(stream)).decode().partition("\ndata: ")[2])["tickets"]
    await world.db.run(lambda s: s.execute(_sql("DELETE FROM membership WHERE role = 'operator'")))
    rest = [chunk async for chunk in stream if chunk.startswith(b"event: ping")]
    assert len(rest) == 1


async def test_the_world_begins(house: House) -> None:
    """The secrets above are there to be found at all."""
    assert house.world.now >= START
    rows = await house.world.fetch("SELECT count(*) FROM person")
    assert rows[0][0] > len(CALLERS)
