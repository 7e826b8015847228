"""A WeChat Work channel between the product's half and the vendor's fake, with a clock to move."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from pydantic import SecretStr

from channels.wecom import WecomChannel
from channels.wecom.envelope import Forged, echoed, opened
from channels.wecom.parse import parse
from core.card import Action, Card, Field
from core.event import Arrival
from core.ports import Outgoing
from core.settings import Wecom
from ops.fakes.wecom import FakeWecom, LossyTransport, create_app

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
TOKEN = "tok-{:020d}"


class Clock:
    """The time of a test."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def passes(self, **span: float) -> None:
        """Move on."""
        self.now += timedelta(**span)


class Tokens:
    """Access tokens in memory: one per name, renewed when it is over or stale."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[str, datetime]] = {}
        self.fetched = 0

    async def token(
        self, name: str, fetch: Callable[[], Awaitable[tuple[str, int]]], *, stale: str = ""
    ) -> str:
        """Return a token that is not `stale`."""
        token, until = self._kept.get(name, ("", self._clock()))
        if token in {"", stale} or until <= self._clock():
            token, seconds = await fetch()
            self.fetched += 1
            self._kept[name] = token, self._clock() + timedelta(seconds=seconds)
        return token


@dataclass
class Stand:
    """The channel, the vendor, and what the channel heard."""

    clock: Clock
    fake: FakeWecom
    channel: WecomChannel
    tokens: Tokens
    http: httpx.AsyncClient
    heard: list[Arrival] = field(default_factory=list)


def settings_of(fake: FakeWecom) -> Wecom:
    """Configure the application as the vendor's console shows it."""
    return Wecom(
        corp_id=fake.corp_id,
        agent_id=fake.agent_id,
        secret=SecretStr(fake.secret),
        token=SecretStr(fake.token),
        aes_key=SecretStr(fake.aes_key),
        api_base="http://wecom.test",
    )


def stand() -> Stand:
    """Put a company with two members opposite the channel."""
    clock = Clock()
    heard: list[Arrival] = []

    async def post(
        method: str, _path: str, query: dict[str, str], _headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        try:
            if method == "GET":
                return 200, echoed(settings, query, now=clock()).encode()
            heard.extend(parse(opened(settings, query, body, now=clock()), clock()))
        except Forged:
            return 403, b""
        return 200, b""

    fake = FakeWecom(clock=clock, post=post, members={"WangFang", "lisi"})
    settings = settings_of(fake)
    tokens = Tokens(clock)
    http = httpx.AsyncClient(transport=LossyTransport(create_app(fake)))
    channel = WecomChannel(settings, tokens, http, clock=clock)
    return Stand(clock, fake, channel, tokens, http, heard)


def buttons(*labels: str) -> tuple[Action, ...]:
    """Make buttons with a token each."""
    return tuple(
        Action(f"ticket.{n}", label, token=TOKEN.format(n)) for n, label in enumerate(labels)
    )


def alarm(*labels: str, **more: Any) -> Card:
    """Make a worker's card of an alarm."""
    whole: dict[str, Any] = {
        "key": "ticket:1",
        "title": "烟雾报警：3幢2单元501",
        "summary": "请马上接单，上门查看。",
        "fields": (Field("地点", "3幢2单元501室"), Field("住户", "王建国")),
        "actions": buttons(*(labels or ("接单", "转派"))),
        "tone": "danger",
    }
    return Card(**{**whole, **more})


def outgoing(
    card: Card, to: str = "WangFang", reference: str = "m1", lang: str = "zh-CN"
) -> Outgoing:
    """Address a card."""
    return Outgoing(to=to, card=card, lang=lang, reference=reference)
