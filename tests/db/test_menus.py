"""`python -m ops menus` against the fake, over HTTP as it runs."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from pydantic import SecretStr

from channels.wechat.menu import menu
from core.clock import utcnow
from core.db import Database
from core.i18n import LANGUAGES, Translator
from core.settings import Settings, Wechat
from ops import menus
from ops.fakes.wechat import WechatFake, create_app
from tests.channels.telegram_stage import serving_app
from tests.channels.wechat_stage import AES_KEY, APPID, SECRET, TOKEN, nowhere

LANG = LANGUAGES[0]


@pytest.fixture
def fake() -> WechatFake:
    """Open an account at WeChat without a menu."""
    return WechatFake(
        appid=APPID, secret=SECRET, token=TOKEN, aes_key=AES_KEY, clock=utcnow, post=nowhere
    )


@pytest.fixture
async def settings(db: Database, db_url: str, fake: WechatFake) -> AsyncIterator[Settings]:
    """Configure the account."""
    async with serving_app(create_app(fake)) as base:
        account = Wechat(
            appid=APPID, secret=SecretStr(SECRET), token=SecretStr(TOKEN),
            aes_key=SecretStr(AES_KEY), api_base=base,
        )  # fmt: skip
        yield Settings(database_url=db_url, wechat=account)


async def pushed(settings: Settings, **how: Any) -> tuple[int, str]:
    """Run the command beside this loop, in which the fake answers."""
    return await asyncio.to_thread(menus.run, settings, LANG, **{"dry_run": False, **how})


async def test_the_menu_is_pushed(settings: Settings, fake: WechatFake) -> None:
    """The fake holds it against WeChat's limits; one line says what was done."""
    code, says = await pushed(settings)
    assert (code, fake.menu) == (0, menu(Translator(LANG)))
    assert says.startswith("菜单已推送，3 个按钮")
    assert "\n" not in says


async def test_a_dry_run_pushes_nothing(settings: Settings, fake: WechatFake) -> None:
    """It shows what would be pushed."""
    code, says = await pushed(settings, dry_run=True)
    assert (code, orjson.loads(says), fake.menu) == (0, menu(Translator(LANG)), [])


async def test_without_a_service_account_it_says_so() -> None:
    """Exit code 1, and the setting to fill in."""
    code, says = await pushed(Settings(wechat=Wechat()))
    assert code == 1
    assert "LINLING_WECHAT__APPID" in says


async def test_a_refusal_is_said(settings: Settings, fake: WechatFake) -> None:
    """An address that is not on the white list."""
    fake.allowed = False
    code, says = await pushed(settings)
    assert (code, fake.menu) == (1, [])
    assert says
    assert "halted-" not in says
