"""The demo's fakes: keys of their own, settings that arrive whole, hands on the phones."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from core.clock import utcnow
from core.settings import Settings
from ops.fakes import server
from ops.fakes.hands import Owner
from ops.fakes.phone import Knob, Shown
from ops.fakes.telegram import FakeTelegram
from ops.fakes.telegram_http import create_app
from ops.phones import faked, with_fakes
from ops.stack import environment, updated

TOKEN = "123:abc"
ACCOUNT = "77"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Configure a house of which the environment says nothing."""
    for name in [name for name in os.environ if name.startswith("LINLING_")]:
        monkeypatch.delenv(name)
    return Settings(home=tmp_path)


def test_the_next_start_has_the_same_keys(settings: Settings) -> None:
    """What the product has sealed and what the fakes expect agree, wherever they listen now."""
    first, second = with_fakes(settings, 4001), with_fakes(settings, 4002)
    assert faked(first) == ["wechat", "wecom", "telegram"]
    assert first.wechat.aes_key == second.wechat.aes_key
    assert first.wecom.on
    assert first.telegram.token == second.telegram.token
    assert second.wecom.api_base == "http://127.0.0.1:4002/wecom"
    assert (settings.home / "fakes.json").stat().st_mode & 0o777 == 0o600


def test_a_vendor_that_is_configured_stays_the_real_one(settings: Settings) -> None:
    """One value in the environment is enough: nobody's real account is half replaced."""
    own = updated(settings, wechat={"appid": "wx1"})
    made = with_fakes(own, 4001)
    assert made.wechat == own.wechat
    assert faked(made) == ["wecom", "telegram"]


def test_a_region_without_telegram_has_no_fake_of_it(settings: Settings) -> None:
    """The demo starts there as well."""
    assert faked(with_fakes(updated(settings, region="CN-GOV"), 4001)) == ["wechat", "wecom"]


def test_bot_and_worker_see_the_same_vendors(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the environment carries is read back whole."""
    made = with_fakes(settings, 4001)
    for name, value in environment(made).items():
        monkeypatch.setenv(name, value)
    read = Settings()
    for name in ("wechat", "wecom", "telegram", "miniprogram", "phones_url"):
        assert getattr(read, name) == getattr(made, name)


@pytest.fixture
def telegram() -> FakeTelegram:
    """Make a fake with one person who has pressed START."""
    fake = FakeTelegram(TOKEN, clock=utcnow)
    fake.phone(ACCOUNT).met = True
    return fake


@pytest.fixture
async def page(telegram: FakeTelegram) -> AsyncIterator[httpx.AsyncClient]:
    """Open the page's interface."""
    owner = Owner("telegram", "许文军", telegram.phone(ACCOUNT), (31.7, 120.0))
    app = server.create_app(
        {"telegram": create_app(telegram)},
        [owner],
        timezone="Asia/Shanghai",
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:4001"
    ) as client:
        yield client


async def test_a_hand_presses_this_button_and_no_other(
    page: httpx.AsyncClient, telegram: FakeTelegram
) -> None:
    """Two cards offer the same; the older one's button is the one that was meant."""
    phone = telegram.phone(ACCOUNT)
    for number in ("1", "2"):
        keys = [[{"text": "接单", "callback_data": f"token-{number}"}]]
        phone.show(number, {"text": "烟雾报警", "reply_markup": {"inline_keyboard": keys}})
    path = f"/phones/telegram/{ACCOUNT}/clicks"
    answer = await page.post(path, json={"message": "1", "label": "接单"})
    assert answer.status_code == 204
    (update,) = telegram.waiting
    assert update["callback_query"]["data"] == "token-1"
    phone.change(phone.screen[0], {"text": "已接单"})
    answer = await page.post(path, json={"message": "1", "label": "接单"})
    assert answer.status_code == 409


async def test_the_vendor_is_behind_its_prefix(page: httpx.AsyncClient) -> None:
    """The same address shows the phones and speaks as the vendor."""
    sent = await page.post(
        f"/telegram/bot{TOKEN}/sendMessage", json={"chat_id": ACCOUNT, "text": "您好"}
    )
    assert sent.json()["ok"]
    (shown,) = (await page.get("/phones")).json()
    assert [one["text"] for one in shown["messages"]] == ["您好"]


async def test_who_has_left_can_only_come_back(
    page: httpx.AsyncClient, telegram: FakeTelegram
) -> None:
    """A blocked chat takes no words."""
    path = f"/phones/telegram/{ACCOUNT}"
    assert (await page.post(f"{path}/leaves", json={})).status_code == 204
    assert (await page.post(f"{path}/says", json={"text": "您好"})).status_code == 409
    assert (await page.post(f"{path}/joins", json={})).status_code == 204
    assert (await page.post(f"{path}/says", json={"text": "您好"})).status_code == 204
    assert telegram.waiting[-1]["message"]["text"] == "您好"


async def test_nobody_else_has_hands_here(page: httpx.AsyncClient) -> None:
    """Strange accounts, other sites' forms, other hosts' names and huge pictures are refused."""
    path = f"/phones/telegram/{ACCOUNT}"
    assert (await page.post("/phones/telegram/78/says", json={"text": "x"})).status_code == 404
    assert (await page.post(f"{path}/leaves", data={"a": "b"})).status_code == 422
    assert (await page.get("/phones", headers={"host": "evil.example"})).status_code == 400
    kind = {"content-type": "image/jpeg"}
    big = await page.post(f"{path}/picture", content=bytes(3_000_000), headers=kind)
    assert big.status_code == 413
    assert (await page.post(f"{path}/picture", content=b"x")).status_code == 415


async def test_the_page_allows_itself_alone(page: httpx.AsyncClient) -> None:
    """Its policy names no other source."""
    policy = (await page.get("/")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy


async def test_a_product_that_does_not_answer_is_a_504() -> None:
    """A fake then does what the vendor does: it tries again or says so on the phone."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async with httpx.AsyncClient(
        base_url="http://product.test", transport=httpx.MockTransport(refuse)
    ) as client:
        assert await server.posting(client)("POST", "/wechat", {}, {}, b"") == (504, b"")


async def test_a_fake_that_starts_anew_repeats_no_number() -> None:
    """An earlier update's number would be taken for a repetition, and nobody would be answered."""
    numbers = []
    for begun in (0, 1_790_000_000):
        fake = FakeTelegram(TOKEN, clock=utcnow, begun=begun)
        phone = fake.phone(ACCOUNT)
        await phone.joins()
        numbers.append({one["update_id"] for one in fake.waiting})
    assert not numbers[0] & numbers[1]


async def test_a_link_is_followed_outside_the_chat(telegram: FakeTelegram) -> None:
    """Pressing one tells the vendor nothing."""
    phone = telegram.phone(ACCOUNT)
    shown = Shown("1", "", [], utcnow(), {})
    await phone.presses(shown, Knob("怎么走", "", "https://example.org/"))
    assert telegram.waiting == []
