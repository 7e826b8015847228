"""WeChat end to end: a phone, the vendor's rules, the real application and its database."""

import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from PIL import Image
from pydantic import SecretStr

from bot.app import create_app
from bot.routes import wechat
from cards import guide
from channels.wechat.menu import menu
from core.actor import Role
from core.clock import utcnow
from core.db import Session
from core.i18n import Translator
from core.settings import Settings, Wechat
from handlers.delivery import deliver_due
from ops.embedded import Urls
from services import outbox
from services.access import SharedTokens
from tests.channels.wechat_stage import AES_KEY, APPID, SECRET, TOKEN, Stage
from tests.database import DATA_KEYS
from tests.world import World

pytestmark = pytest.mark.real_clock

_MADE = io.BytesIO()
Image.new("RGB", (8, 8), "red").save(_MADE, "JPEG")
JPEG = _MADE.getvalue()


class House:
    """The product, and WeChat before its door."""

    def __init__(self, app: Any, world: World, **more: Any) -> None:
        self.app, self.world, self.late = app, world, 0.0
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://t")
        self.stage = Stage(post=self.carries, **more)
        self.fake = self.stage.fake
        self.channel = self.stage.channel
        self.channel._api._tokens = SharedTokens(world.db)
        app.state.stack.channels[self.channel.name] = self.channel

    async def carries(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        """Carry a push to the product."""
        answer = await self.http.request(method, path, params=query, headers=headers, content=body)
        self.stage.time.passes(seconds=self.late)
        self.late = 0.0
        return answer.status_code, answer.content

    async def later(self) -> None:
        """Let the worker do what is due."""
        stack = self.app.state.stack
        while await deliver_due(stack.db, channels=stack.channels, now=self.stage.time()):
            pass

    async def count(self, table: str) -> int:
        """Count rows."""
        return int((await self.world.fetch(f"SELECT count(*) AS n FROM {table}"))[0].n)  # noqa: S608


@pytest.fixture
async def app(world: World, db_url: str, urls: Urls) -> AsyncIterator[Any]:
    """Run the real application on the test's database."""
    account = Wechat(
        appid=APPID, secret=SecretStr(SECRET), token=SecretStr(TOKEN), aes_key=SecretStr(AES_KEY)
    )
    settings = Settings(
        home=world.folder,
        database_url=db_url,
        redis_url=urls.redis,
        secret_key=SecretStr("test"),
        data_keys=SecretStr(DATA_KEYS),
        wechat=account,
        miniprogram=account,
    )
    made = create_app(settings)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def house(app: Any, world: World) -> House:
    """Open a service account in AES mode."""
    return House(app, world)


async def test_the_address_proves_itself(house: House) -> None:
    """WeChat's echo comes back; nobody else's does."""
    assert await house.fake.address_is_ours("/wechat")
    forged = {"signature": "0" * 40, "timestamp": "1", "nonce": "1", "echostr": "x"}
    assert (await house.http.get("/wechat", params=forged)).status_code == 403


@pytest.mark.parametrize("aes_key", ["", AES_KEY])
async def test_a_text_is_answered_in_the_same_breath(app: Any, world: World, aes_key: str) -> None:
    """Plain or encrypted: greeted at the follow, the menu by a word, no message quota spent."""
    house = House(app, world, aes_key=aes_key)
    phone = house.fake.phone("o1")
    await phone.joins()
    await phone.says("帮助")
    greeting, mine, menu_shown = phone.screen
    assert mine.mine
    assert Translator()("welcome-new") in greeting.text
    assert "1 " in menu_shown.text
    assert {one.raw["msgtype"] for one in (greeting, menu_shown)} == {"passive"}
    await house.later()
    assert house.fake.record == []


async def test_a_retry_gets_the_kept_answer(house: House) -> None:
    """Two lost answers: one turn, one text, sealed anew each time."""
    phone = house.fake.phone("o1")
    await phone.joins()
    turns = await house.count("inbound")
    house.fake.lost_answers = 2
    await phone.says("帮助")
    assert await house.count("inbound") == turns + 1
    assert len([one for one in phone.screen if not one.mine]) == 2
    sent = [answer for _, answer in house.fake.deliveries[-3:]]
    assert len(set(sent)) == 3


async def test_a_reply_too_late_is_dropped_and_comes_with_the_retry(house: House) -> None:
    """WeChat hangs up after five seconds; what was claimed by then is not lost."""
    phone = house.fake.phone("o1")
    await phone.joins()
    house.late = 6.0
    await phone.says("帮助")
    assert len(house.fake.deliveries) == 3
    assert len([one for one in phone.screen if not one.mine]) == 2
    await house.later()
    assert house.fake.record == []


async def test_who_is_slow_says_success_and_writes_by_the_api(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No passive reply is begun late: the same card comes as a message, once."""
    phone = house.fake.phone("o1")
    monkeypatch.setattr(wechat, "_REPLY_WITHIN_S", 0.0)
    await phone.joins()
    house.stage.time.passes(seconds=6)
    await house.later()
    (greeting,) = phone.screen
    assert Translator()("welcome-new") in greeting.text
    assert house.fake.record[0]["kind"] == "custom"
    assert {answer for _, answer in house.fake.deliveries} == {b"success"}


async def test_a_picture_is_fetched_and_answered(house: House) -> None:
    """Nobody waits for a picture here, so its sender is told, by the API after the answer."""
    phone = house.fake.phone("o1")
    await phone.joins()
    await phone.sends_picture(JPEG)
    assert house.fake.deliveries[-1] == (200, b"success")
    assert Translator()("picture-not-now") in phone.screen[-1].text
    assert len(house.fake.record) == 1


async def test_a_typed_number_presses_the_button_of_the_reply(house: House) -> None:
    """A passive reply has numbers alone; typing one is pressing its button."""
    phone = house.fake.phone("o1")
    await phone.joins()
    await phone.says("帮助")
    await phone.clicks(Translator()("intent-list_activities"))
    assert phone.screen[-2].text.isdigit()
    assert phone.screen[-1].raw["msgtype"] == "passive"
    used = await house.world.fetch("SELECT action FROM button WHERE used_at IS NOT NULL")
    assert [row.action for row in used] == ["say.list_activities"]


async def test_a_menu_tap_says_its_words(house: House) -> None:
    """The menu of locales/ is understood."""
    phone = house.fake.phone("o1")
    await phone.joins()
    await house.channel.push_menu(menu(Translator()))
    for button in house.fake.menu:
        for entry in button.get("sub_button", [button]):
            await phone.taps_menu(entry["name"])
            assert phone.screen[-1].raw["msgtype"] == "passive", entry["name"]
            assert Translator()("unsure-title") not in phone.screen[-1].text, entry["name"]


async def test_what_can_not_be_used_is_answered_kindly(house: House) -> None:
    """A video, and an unknown kind of message."""
    phone = house.fake.phone("o1")
    await phone.joins()
    await phone.sends_video()
    assert Translator()("strange-video") in phone.screen[-1].text


async def test_nothing_is_said_to_what_nobody_said(house: House) -> None:
    """A phone's own report of its place, consents, and the farewell."""
    phone = house.fake.phone("o1")
    await phone.joins()
    shown, turns = len(phone.screen), await house.count("inbound")
    await phone.reports_place(31.72, 120.06)
    assert await house.count("inbound") == turns
    await phone.answers_notice(**{"T-notice": True})
    await phone.leaves()
    assert len(phone.screen) == shown
    assert {answer for _, answer in house.fake.deliveries[-3:]} == {b"success"}


async def test_a_forged_push_leaves_no_trace(house: House) -> None:
    """403, nothing written, nobody made."""
    rows = await house.count("person"), await house.count("inbound")
    push = "<xml><MsgType>text</MsgType><FromUserName>o9</FromUserName><Content>x</Content></xml>"
    forged = {"signature": "0" * 40, "timestamp": f"{int(utcnow().timestamp())}", "nonce": "1"}
    for query in (forged, {**forged, "encrypt_type": "aes", "msg_signature": "0" * 40}, {}):
        answer = await house.http.post("/wechat", params=query, content=push)
        assert answer.status_code == 403
    assert rows == (await house.count("person"), await house.count("inbound"))


async def test_a_huge_or_broken_push_does_no_harm(house: House) -> None:
    """413 before it is read whole; what is signed and broken is taken and left."""
    assert (await house.http.post("/wechat", content=b"x" * 300_000)).status_code == 413
    for broken in ("<xml>", "not xml", '<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>'):
        sealed = house.fake.crypto.encrypt(broken)
        stamp = f"{int(utcnow().timestamp())}"
        query = {
            "timestamp": stamp, "nonce": "1", "encrypt_type": "aes",
            "msg_signature": house.fake.crypto.signature(stamp, "1", sealed),
        }  # fmt: skip
        body = f"<xml><Encrypt>{sealed}</Encrypt></xml>"
        answer = await house.http.post("/wechat", params=query, content=body)
        assert (answer.status_code, answer.text) == (200, "success")


async def test_a_channel_that_is_off_has_no_address(app: Any, world: World) -> None:
    """Without settings there is nothing to find."""
    app.state.stack.channels.pop("wechat", None)
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://t")
    assert (await http.get("/wechat")).status_code == 404
    assert (await http.post("/wechat")).status_code == 404


async def test_what_the_reply_missed_comes_by_the_api(house: House) -> None:
    """A card for later is sent by the worker within the window, with entries to click."""
    phone = house.fake.phone("o1")
    await phone.joins()
    await phone.says("帮助")
    rows = await house.world.fetch("SELECT person_id FROM channel_account WHERE channel = 'wechat'")

    async def work(session: Session) -> None:
        await outbox.enqueue_reply(
            session, guide.menu(Role.RESIDENT, Translator()), person=rows[0].person_id, channel="wechat",
            turn=None, now=house.stage.time(),
        )  # fmt: skip

    await house.world.db.run(work)
    await house.later()
    assert phone.screen[-1].knobs
    await phone.clicks(phone.screen[-1].knobs[0].label)
    assert phone.screen[-1].raw["msgtype"] == "passive"


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("aes_key", ["", AES_KEY])
async def test_a_miniprogram_answers_by_the_api(
    app: Any,
    world: World,
    aes_key: str,
    as_json: bool,  # noqa: FBT001  a parameter of the table
) -> None:
    """XML or JSON, plain or encrypted: `success` at once, the cards by customer service."""
    house = House(app, world, kind="miniprogram", aes_key=aes_key, as_json=as_json)
    assert await house.fake.address_is_ours("/miniprogram")
    phone = house.fake.phone("m1")
    await phone.joins("from-the-home-page")
    assert Translator()("welcome-new") in phone.screen[-1].text
    await phone.says("帮助")
    assert "1 " in phone.screen[-1].text
    assert {answer for _, answer in house.fake.deliveries} == {b"success"}
    assert {one["msgtype"] for one in house.fake.record} == {"text"}


async def test_one_person_in_account_and_miniprogram(app: Any, world: World) -> None:
    """The union id joins them."""
    service, mini = House(app, world), House(app, world, kind="miniprogram")
    service.fake.unions["o1"] = mini.fake.unions["m1"] = "u1"
    await service.fake.phone("o1").joins()
    await mini.fake.phone("m1").says("你好")
    rows = await world.fetch(
        "SELECT person_id FROM channel_account WHERE channel IN ('wechat', 'miniprogram')"
    )
    assert len(rows) == 2
    assert len({row.person_id for row in rows}) == 1
