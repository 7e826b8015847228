"""Pushes of device platforms: verified, stored to the commit, never lost and never in silence."""

import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest
from pydantic import SecretStr

from bot.app import create_app
from core.db import Session, sql
from core.settings import Ctwing, Onenet, Settings
from ops.embedded import Urls
from tests import make
from tests.database import DATA_KEYS
from tests.world import World

TOKEN = "a-token-that-nobody-guesses"
Http = httpx.AsyncClient


def settings(world: World, db_url: str, urls: Urls, **more: Any) -> Settings:
    """Configure both platforms, unless a test says otherwise."""
    return Settings(
        home=world.folder, database_url=db_url, redis_url=urls.redis, secret_key=SecretStr("test"),
        data_keys=SecretStr(DATA_KEYS),
        **{"ctwing": Ctwing(token=SecretStr(TOKEN)), "onenet": Onenet(token=SecretStr(TOKEN))} | more,
    )  # fmt: skip


@pytest.fixture
async def http(world: World, db_url: str, urls: Urls) -> AsyncIterator[Http]:
    """Open the real application, and register a smoke detector on each platform."""
    async with opened(settings(world, db_url, urls)) as client:
        await world.db.run(lambda session: registered(session, world))
        yield client


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Http]:
    """Stand before the application's door."""
    app = create_app(settings)
    front = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=front, base_url="http://t") as http:
        yield http
    await app.state.stack.db.aclose()
    await app.state.stack.bus.aclose()


async def registered(session: Session, world: World) -> None:
    """Register a smoke detector on each platform."""
    grid = await make.grid(session, world.community, number=7)
    for source, external in (("ctwing", "smoke-ct"), ("onenet", "7")):
        await make.device(session, "smoke", where=grid, source=source, external=external)


def burning(**more: Any) -> dict[str, Any]:
    """Let the detector on CTWing report smoke."""
    payload = {"smoke_state": 1, "battery_value": 80}
    return {"messageType": "dataReport", "deviceId": "smoke-ct", "payload": payload, **more}


def signed(msg: Any, *, token: str = TOKEN, nonce: str = "abc123") -> dict[str, Any]:
    """Sign a push as OneNET does."""
    text = msg if isinstance(msg, str) else orjson.dumps(msg).decode()
    return {"msg": msg, "nonce": nonce, "msg_signature": signature(token, nonce, text)}


def signature(token: str, nonce: str, text: str) -> str:
    """Make OneNET's signature."""
    return base64.b64encode(
        hashlib.md5((token + nonce + text).encode(), usedforsecurity=False).digest()
    ).decode()


async def pushed(http: Http, body: Any, *, token: str = TOKEN) -> int:
    """Push to the address of CTWing; return what the platform hears."""
    return (await http.post("/ingest/ctwing", params={"token": token}, json=body)).status_code


async def tickets(world: World) -> list[str]:
    """List what the live tickets are about."""
    rows = await world.fetch("SELECT what FROM ticket WHERE status <> 'closed' ORDER BY id")
    return [row.what for row in rows]


async def test_smoke_pushed_by_ctwing_reaches_the_worker(world: World, http: Http) -> None:
    """From the platform's own body to a ticket and the readings behind it."""
    assert await pushed(http, burning()) == 200
    assert await tickets(world) == ["smoke"]
    rows = await world.fetch("SELECT metric, value FROM reading ORDER BY metric")
    assert [(row.metric, row.value) for row in rows] == [("battery", 80), ("smoke", 1)]


async def test_a_push_that_comes_again_has_its_effect_once(world: World, http: Http) -> None:
    """The platform repeats what it takes for lost."""
    body = burning(timestamp=1795770000000, upPacketSN=42)
    assert [await pushed(http, body) for _ in range(3)] == [200, 200, 200]
    assert await tickets(world) == ["smoke"]
    assert len(await world.fetch("SELECT 1 FROM reading")) == 2


async def test_without_the_secret_nothing_is_stored(world: World, http: Http) -> None:
    """Neither a wrong token nor none at all."""
    assert await pushed(http, burning(), token="guessed") == 403
    assert (await http.post("/ingest/ctwing", json=burning())).status_code == 403
    assert not await world.fetch("SELECT 1 FROM reading")


async def test_the_token_may_come_in_a_header(world: World, db_url: str, urls: Urls) -> None:
    """Then not in the address, which proxies write into their logs."""
    named = settings(world, db_url, urls, ctwing=Ctwing(token=SecretStr(TOKEN), header="X-Push"))
    async with opened(named) as http:
        assert await pushed(http, burning()) == 403
        said = await http.post("/ingest/ctwing", headers={"x-push": TOKEN}, json=burning())
        assert said.status_code == 200


