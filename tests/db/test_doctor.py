"""python -m ops doctor: each thing that can be set wrong is named, with what to do about it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI, Request, Response
from pydantic import SecretStr

from bot.app import create_app
from core.clock import utcnow
from core.db import Database, Session, sql
from core.i18n import Translator
from core.settings import Asr, Ctwing, Frigate, Settings, Telegram, Wechat, Wecom
from ops import doctor
from ops.doctor import Finding
from ops.embedded import Urls
from ops.fakes import wechat, wecom
from ops.fakes.telegram import FakeTelegram
from ops.fakes.telegram_http import create_app as telegram_app
from ops.migrate import migrate
from services import readiness
from tests.channels.telegram_stage import SECRET as HOOK_SECRET
from tests.channels.telegram_stage import TOKEN as BOT_TOKEN
from tests.channels.telegram_stage import serving_app
from tests.channels.wechat_stage import AES_KEY, APPID, SECRET, TOKEN, nowhere
from tests.database import DATA_KEYS
from tests.repo.house import ROOT

PARTS = ("keys", "home", "database", "worker", "clock", "redis", "mqtt", "address",
         "wechat", "miniprogram", "wecom", "telegram", "ctwing", "onenet", "asr", "frigate")  # fmt: skip


def speech_app(key: str) -> FastAPI:
    """Serve transcriptions as OpenAI's interface has them, with its refusals."""
    app = FastAPI()

    @app.post("/v1/audio/transcriptions")
    async def hear(request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {key}":
            return Response(status_code=401)
        body = await request.body()
        if b"RIFF" not in body or b'name="model"' not in body:
            return Response(status_code=400)
        return Response(orjson.dumps({"text": ""}), media_type="application/json")

    return app


@dataclass
class House:
    """Everything that settings can name, running, and settings in which all is right."""

    settings: Settings
    wechat: wechat.WechatFake
    wecom: wecom.FakeWecom
    telegram: FakeTelegram
    bot: FastAPI

    async def examined(self, **changes: Any) -> list[Finding]:
        """Examine the settings with changes."""
        settings = self.settings.model_copy(update=changes)
        settings.__dict__.pop("keyring", None)
        transport = httpx.ASGITransport(app=self.bot)
        async with httpx.AsyncClient(transport=transport) as http:
            return [one async for one in doctor.examine(settings, Translator(), http)]

    async def complains(self, **changes: Any) -> dict[str, str]:
        """Map the parts that are broken to what is said of them."""
        found = await self.examined(**changes)
        return {one.part: one.says for one in found if one.state == "broken"}


@pytest.fixture
async def house(
    db: Database, db_url: str, urls: Urls, broker_url: str, tmp_path: Path
) -> AsyncIterator[House]:
    """Run the product, its servers, and a fake of every vendor."""
    async with _built(db, db_url, urls, broker_url, tmp_path) as built:
        yield built


async def _beat(session: Session) -> None:
    """Let all parts of a worker be heard."""
    for part in readiness.PARTS:
        await readiness.beat(session, part, now=utcnow())


@asynccontextmanager
async def _built(
    db: Database, db_url: str, urls: Urls, broker_url: str, home: Path
) -> AsyncIterator[House]:
    await asyncio.to_thread(home.chmod, 0o700)
    await migrate(db_url)
    await db.run(_beat)
    account, company = (
        wechat.WechatFake(
            appid=APPID, secret=SECRET, token=TOKEN, aes_key=AES_KEY, clock=utcnow, post=nowhere,
            kind="service", as_json=False,
        ),
        wecom.FakeWecom(clock=utcnow, post=nowhere, members={"lisi"}),
    )  # fmt: skip
    robot = FakeTelegram(BOT_TOKEN, utcnow)
    async with (
        serving_app(wechat.create_app(account)) as at_wechat,
        serving_app(wecom.create_app(company)) as at_wecom,
        serving_app(telegram_app(robot)) as at_telegram,
        serving_app(speech_app("k")) as at_speech,
    ):
        settings = Settings(
            home=home, database_url=db_url, redis_url=urls.redis, mqtt_url=broker_url,
            base_url="https://linling.test", secret_key=SecretStr("test"),
            data_keys=SecretStr(DATA_KEYS),
            wechat=Wechat(
                appid=APPID, secret=SecretStr(SECRET), token=SecretStr(TOKEN),
                aes_key=SecretStr(AES_KEY), api_base=at_wechat,
            ),
            wecom=Wecom(
                corp_id=company.corp_id, agent_id=company.agent_id,
                secret=SecretStr(company.secret), token=SecretStr(company.token),
                aes_key=SecretStr(company.aes_key), api_base=at_wecom,
            ),
            telegram=Telegram(
                token=SecretStr(BOT_TOKEN), api_base=at_telegram, mode="webhook",
                webhook_secret=SecretStr(HOOK_SECRET),
            ),
            ctwing=Ctwing(token=SecretStr("a-push-token")),
            asr=Asr(base_url=f"{at_speech}/v1", api_key=SecretStr("k"), model="m"),
        )  # fmt: skip
        await robot.call("setWebhook", {"url": "https://linling.test/telegram"})
        bot = create_app(settings)
        yield House(settings, account, company, robot, bot)
        await bot.state.stack.db.aclose()
        await bot.state.stack.bus.aclose()
        for channel in bot.state.stack.channels.values():
            if hasattr(channel, "aclose"):
                await channel.aclose()


needs_broker = pytest.mark.needs_system("mosquitto")


@needs_broker
async def test_all_well_is_said_and_what_is_off_too(house: House) -> None:
    """One line a part; a mini-program or a platform that nobody wants is no fault."""
    found = await house.examined()
    assert [one for one in found if one.state == "broken"] == []
    assert {one.part for one in found} == set(PARTS)
    assert [one.part for one in found if one.state == "off"] == [
        "miniprogram", "onenet", "frigate",
    ]  # fmt: skip
    assert house.telegram.webhook.url == "https://linling.test/telegram"


@needs_broker
async def test_a_wrong_secret_is_named(house: House) -> None:
    """Each vendor's own, although a token got by the old one is still in the database."""
    wrong = SecretStr("wrong")
    said = await house.complains(
        wechat=house.settings.wechat.model_copy(update={"secret": wrong}),
        wecom=house.settings.wecom.model_copy(update={"secret": wrong}),
        telegram=house.settings.telegram.model_copy(update={"token": SecretStr("1:wrong")}),
        asr=house.settings.asr.model_copy(update={"api_key": wrong}),
    )
    assert set(said) == {"wechat", "wecom", "telegram", "asr"}
    assert "AppSecret" in said["wechat"]
    assert "SECRET" in said["wecom"]
    assert "BotFather" in said["telegram"]
    assert "LINLING_ASR__API_KEY" in said["asr"]


@needs_broker
async def test_an_address_that_is_not_white_listed_is_named(house: House) -> None:
    """The commonest fault of a first installation."""
    house.wechat.allowed = False
    house.wecom.knows_address = False
    said = await house.complains()
    assert set(said) == {"wechat", "wecom"}
    assert "白名单" in said["wechat"]
    assert "可信IP" in said["wecom"]


@needs_broker
async def test_a_webhook_that_was_never_set_is_named(house: House) -> None:
    """Telegram would keep every message for itself."""
    await house.telegram.call("deleteWebhook", {})
    said = await house.complains()
    assert set(said) == {"telegram"}
    assert "LINLING_TELEGRAM__MODE" in said["telegram"]


@needs_broker
async def test_a_callback_that_leads_nowhere_is_named(house: House) -> None:
    """A bot that was started before the settings were made has no such address."""
    house.bot = FastAPI()
    said = await house.complains()
    assert set(said) == {"address", "wechat", "wecom", "ctwing"}
    assert "https://linling.test/wecom" in said["wecom"]


@needs_broker
async def test_what_the_house_itself_lacks_is_named(house: House, tmp_path: Path) -> None:
    """Keys, folder, addresses; half a channel, and an endpoint that hears nothing."""
    await asyncio.to_thread(house.settings.home.chmod, 0o755)
    said = await house.complains(
        data_keys=SecretStr(""), redis_url="redis://127.0.0.1:1/0", mqtt_url="",
        base_url="http://linling.test", miniprogram=Wechat(appid="wx1"),
        asr=Asr(base_url=house.settings.asr.base_url.removesuffix("/v1")),
        frigate=Frigate(base_url="http://127.0.0.1:1"),
    )  # fmt: skip
    assert set(said) == {
        "keys",
        "home",
        "redis",
        "mqtt",
        "address",
        "miniprogram",
        "asr",
        "frigate",
    }
    assert "chmod 700" in said["home"]
    assert "LINLING_MQTT_URL" in said["mqtt"]
    assert "LINLING_MINIPROGRAM__" in said["miniprogram"]
    assert "/v1" in said["asr"]
    gone = await house.complains(
        home=tmp_path / "none", database_url="postgresql+asyncpg://nobody@127.0.0.1:1/none"
    )
    assert set(gone) == {"home", "database"}


@needs_broker
async def test_an_old_database_and_a_silent_worker_are_named(house: House, db: Database) -> None:
    """After an update without `migrate`, or with a worker that died."""
    await db.run(lambda s: s.execute(sql("DELETE FROM heartbeat WHERE name = 'outbox'")))
    assert "outbox" in (await house.complains())["worker"]
    await db.run(lambda s: s.execute(sql("UPDATE alembic_version SET version_num = '0001'")))
    assert "migrate" in (await house.complains())["database"]


def test_the_command_ends_with_1_when_something_is_broken(tmp_path: Path) -> None:
    """A script can ask it; on a machine without settings nothing is started, no key is made."""
    bare = {key: value for key, value in os.environ.items() if not key.startswith("LINLING_")}
    ended = subprocess.run(
        [sys.executable, "-m", "ops", "doctor", "--json", "--lang", "en"],
        cwd=ROOT, env={**bare, "LINLING_HOME": str(tmp_path / "home")}, capture_output=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 1, ended.stderr
    said = orjson.loads(ended.stdout)
    states = {one["part"]: one["state"] for one in said["findings"]}
    assert not said["well"]
    assert states["database"] == "broken"
    assert states["telegram"] == "off"
    assert not (tmp_path / "home").exists()
