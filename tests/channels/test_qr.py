"""The QR code of a redemption over HTTP: a picture while it is held, words afterwards."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr

from bot.app import create_app
from core.actor import Role
from core.clock import utcnow
from core.db import Session
from core.ids import uuid7
from core.settings import Settings
from ops.embedded import Urls
from services.actors import actor
from services.points import redemptions
from services.points.holds import RedemptionView
from tests import make
from tests.database import DATA_KEYS
from tests.world import World

pytestmark = pytest.mark.real_clock


@pytest.fixture
async def client(world: World, db_url: str, urls: Urls) -> AsyncIterator[httpx.AsyncClient]:
    """Run the real application on the test's database."""
    settings = Settings(
        home=world.folder, database_url=db_url, redis_url=urls.redis,
        secret_key=SecretStr("test"), data_keys=SecretStr(DATA_KEYS),
        base_url="https://linling.example",
    )  # fmt: skip
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as opened,
    ):
        yield opened


async def held(world: World, *, ago: timedelta = timedelta()) -> RedemptionView:
    """Let the resident hold a reward."""
    now = utcnow() - ago

    async def work(session: Session) -> RedemptionView:
        merchant = await make.person(session, "李师傅")
        await make.membership(session, merchant.id, Role.MERCHANT, where=world.community)
        reward = await make.reward(session, world.community, merchant=merchant.id)
        who = world.person("resident").id
        await make.points(session, world.community, who, 20, now=now)
        return await redemptions.hold(
            session, await actor(session, who), reward=reward.id, redemption=uuid7(),
            channel="web", now=now,
        )  # fmt: skip

    return await world.db.run(work)


async def test_a_phone_shows_the_code_without_a_login(
    world: World, client: httpx.AsyncClient
) -> None:
    """A scalable picture under the strict policy, never kept in a cache."""
    one = await held(world)
    answer = await client.get(f"/api/chat/qr/{one.token}.svg")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "viewBox" in answer.text
    assert "style=" not in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize("token", ["A" * 22, "short", "A" * 23, "../../../etc/passwd22"])
async def test_a_forged_code_is_no_picture(
    world: World, client: httpx.AsyncClient, token: str
) -> None:
    """Nothing is drawn for a token that stands for nothing."""
    answer = await client.get(f"/api/chat/qr/{token}.svg")
    assert answer.status_code in {404, 422}
    assert answer.json()["error"]["message"]


async def test_a_code_that_is_over_says_so(world: World, client: httpx.AsyncClient) -> None:
    """After ten minutes there is nothing left to show."""
    one = await held(world, ago=timedelta(minutes=11))
    answer = await client.get(f"/api/chat/qr/{one.token}.svg")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "redeem-qr-gone"