async def test_what_is_not_configured_has_no_address(world: World, db_url: str, urls: Urls) -> None:
    """An empty token would be everybody's."""
    off = settings(world, db_url, urls, ctwing=Ctwing(), onenet=Onenet())
    async with opened(off) as http:
        assert await pushed(http, burning(), token="") == 404
        assert (await http.post("/ingest/onenet", json=signed({}, token=""))).status_code == 404
        asked = {"msg": "x", "nonce": "n", "signature": signature("", "n", "x")}
        assert (await http.get("/ingest/onenet", params=asked)).status_code == 404


async def test_onenet_finds_that_the_address_is_ours(http: Http) -> None:
    """The word comes back to who signed it, also where the `+` of Base64 became a space."""
    nonce = next(f"n{n}" for n in range(100) if "+" in signature(TOKEN, f"n{n}", "hello"))
    said = signature(TOKEN, nonce, "hello")
    for written in (said, said.replace("+", " ")):
        asked = {"msg": "hello", "nonce": nonce, "signature": written}
        answer = await http.get("/ingest/onenet", params=asked)
        assert (answer.status_code, answer.text) == (200, "hello")
    forged = {"msg": "hello", "nonce": nonce, "signature": signature("other", nonce, "hello")}
    assert (await http.get("/ingest/onenet", params=forged)).status_code == 403


@pytest.mark.parametrize("as_text", [True, False])
async def test_a_signed_push_of_onenet_rings(world: World, http: Http, *, as_text: bool) -> None:
    """Both consoles: the message as text, and as an object."""
    msg: Any = {"type": 1, "ds_id": "smoke", "value": 1, "dev_id": 7, "at": 1795770000000}
    body = signed(orjson.dumps(msg).decode() if as_text else msg)
    assert (await http.post("/ingest/onenet", json=body)).status_code == 200
    assert await tickets(world) == ["smoke"]


async def test_a_forged_push_of_onenet_is_refused(world: World, http: Http) -> None:
    """Another message under an old signature, no signature, no JSON."""
    fine = signed({"type": 1, "ds_id": "smoke", "value": 0, "dev_id": 7})
    swapped = fine | {"msg": {"type": 1, "ds_id": "smoke", "value": 1, "dev_id": 7}}
    assert (await http.post("/ingest/onenet", json=swapped)).status_code == 403
    assert (await http.post("/ingest/onenet", json={"msg": {}})).status_code == 403
    assert (await http.post("/ingest/onenet", content=b"\xff")).status_code == 403
    assert not await world.fetch("SELECT 1 FROM reading")


async def test_onenet_without_signatures_is_known_by_its_address(
    world: World, db_url: str, urls: Urls
) -> None:
    """For consoles that sign in a way of their own."""
    plain = settings(world, db_url, urls, onenet=Onenet(token=SecretStr(TOKEN), signed=False))
    body = {"msg": {"type": 2, "status": 1, "dev_id": 7}}
    async with opened(plain) as http:
        assert (await http.post("/ingest/onenet", json=body)).status_code == 403
        said = await http.post("/ingest/onenet", params={"token": TOKEN}, json=body)
        assert said.status_code == 200


async def test_a_broken_message_among_others_costs_only_itself(world: World, http: Http) -> None:
    """The alarm beside it rings; the broken one is kept with its reason."""
    good = {"type": 1, "ds_id": "smoke", "value": 1, "dev_id": 7}
    bad = {"type": 1, "ds_id": "humidity", "value": "fog", "dev_id": 8}
    assert (await http.post("/ingest/onenet", json=signed([bad, good]))).status_code == 200
    assert await tickets(world) == ["smoke"]
    (letter,) = await world.fetch("SELECT source, reason FROM dead_letter")
    assert (letter.source, letter.reason) == ("onenet", "humidity is not a number")


async def test_what_a_life_device_says_and_nobody_can_read_rings(world: World, http: Http) -> None:
    """It is taken (it would never get better) and kept, and the operator hears of it."""
    assert await pushed(http, burning(payload={"smoke_state": 9})) == 200
    assert await tickets(world) == ["unreadable"]
    assert len(await world.fetch("SELECT 1 FROM dead_letter")) == 1


async def test_a_push_that_can_not_be_applied_is_buried(world: World, http: Http) -> None:
    """A fault of ours: said to be taken, or it would come for ever; the content is kept."""
    await world.db.run(
        lambda session: session.execute(sql("ALTER TABLE device_state RENAME COLUMN value TO v"))
    )
    assert await pushed(http, burning()) == 200
    (letter,) = await world.fetch("SELECT reason FROM dead_letter")
    assert letter.reason == "ProgrammingError"


async def test_without_the_database_the_push_is_to_come_again(world: World, urls: Urls) -> None:
    """Anything but 200 is repeated by the platform."""
    nowhere = settings(world, "postgresql+asyncpg://nobody@127.0.0.1:1/none", urls)
    async with opened(nowhere) as http:
        assert await pushed(http, burning()) == 503


async def test_a_body_beyond_the_limit_is_not_read(world: World, http: Http) -> None:
    """256 KiB, as for every webhook."""
    assert await pushed(http, burning(more="x" * 300_000)) == 413
    assert not await world.fetch("SELECT 1 FROM dead_letter")
