"""The web chat's HTTP API: fixed names, replay, idempotency, and what it refuses."""

import base64
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from pydantic import SecretStr

from bot.app import create_app
from core.clock import utcnow
from core.db import Session
from core.settings import Settings
from ops.embedded import Urls
from services import login
from tests import make
from tests.database import DATA_KEYS
from tests.world import World

pytestmark = pytest.mark.real_clock


@pytest.fixture
async def client(world: World, db_url: str, urls: Urls) -> AsyncIterator[httpx.AsyncClient]:
    """Run the real application on the test's database."""
    settings = Settings(
        home=world.folder,
        database_url=db_url,
        redis_url=urls.redis,
        secret_key=SecretStr("test"),
        data_keys=SecretStr(DATA_KEYS),
        demo=True,
    )
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as opened,
    ):
        yield opened


async def token_of(world: World, name: str, kind: str = "chat") -> dict[str, str]:
    """Log somebody in and return the bearer header."""

    async def work(session: Session) -> str:
        return await login.open_session(session, world.person(name).id, kind, now=utcnow())

    return {"Authorization": f"Bearer {await world.db.run(work)}"}


async def post(
    client: httpx.AsyncClient, auth: dict[str, str], key: str, **body: Any
) -> httpx.Response:
    """Send one chat message."""
    headers = {**auth, "Idempotency-Key": key}
    return await client.post("/api/chat/messages", json=body, headers=headers)


async def test_a_turn_returns_its_own_items_and_a_retry_the_same(
    world: World, client: httpx.AsyncClient
) -> None:
    """The same key with the same body is answered from the mailbox, nothing happens twice."""
    auth = await token_of(world, "worker")
    first = (await post(client, auth, "k1", text="你好")).json()["items"]
    again = (await post(client, auth, "k1", text="你好")).json()["items"]
    assert first == again
    assert len(first) == 1
    card = first[0]["card"]
    assert set(first[0]) == {"id", "op", "card", "at"}
    assert set(card) == {
        "key", "title", "summary", "fields", "actions", "tone", "version", "ticket",
    }  # fmt: skip
    assert set(card["actions"][0]) == {"id", "label", "style", "token", "url"}
    later = (await client.get("/api/chat/messages?after=0", headers=auth)).json()["items"]
    assert later == first
    other = await post(client, auth, "k1", text="别的话")
    assert other.status_code == 409
    assert other.json()["error"]["code"] == "message-key-reused"


async def test_an_alarm_is_worked_off_by_pressing_the_first_button(
    world: World, client: httpx.AsyncClient
) -> None:
    """Acknowledge; then the first action of each answer leads on to the end."""
    auth = await token_of(world, "worker")
    await world.rings("smoke")
    items = (await client.get("/api/chat/messages?after=0", headers=auth)).json()["items"]
    token = items[-1]["card"]["actions"][0]["token"]
    answer = (await post(client, auth, "ack", action=token)).json()["items"]
    assert answer[0]["op"] == "update"
    actions = {a["id"]: a["token"] for a in answer[0]["card"]["actions"]}
    answer = (await post(client, auth, "resolve", action=actions["ticket.resolve"])).json()["items"]
    for turn in range(10):
        assert len(answer) >= 1
        if len(answer) > 1:
            break
        token = answer[0]["card"]["actions"][0]["token"]
        answer = (await post(client, auth, f"t{turn}", action=token)).json()["items"]
    rows = await world.fetch("SELECT status FROM ticket")
    assert [row.status for row in rows] == ["resolved"]


async def test_forged_tokens_and_other_peoples_buttons_are_refused_alike(
    world: World, client: httpx.AsyncClient
) -> None:
    """A refusal changes nothing and says the same for both."""
    await world.rings("smoke")
    stolen = await world.person("worker").token("ticket.ack")
    thief = await token_of(world, "backup")
    answers = [
        (await post(client, thief, f"f{n}", action=token)).json()["items"][0]["card"]["title"]
        for n, token in enumerate((stolen, "forged-token-000000"))
    ]
    assert answers[0] == answers[1] == "这个按钮不是发给您的，或者已经失效。"
    assert (await world.fetch("SELECT status FROM ticket"))[0].status == "open"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"text": "a", "action": "b"}, 422),
        ({"text": 5}, 422),
        ({"location": {"lat": 999, "lon": 0}}, 422),
        ({"image": "data:image/jpeg;base64,AAAA"}, 422),
        ({"image": "not base64 at all!"}, 422),
        ({"nonsense": True}, 422),
    ],
)
async def test_bad_bodies_are_refused_in_words(
    world: World, client: httpx.AsyncClient, body: dict[str, Any], status: int
) -> None:
    """The answer names the field and never repeats the content."""
    auth = await token_of(world, "resident")
    answer = await post(client, auth, "bad", **body)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert await world.fetch("SELECT id FROM inbound") == []


