"""Look at the real settings and say in plain words what works, what does not, and what to do."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Literal, Protocol

import aiomqtt
import httpx
from sqlalchemy.exc import SQLAlchemyError

from channels.recorder import Recorder
from channels.registry import vendors
from channels.speech import Speech
from core.bus import RedisBus
from core.clock import utcnow
from core.db import Database, sql
from core.i18n import Translator
from core.mqtt import address
from core.settings import MissingKeysError, Settings
from services import readiness

WAIT_S = 8.0
_FREE_GB = 2
_SKEW_S = 2.0
_STALE = timedelta(seconds=30)
_SECTIONS = ("wechat", "miniprogram", "wecom", "telegram")
# Channels whose vendor calls an address of ours that its console has to know.
_PUSHES = ("ctwing", "onenet")
_CALLED_BACK = frozenset({"wechat", "miniprogram", "wecom"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: which part, how it is, and what that means or what to do about it."""

    part: str
    state: Literal["ok", "broken", "off"]
    says: str


class _Probing(Protocol):
    """A channel that can tell whether its vendor would take messages."""

    async def probe(self) -> list[tuple[str, bool, str]]:
        """List what was tried, whether it is well, the key of what to do."""

    async def aclose(self) -> None:
        """Give the connections back."""


class _NewTokens:
    """Tokens that are always asked for: one kept from before would hide a changed secret."""

    async def token(
        self, name: str, fetch: Callable[[], Awaitable[tuple[str, int]]], *, stale: str = ""
    ) -> str:
        """Get a new token."""
        del name, stale
        return (await fetch())[0]


def run(settings: Settings, lang: str, *, as_json: bool, say: Callable[[str], None]) -> int:
    """Say a line for each finding as it comes; returns 1 when something is broken."""
    t = Translator(lang)
    words = {"ok": t("doctor-ok"), "broken": t("doctor-broken"), "off": t("doctor-off")}

    async def work() -> list[Finding]:
        found = []
        async with httpx.AsyncClient(trust_env=False) as http:
            async for one in examine(settings, t, http):
                found.append(one)
                if not as_json:
                    say(f"{words[one.state]}  {one.says}")
        return found

    findings = asyncio.run(work())
    well = all(one.state != "broken" for one in findings)
    if as_json:
        said = {"well": well, "findings": [asdict(one) for one in findings]}
        say(json.dumps(said, ensure_ascii=False))
    return 0 if well else 1


async def examine(
    settings: Settings, t: Translator, http: httpx.AsyncClient
) -> AsyncIterator[Finding]:
    """Yield a finding for each part; changes nothing and sends nobody anything.

    `http` asks our own public address, as a vendor would.
    """
    yield _keys(settings, t)
    yield _home(settings, t)
    async for one in _database(settings, t):
        yield one
    yield await _redis(settings, t)
    yield await _mqtt(settings, t)
    yield await _base(settings, t, http)
    for name in _SECTIONS:
        async for one in _channel(settings, name, t, http):
            yield one
    for name in _PUSHES:
        yield await _push(settings, name, t, http)
    yield await _speech(settings, t)
    yield await _recorder(settings, t)


def _keys(settings: Settings, t: Translator) -> Finding:
    try:
        _ = settings.keyring
    except MissingKeysError:
        return Finding("keys", "broken", t("doctor-keys-missing"))
    except ValueError:
        return Finding("keys", "broken", t("doctor-keys-unreadable"))
    return Finding("keys", "ok", t("doctor-keys-ok"))


def _home(settings: Settings, t: Translator) -> Finding:
    path = str(settings.home.resolve())
    if not settings.home.is_dir():
        return Finding("home", "broken", t("doctor-home-missing", path=path))
    if settings.home.stat().st_mode & 0o077:
        return Finding("home", "broken", t("doctor-home-open", path=path))
    free = shutil.disk_usage(settings.home).free // 10**9
    key = "doctor-home-full" if free < _FREE_GB else "doctor-home-ok"
    return Finding("home", "broken" if free < _FREE_GB else "ok", t(key, path=path, free=free))


async def _database(settings: Settings, t: Translator) -> AsyncIterator[Finding]:
    if not settings.database_url:
        yield Finding("database", "broken", t("doctor-address", name="LINLING_DATABASE_URL"))
        return
    db = Database(settings.database_url)
    try:
        async with asyncio.timeout(WAIT_S), db.reading() as session:
            there = (await session.execute(sql("SELECT clock_timestamp()"))).scalar_one()
            skew = abs((utcnow() - there).total_seconds())
            lacking = await readiness.missing(session, now=utcnow(), stale=_STALE)
    except (SQLAlchemyError, OSError, ValueError):
        yield Finding("database", "broken", t("doctor-database-silent"))
        return
    finally:
        await db.aclose()
    if {"migration", "seed"} & set(lacking):
        yield Finding("database", "broken", t("doctor-database-old"))
    else:
        yield Finding("database", "ok", t("doctor-database-ok"))
        parts = ", ".join(lacking)
        yield (
            Finding("worker", "broken", t("doctor-worker-silent", parts=parts))
            if lacking
            else Finding("worker", "ok", t("doctor-worker-ok"))
        )
    yield (
        Finding("clock", "ok", t("doctor-clock-ok"))
        if skew <= _SKEW_S
        else Finding("clock", "broken", t("doctor-clock-wrong", seconds=round(skew)))
    )


async def _redis(settings: Settings, t: Translator) -> Finding:
    if not settings.redis_url:
        return Finding("redis", "broken", t("doctor-address", name="LINLING_REDIS_URL"))
    try:
        bus = RedisBus(settings.redis_url)
    except ValueError:
        return Finding("redis", "broken", t("doctor-redis-silent"))
    try:
        async with asyncio.timeout(WAIT_S):
            well = await bus.ping()
    except TimeoutError:
        well = False
    finally:
        await bus.aclose()
    if well:
        return Finding("redis", "ok", t("doctor-redis-ok"))
    return Finding("redis", "broken", t("doctor-redis-silent"))


