"""The vendors of the demo: keys that were made up, fakes that keep the rules, phones to look at."""

import asyncio
import json
import os
import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from core.clock import utcnow
from core.settings import Settings, Telegram, Wechat, Wecom
from ops.fakes import frigate, server, telegram, telegram_http, wechat, wecom
from ops.fakes.hands import Owner
from ops.fakes.phone import Phone, Post
from ops.seed import data
from ops.stack import updated

KEPT = "fakes.json"
VENDORS = ("wechat", "wecom", "telegram")
PLATFORMS = ("ctwing", "onenet")
RECORDER = "frigate"
_UNSET = {"wechat": Wechat(), "wecom": Wecom(), "telegram": Telegram()}
# The last of 43 characters of base64 holds four bits: these leave the other two empty.
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_LAST_DIGITS = "AEIMQUYcgkosw048"


def with_fakes(settings: Settings, port: int) -> Settings:
    """Point each vendor of which the environment says nothing at its fake on this port.

    Their keys are kept in HOME/fakes.json, made at first use. In a region that forbids Telegram
    there is none.
    """
    missing = [name for name in VENDORS if getattr(settings, name) == _UNSET[name]]
    if settings.region.strip().lower() == "cn-gov":
        missing = [name for name in missing if name != "telegram"]
    if not missing:
        return settings
    url, kept = f"http://127.0.0.1:{port}", _kept(settings)
    made = {name: {**kept[name], "api_base": f"{url}/{name}"} for name in missing}
    if not settings.frigate.base_url:
        made[RECORDER] = {"base_url": f"{url}/{RECORDER}"}
    return updated(settings, phones_url=f"{url}/", **made)


def with_pushes(settings: Settings) -> Settings:
    """Let the device platforms push with secrets of our own making, kept beside the others."""
    kept = _kept(settings)
    made = {name: kept[name] for name in PLATFORMS if not getattr(settings, name).on}
    return updated(settings, **made)


def faked(settings: Settings) -> list[str]:
    """Name the vendors whose interface is one of our fakes."""
    url = settings.phones_url
    return [name for name in VENDORS if url and getattr(settings, name).api_base == url + name]


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(settings: Settings, port: int, product: str) -> None:
    """Serve the fakes and the phones until SIGTERM or SIGINT.

    Nothing is kept, so a signal ends it at once: a question for updates may hang for half a minute.
    """
    client = httpx.AsyncClient(base_url=product, trust_env=False)
    vendors, owners = {}, []
    for name in faked(settings):
        vendors[name], owner = _MADE[name](settings, server.posting(client))
        owners.append(owner)
    recorder = frigate.FakeFrigate()
    if settings.frigate.base_url == f"{settings.phones_url}{RECORDER}":
        vendors[RECORDER] = frigate.create_app(recorder)
    app = server.create_app(vendors, owners, timezone=settings.timezone)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)

    async def serve() -> None:
        listening = None
        if RECORDER in vendors and settings.mqtt_url:
            listening = asyncio.create_task(frigate.listen(recorder, settings.mqtt_url))
        await uvicorn.Server(config)._serve()  # noqa: SLF001  serve() would catch the signals
        if listening is not None:
            listening.cancel()

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())


def _wechat(settings: Settings, post: Post) -> tuple[FastAPI, Owner]:
    mine, about = settings.wechat, data.demo("phones")["wechat"]
    fake = wechat.WechatFake(
        appid=mine.appid, secret=mine.secret.get_secret_value(), clock=utcnow, post=post,
        token=mine.token.get_secret_value(), aes_key=mine.aes_key.get_secret_value(), begun=_begun(),
    )  # fmt: skip
    fake.templates[mine.alarm_template] = data.demo("phones")["alarm_template"]
    return wechat.create_app(fake), _owner("wechat", about, fake.knows(about["account"]))


def _wecom(settings: Settings, post: Post) -> tuple[FastAPI, Owner]:
    mine, about = settings.wecom, data.demo("phones")["wecom"]
    fake = wecom.FakeWecom(
        clock=utcnow, post=post, members={about["account"]}, corp_id=mine.corp_id,
        agent_id=mine.agent_id, secret=mine.secret.get_secret_value(),
        token=mine.token.get_secret_value(), aes_key=mine.aes_key.get_secret_value(),
    )  # fmt: skip
    return wecom.create_app(fake), _owner("wecom", about, fake.phone(about["account"]))


def _telegram(settings: Settings, post: Post) -> tuple[FastAPI, Owner]:
    mine, about = settings.telegram, data.demo("phones")["telegram"]
    fake = telegram.FakeTelegram(
        mine.token.get_secret_value(), clock=utcnow, post=post, begun=_begun()
    )
    phone = fake.phone(about["account"], name=about["name"])
    phone.met = True
    return telegram_http.create_app(fake), _owner("telegram", about, phone)


_MADE = {"wechat": _wechat, "wecom": _wecom, "telegram": _telegram}


def _owner(channel: str, about: Mapping[str, Any], phone: Phone) -> Owner:
    lat, lon = about["place"]
    return Owner(channel, about["name"], phone, (lat, lon))


def _begun() -> int:
    """Return the present second: a fake that numbers from it on repeats no earlier one."""
    return int(utcnow().timestamp())


def _kept(settings: Settings) -> dict[str, dict[str, Any]]:
    path = settings.home / KEPT
    if not path.exists():
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(_made_up(), file, indent=1)
    found: dict[str, dict[str, Any]] = json.loads(path.read_text())
    if not found.keys() >= {*VENDORS, *PLATFORMS}:  # of an earlier version
        found = _made_up() | found
        path.write_text(json.dumps(found, indent=1))
    return found


def _made_up() -> dict[str, dict[str, Any]]:
    return {
        "wechat": {
            "appid": f"wx{secrets.token_hex(8)}", "secret": secrets.token_hex(16),
            "token": secrets.token_hex(16), "aes_key": _aes_key(),
            "alarm_template": secrets.token_urlsafe(32),
        },
        "wecom": {
            "corp_id": f"ww{secrets.token_hex(8)}", "agent_id": 1_000_002,
            "secret": secrets.token_urlsafe(32), "token": secrets.token_hex(16),
            "aes_key": _aes_key(),
        },
        "telegram": {
            "token": f"{secrets.randbelow(9 * 10**9) + 10**9}:{secrets.token_urlsafe(26)}",
            "mode": "polling",
        },
        "ctwing": {"token": secrets.token_hex(16)},
        "onenet": {"token": secrets.token_hex(16)},
    }  # fmt: skip


def _aes_key() -> str:
    """Make an EncodingAESKey: 43 letters and digits that are the base64 of 32 bytes."""
    return "".join(secrets.choice(_DIGITS) for _ in range(42)) + secrets.choice(_LAST_DIGITS)