async def test_without_a_session_nothing_is_read(client: httpx.AsyncClient) -> None:
    """Every API path wants a session; a made-up token is none."""
    for path in ("/api/chat/messages", "/api/chat/stream", "/api/console/points",
                 "/api/console/buildings", "/api/console/tickets", "/api/console/stats",
                 "/api/console/stream", "/api/console/workers"):  # fmt: skip
        for headers in ({}, {"Authorization": "Bearer made-up"}):
            answer = await client.get(path, headers=headers)
            assert answer.status_code == 401, path
            assert answer.json()["error"]["code"] == "login-needed"


async def test_a_chat_session_opens_no_console(world: World, client: httpx.AsyncClient) -> None:
    """Kinds of sessions are kept apart, and a worker is no operator."""
    chat = await token_of(world, "operator")
    assert (await client.get("/api/console/points", headers=chat)).status_code == 401
    worker = await token_of(world, "worker", kind="console")
    assert (await client.get("/api/console/points", headers=worker)).status_code == 403


async def test_a_cookie_that_changes_something_needs_its_csrf_token(
    world: World, client: httpx.AsyncClient
) -> None:
    """Bearer requests need none; a cookie from another site is refused."""
    bearer = (await token_of(world, "resident"))["Authorization"].removeprefix("Bearer ")
    cookies = {"Cookie": f"linling-chat={bearer}"}
    body = {"text": "你好"}
    assert (await client.get("/api/chat/messages", headers=cookies)).status_code == 200
    refused = await client.post("/api/chat/messages", json=body, headers=cookies)
    assert refused.status_code == 403
    from bot.deps import csrf_token

    given = {**cookies, "X-CSRF-Token": csrf_token(bearer)}
    assert (await client.post("/api/chat/messages", json=body, headers=given)).status_code == 200
    foreign = {**given, "Origin": "https://evil.example"}
    assert (await client.post("/api/chat/messages", json=body, headers=foreign)).status_code == 403


async def test_a_photo_is_cleaned_and_sealed(world: World, client: httpx.AsyncClient) -> None:
    """The worker's photo is re-encoded without metadata and unreadable on the disk."""
    auth = await token_of(world, "worker")
    await world.rings("smoke")
    worker = world.person("worker")
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.resolve")
    await worker.chooses("误报（做饭、灰尘、误碰）")
    await worker.chooses("见到本人")
    picture = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (64, 48), "red").save(picture, "JPEG", exif=exif)
    url = "data:image/jpeg;base64," + base64.b64encode(picture.getvalue()).decode()
    answer = (await post(client, auth, "photo", image=url)).json()["items"]
    assert answer[0]["card"]["actions"][0]["label"] == "完成"
    await worker.says("1")
    row = (await world.fetch("SELECT data FROM ticket_event WHERE kind = 'resolved'"))[0]
    stored = (world.folder / "media" / row.data["photo"]).read_bytes()
    assert b"JFIF" not in stored
    assert b"secret place" not in stored
    operator = await token_of(world, "operator", kind="console")
    ticket = (await client.get("/api/console/tickets", headers=operator)).json()["tickets"][0]
    photo = next(e["photo"] for e in ticket["events"] if e["photo"])
    shown = await client.get(
        f"/api/console/tickets/{ticket['id']}/photos/{photo}", headers=operator
    )
    assert shown.headers["content-type"] == "image/jpeg"
    assert not Image.open(io.BytesIO(shown.content)).getexif()
    other = await client.get(
        f"/api/console/tickets/{ticket['id']}/photos/{'0' * 64}", headers=operator
    )
    assert other.status_code == 404


