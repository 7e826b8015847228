"""A service account or a mini-program on the fake: what the WeChat tests share."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import SecretStr

from channels.miniprogram import MiniprogramChannel
from channels.wechat import WechatChannel
from core.card import Action, Card, Field
from core.clock import utcnow
from core.ports import Outgoing
from core.settings import Wechat
from ops.fakes.transport import Wire
from ops.fakes.wechat import WechatFake, create_app

APPID, SECRET, TOKEN = "wx5823bf96d3bd56c7", "a-secret", "a-token"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
ALARM = "{{thing1.DATA}}\n地点:{{thing2.DATA}}\n时间:{{time3.DATA}}\n状态:{{phrase4.DATA}}\n工单号:{{character_string5.DATA}}"
NOTICE = "事项:{{thing1.DATA}}\n时间:{{time2.DATA}}"
CARD = Card(
    key="ticket:1",
    title="烟雾报警：3幢2单元501",
    summary="请马上接单，上门查看。",
    fields=(Field("地点", "3幢2单元501"), Field("工单号", "7")),
    actions=(
        Action("ticket.ack", "接单", "primary", token="a" * 24),
        Action("call", "拨打 119", "danger", url="tel:119"),
        Action("map", "地图", url="https://example.org/m?x=1"),
        Action("ticket.transfer", "转派", token="b" * 24),
    ),
    tone="danger",
    ticket="1",
)


class OneProcessTokens:
    """The Tokens port in memory; it keeps a token until it is called stale or its life ends."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.fetched = 0

    async def token(self, name: str, fetch: Any, *, stale: str = "") -> str:
        """Return the kept token unless it is stale."""
        if self.kept.get(name, "") in {"", stale}:
            self.fetched += 1
            self.kept[name], _ = await fetch()
        return self.kept[name]


@dataclass
class Time:
    """A clock that tests move."""

    now: datetime

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def passes(self, **span: float) -> None:
        """Move on."""
        self.now += timedelta(**span)


async def nowhere(*_: Any) -> tuple[int, bytes]:
    """Stand for the product where only the fake's interface is asked."""
    return 200, b"success"


class Stage:
    """The fake, a channel that speaks to it, and a clock."""

    def __init__(self, kind: Any = "service", post: Any = nowhere, **more: Any) -> None:
        aes_key = more.pop("aes_key", AES_KEY)
        self.time = more.pop("time", None) or Time(utcnow())
        self.fake = WechatFake(
            appid=APPID, secret=SECRET, token=TOKEN, aes_key=aes_key, clock=self.time, post=post,
            kind=kind, as_json=more.pop("as_json", False),
        )  # fmt: skip
        self.fake.templates["T-alarm"] = ALARM
        self.fake.notices["T-notice"] = NOTICE
        self.wire = Wire(create_app(self.fake))
        self.tokens = OneProcessTokens()
        self.settings = Wechat(
            appid=APPID, secret=SecretStr(SECRET), token=SecretStr(TOKEN),
            aes_key=SecretStr(aes_key), **more,
        )  # fmt: skip
        http = httpx.AsyncClient(transport=self.wire)
        made = WechatChannel if kind == "service" else MiniprogramChannel
        self.channel: Any = made(self.settings, self.tokens, http)

    async def sends(self, card: Card = CARD, *, to: str = "o1", **more: Any) -> dict[str, Any]:
        """Send a card."""
        message = Outgoing(
            to, card, more.pop("lang", "zh-CN"), more.pop("reference", "r-1"), **more
        )
        receipt: dict[str, Any] = await self.channel.send(message)
        return receipt