async def _mqtt(settings: Settings, t: Translator) -> Finding:
    if not settings.mqtt_url:
        return Finding("mqtt", "broken", t("doctor-address", name="LINLING_MQTT_URL"))
    try:
        async with asyncio.timeout(WAIT_S), aiomqtt.Client(**address(settings.mqtt_url)):
            return Finding("mqtt", "ok", t("doctor-mqtt-ok"))
    except (aiomqtt.MqttError, OSError, ValueError):
        return Finding("mqtt", "broken", t("doctor-mqtt-silent"))


async def _base(settings: Settings, t: Translator, http: httpx.AsyncClient) -> Finding:
    if not settings.base_url:
        return Finding("address", "broken", t("doctor-address", name="LINLING_BASE_URL"))
    if not settings.base_url.startswith("https://") and not settings.demo:
        return Finding("address", "broken", t("doctor-base-plain", url=settings.base_url))
    if await _status(http, settings.base_url, "/healthz") != httpx.codes.OK:
        return Finding("address", "broken", t("doctor-base-silent", url=settings.base_url))
    return Finding("address", "ok", t("doctor-base-ok", url=settings.base_url))


async def _channel(
    settings: Settings, name: str, t: Translator, http: httpx.AsyncClient
) -> AsyncIterator[Finding]:
    section = getattr(settings, name)
    title, prefix = t(f"channel-{name}"), f"LINLING_{name.upper()}__"
    if not section.on:
        half = section != type(section)()
        key = "doctor-channel-half" if half else "doctor-channel-off"
        yield Finding(name, "broken" if half else "off", t(key, channel=title, prefix=prefix))
        return
    try:
        (channel,) = vendors(_alone(settings, name), _NewTokens())
    except (RuntimeError, ValueError) as error:
        yield Finding(name, "broken", f"{title}: {error}")
        return
    troubles = await _troubles(channel, t)
    for words in troubles:
        yield Finding(name, "broken", words or t("doctor-channel-silent", channel=title))
    if not troubles:
        yield Finding(name, "ok", t("doctor-channel-ok", channel=title))
    if name in _CALLED_BACK and settings.base_url:
        url = f"{settings.base_url.rstrip('/')}/{name}"
        # Unsigned, so the route that is there refuses it; one that is off is not found.
        if await _status(http, settings.base_url, f"/{name}") != httpx.codes.FORBIDDEN:
            yield Finding(name, "broken", t("doctor-callback-silent", channel=title, url=url))
        else:
            yield Finding(name, "ok", t("doctor-callback-ok", channel=title, url=url))


async def _troubles(channel: object, t: Translator) -> list[str]:
    """Ask a channel's vendor; list what to do, an empty text for a fault that has no words."""
    probing: _Probing = channel  # type: ignore[assignment]
    try:
        found = await probing.probe()
    except Exception:  # noqa: BLE001  a doctor goes on to the next part
        return [""]
    finally:
        await probing.aclose()
    return [_advice(key, t) for _, well, key in found if not well]


def _advice(key: str, t: Translator) -> str:
    """Say what a probe advises: why a channel would rest, or what it found besides."""
    kind, _, cause = key.partition("-")
    return t(f"halted-{cause}") if kind == "halted" else t(f"text-{cause}")


def _alone(settings: Settings, name: str) -> Settings:
    """Return settings in which no other vendor is on."""
    others = {one: type(getattr(settings, one))() for one in _SECTIONS if one != name}
    return settings.model_copy(update=others)


async def _push(settings: Settings, name: str, t: Translator, http: httpx.AsyncClient) -> Finding:
    """Knock without the secret: the route that is there refuses, one that is off is not found."""
    title = t(f"platform-{name}")
    if not getattr(settings, name).on:
        token = f"LINLING_{name.upper()}__TOKEN"
        return Finding(name, "off", t("doctor-push-off", platform=title, name=token))
    url = f"{settings.base_url.rstrip('/')}/ingest/{name}"
    found = await _status(http, settings.base_url, f"/ingest/{name}", method="POST")
    if not settings.base_url or found != httpx.codes.FORBIDDEN:
        return Finding(name, "broken", t("doctor-push-silent", platform=title, url=url))
    return Finding(name, "ok", t("doctor-push-ok", platform=title, url=url))


async def _speech(settings: Settings, t: Translator) -> Finding:
    if not settings.asr.base_url:
        return Finding("asr", "off", t("doctor-asr-off"))
    speech = Speech(settings.asr)
    try:
        ((_, well, key),) = await speech.probe()
    finally:
        await speech.aclose()
    if not well:
        return Finding("asr", "broken", _advice(key, t))
    return Finding("asr", "ok", t("doctor-asr-ok"))


async def _recorder(settings: Settings, t: Translator) -> Finding:
    url = settings.frigate.base_url
    if not url:
        return Finding("frigate", "off", t("doctor-frigate-off"))
    recorder = Recorder(settings.frigate)
    try:
        if not await recorder.answers():
            return Finding("frigate", "broken", t("doctor-frigate-silent", url=url))
    finally:
        await recorder.aclose()
    return Finding("frigate", "ok", t("doctor-frigate-ok"))


async def _status(http: httpx.AsyncClient, base: str, path: str, *, method: str = "GET") -> int:
    """Ask our own address; 0 when nothing answers."""
    try:
        return (await http.request(method, base.rstrip("/") + path, timeout=WAIT_S)).status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        return 0