async def test_a_picture_of_a_talk_is_for_its_two_people(
    world: World, client: httpx.AsyncClient
) -> None:
    """Sent by one, opened by both, unknown to anybody else, and kept by no shared cache."""
    elder, worker = world.person("elder"), world.person("worker")
    # The next afternoon in Changzhou, at the latest: at night a talk is not rung.
    world.now += timedelta(hours=(9 - world.now.hour) % 24)
    await elder.says("转人工")
    await worker.clicks("ticket.ack")
    picture = io.BytesIO()
    Image.new("RGB", (30, 20), "navy").save(picture, "PNG")
    sent = f"data:image/png;base64,{base64.b64encode(picture.getvalue()).decode()}"
    await post(client, await token_of(world, "elder"), "p1", image=sent)
    world.now = utcnow()  # the application lives by the real clock
    url = (await worker.cards())[0]["actions"][-1]["url"]
    for name in ("worker", "elder"):
        shown = await client.get(url, headers=await token_of(world, name))
        assert shown.headers["content-type"] == "image/jpeg"
        assert shown.headers["cache-control"].startswith("private")
        assert Image.open(io.BytesIO(shown.content)).size == (30, 20)
    for name in ("family", "operator"):
        refused = await client.get(url, headers=await token_of(world, name))
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "picture-unknown")
    assert (await client.get(url)).status_code == 401
    assert all(b"JFIF" not in path.read_bytes() for path in (world.folder / "media").iterdir())


async def test_probes_and_headers(client: httpx.AsyncClient) -> None:
    """The process is alive; the stack is not ready without a worker; pages carry a strict CSP."""
    assert (await client.get("/healthz")).status_code == 200
    ready = await client.get("/readyz")
    assert ready.status_code == 503
    assert set(ready.json()["missing"]) == {"mqtt", "outbox", "schedule"}
    page = await client.get("/chat")
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert (await client.get("/openapi.json")).status_code == 200
    words = (await client.get("/api/words/zh-CN")).json()
    assert words
    assert (await client.get("/api/words/xx")).status_code == 422
    of_chat = (await client.get("/api/words/zh-CN", params={"page": "chat"})).json()
    asked = _asked_for("chat", "shared")
    assert asked
    assert not asked - of_chat.keys()
    assert len(of_chat) < len(words) / 4
    missing = await client.get("/nothing/here")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "page-unknown")


async def test_a_login_ticket_works_once(world: World, client: httpx.AsyncClient) -> None:
    """A link into the chat is single-use, and attempts are limited."""
    answer = await client.post("/api/chat/login", json={"ticket": "never-issued"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "login-ticket-spent")
    for number in range(61):
        answer = await client.post("/api/chat/login", json={"ticket": f"guess-{number}"})
    assert answer.status_code == 429


async def test_an_operators_password_is_checked(world: World, client: httpx.AsyncClient) -> None:
    """One error for a wrong account and a wrong password; the right one opens the map."""
    operator = world.person("operator").id
    await make.account(world.db, operator, "zhaomin", "correct horse", where=world.community)
    for account, password in (("zhaomin", "wrong"), ("nobody", "correct horse")):
        answer = await client.post(
            "/api/console/login", json={"account": account, "password": password}
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "login-wrong")
    answer = await client.post(
        "/api/console/login", json={"account": "zhaomin", "password": "correct horse"}
    )
    auth = {"Authorization": f"Bearer {answer.json()['token']}"}
    points = (await client.get("/api/console/points", headers=auth)).json()
    assert points["type"] == "FeatureCollection"
    assert set(points["features"][0]["properties"]) == {
        "device", "community", "kind", "name", "building", "state", "ticket",
    }  # fmt: skip
    await client.post("/api/console/logout", headers=auth)
    assert (await client.get("/api/console/points", headers=auth)).status_code == 401


def _asked_for(*folders: str) -> set[str]:
    """Read which words the modules of these folders ask for."""
    sources = [path.read_text("utf-8") for one in folders for path in Path("web", one).iterdir()]
    return set(re.findall(r'"(web-[a-z-]*[a-z])"', "".join(sources)))
