"""Every route, asked by everybody: the status that its permission says, and nobody else's data."""

from collections.abc import AsyncIterator
from uuid import UUID

import orjson
import pytest

from bot.console.deps import operator_of
from bot.console.doors import FIELD
from bot.deps import console_visitor
from bot.routes import field
from core.clock import utcnow
from core.db import sql
from ops.embedded import Urls
from services import links
from services.actors import actor
from services.permissions import Permission
from tests.channels.doors import (
    BARE,
    CALLERS,
    CHAT,
    ENDLESS,
    NAMED,
    OPEN,
    SECRETS,
    House,
    answers,
    body_of,
    doors,
    guards,
    housed,
    path_of,
    routes,
)
from tests.world import World


@pytest.fixture
async def house(world: World, db_url: str, urls: Urls) -> AsyncIterator[House]:
    """Let an alarm ring here, and somebody live in a community beside this one."""
    async with housed(world, db_url, urls) as made:
        yield made


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
    for method, route in doors(house.app):
        what = Permission((route.openapi_extra or {})[FIELD])
        path, body = path_of(route, house.ids["own"]), body_of(method, route, house.ids["own"])
        assert (await house.asks(method, path, None, "console", body)).status_code == 401, path
        for who in CALLERS:
            answer = await house.asks(method, path, who, "console", body)
            expected = answers(house, actors[who], what, route, named=body is not None)
            assert answer.status_code in expected, f"{who} {method} {path} {answer.text}"
            if who not in {"operator", "desk", "lead"}:
                assert not [one for one in SECRETS if one in answer.text], f"{who} {path}"
            chat = await house.asks(method, path, None, "console", body)
            assert chat.status_code == 401


async def test_nothing_of_another_community_is_there(house: House) -> None:
    """Its objects and those that nobody has answer alike: not there."""
    for method, route in doors(house.app):
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
            staff |= who in {"lead", "desk"} and ticket.hex in path.replace("-", "")
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
    assert await hub._may_stay(by, world.community, token)
    stream = hub.follow(by, world.community, Translator(), token)
    assert orjson.loads((await anext(stream)).decode().partition("\ndata: ")[2])["tickets"]
    await world.db.run(lambda s: s.execute(sql("DELETE FROM membership WHERE role = 'operator'")))
    rest = [chunk async for chunk in stream if chunk.startswith(b"event: ping")]
    assert len(rest) <= 1


async def test_the_world_begins(house: House) -> None:
    """The secrets above are there to be found at all."""
    rows = await house.world.fetch("SELECT count(*) FROM person")
    assert rows[0][0] > len(CALLERS)
