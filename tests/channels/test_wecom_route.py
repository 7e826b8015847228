"""WeChat Work end to end: callbacks into the real application, its cards onto the fake's phones."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from pydantic import SecretStr

from bot.app import create_app
from channels.wecom import WecomChannel
from core.clock import utcnow
from core.db import Session
from core.settings import Settings
from ops.embedded import Urls
from ops.fakes import wecom_crypto
from ops.fakes.wecom import FakeWecom, LossyTransport
from ops.fakes.wecom import create_app as vendor
from ops.fakes.wecom_phone import CLICKED
from services import accounts
from services.access import SharedTokens
from tests.channels.wecom import settings_of
from tests.database import DATA_KEYS
from tests.world import World

pytestmark = pytest.mark.real_clock


@dataclass
class Town:
    """The community, the running application, and the vendor opposite."""

    world: World
    fake: FakeWecom
    http: httpx.AsyncClient

    async def count(self, table: str) -> int:
        """Count the rows of a table."""
        return int((await self.world.fetch(f"SELECT count(*) AS n FROM {table}"))[0].n)  # noqa: S608


def application(world: World, db_url: str, urls: Urls, **more: object) -> Settings:
    """Configure the application on the test's database."""
    return Settings.model_validate(
        {
            "home": world.folder,
            "database_url": db_url,
            "redis_url": urls.redis,
            "secret_key": SecretStr("test"),
            "data_keys": SecretStr(DATA_KEYS),
            **more,
        }
    )


@pytest.fixture
async def town(world: World, db_url: str, urls: Urls) -> AsyncIterator[Town]:
    """Run the application with the channel on; its calls reach the fake."""

    async def post(
        method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        answer = await http.request(method, path, params=query, headers=headers, content=body)
        return answer.status_code, answer.content

    fake = FakeWecom(clock=utcnow, post=post, members={"WangFang"})
    configured = settings_of(fake)
    app = create_app(application(world, db_url, urls, wecom=configured))
    calls = httpx.AsyncClient(transport=LossyTransport(vendor(fake)))
    channel = WecomChannel(configured, SharedTokens(world.db), calls)
    app.state.stack.channels["wecom"] = world.channels["wecom"] = channel
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        calls,
        httpx.AsyncClient(transport=transport, base_url="http://test") as http,
    ):
        yield Town(world, fake, http)


async def has_account(world: World, name: str, external: str) -> None:
    """Give somebody a place in WeChat Work, used last."""

    async def work(session: Session) -> None:
        account = await accounts.add(
            session, world.person(name).id, channel="wecom", external=external,
            now=world.now,
        )  # fmt: skip
        await accounts.heard(session, account, reachable=True, now=world.now)

    await world.db.run(work)


async def test_the_console_accepts_our_address(town: Town) -> None:
    """Saving the callback address decrypts what only we can."""
    assert await town.fake.checks_address()
    town.fake.corp_id = "ww-another-company"
    assert not await town.fake.checks_address()


async def test_somebody_new_is_answered(town: Town) -> None:
    """The first words make a person; the answer comes by the API, after an empty 200."""
    phone = town.fake.phone("WangFang")
    await phone.says("你好")
    mine, *answers = phone.screen
    assert mine.mine
    assert answers
    knob = next(knob for shown in answers for knob in shown.knobs if not knob.url)
    before = len(phone.screen)
    await phone.clicks(knob.label)
    assert len(phone.screen) > before


async def test_a_retry_of_the_vendor_is_handled_once(town: Town) -> None:
    """It sends again what was not answered within 5 s."""
    phone = town.fake.phone("WangFang")
    await phone.says("你好")
    shown, heard = len(phone.screen), await town.count("inbound")
    assert [await town.fake.repeats() for _ in range(3)] == [200, 200, 200]
    assert (len(phone.screen), await town.count("inbound")) == (shown, heard)


async def test_a_worker_takes_an_alarm_on_the_phone(town: Town) -> None:
    """The bell rings as a card; 接单 changes it in its place; the ticket is theirs."""
    await has_account(town.world, "worker", "WangFang")
    await town.world.rings("smoke")
    phone = town.fake.phone("WangFang")
    (card,) = phone.screen
    assert next(knob.label for knob in card.knobs if not knob.url) == "接单"
    town.world.now = utcnow()
    await phone.clicks("接单")
    (ticket,) = await town.world.fetch("SELECT status FROM ticket")
    assert ticket.status == "acked"
    assert card.edits == 1
    assert "到场" in [knob.label for knob in card.knobs]


async def test_a_place_a_picture_and_a_voice_are_answered(town: Town) -> None:
    """None of them ends in silence."""
    phone = town.fake.phone("WangFang")
    for act in (phone.sends_place(31.77, 119.94), phone.sends_picture(b"no jpeg"),
                phone.sends_voice(b"#!AMR")):  # fmt: skip
        before = len(phone.screen)
        await act
        assert len(phone.screen) > before


async def test_leaving_is_noted_and_answered_by_nothing(town: Town) -> None:
    """Who cannot see the application gets nothing there."""
    phone = town.fake.phone("WangFang")
    await phone.says("你好")
    shown = len(phone.screen)
    await phone.leaves()
    assert len(phone.screen) == shown


async def test_forged_requests_leave_no_trace(town: Town) -> None:
    """A wrong signature, plain XML, an envelope of our own making: 403 and nothing written."""
    sealed = wecom_crypto.encrypt("<xml/>", town.fake.aes_key, town.fake.corp_id)
    body = wecom_crypto.envelope(sealed, town.fake.corp_id, town.fake.agent_id)
    plain = b"<xml><FromUserName>WangFang</FromUserName><MsgType>text</MsgType></xml>"
    signed = town.fake.signed(sealed)
    for query, content in (
        ({**signed, "msg_signature": "0" * 40}, body),
        ({}, body),
        (signed, plain),
        (signed, b""),
        (signed, b"<!DOCTYPE a [<!ENTITY b 'c'>]><xml><Encrypt>&b;</Encrypt></xml>"),
    ):
        answer = await town.http.post("/wecom", params=query, content=content)
        assert answer.status_code == 403
    assert (await town.http.get("/wecom")).status_code == 403
    assert (await town.count("inbound"), await town.count("channel_account")) == (0, 7)


async def test_what_is_signed_but_unreadable_is_not_asked_for_again(town: Town) -> None:
    """A retry would be no better, so the vendor is told that all is well."""
    for plain in ("<xml>", "no xml", "<!DOCTYPE a><xml/>", "<xml><MsgType>text</MsgType></xml>"):
        assert await town.fake.tells(plain) == 200
    assert await town.count("inbound") == 0


async def test_a_body_beyond_256_kib_is_refused(town: Town) -> None:
    """Before it is read to its end."""
    answer = await town.http.post("/wecom", content=b"<" * (256 * 1024 + 1))
    assert answer.status_code == 413


async def test_a_channel_that_is_off_has_no_address(world: World, db_url: str, urls: Urls) -> None:
    """Nothing is answered there that could tell what is configured."""
    app = create_app(application(world, db_url, urls))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as http,
    ):
        for answer in (await http.get("/wecom"), await http.post("/wecom", content=b"")):
            assert answer.status_code == 404


async def test_a_question_that_is_left_gives_the_buttons_back(town: Town) -> None:
    """The click greyed all of the card; after 取消 the work can still be finished on it."""
    world, phone = town.world, town.fake.phone("WangFang")
    await has_account(world, "worker", "WangFang")
    await world.rings("smoke")
    world.now = utcnow()
    await world.settle()
    card = phone.screen[-1]
    for label in ("接单", "处置完成"):
        await phone.clicks(label)
        world.now = utcnow()
        await world.settle()
    await phone.says("取消")
    world.now = utcnow()
    await world.settle()
    assert not card.text.endswith(CLICKED)
    assert any(knob.label == "处置完成" for knob in card.knobs)
