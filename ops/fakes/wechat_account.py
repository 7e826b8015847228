"""WeChat, for a service account or a mini-program: its tokens, windows, consents and pushes.

It holds everything in memory, refuses what WeChat refuses with WeChat's own codes, and brings each
push to the product up to three times.
"""

import itertools
import secrets
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import orjson

from ops.fakes.phone import Clock, Faults, Knob, Post, Shown
from ops.fakes.wechat_crypto import Crypto
from ops.fakes.wechat_phone import WechatPhone
from ops.fakes.wechat_push import SORRY, passive_text, written
from ops.fakes.wechat_rules import (
    Refused,
    Window,
    check_customer_message,
    check_menu,
    check_template,
)

ANSWER_WITHIN = timedelta(seconds=5)
ATTEMPTS = 3
TOKEN_LIFE, OLD_TOKEN_LIFE = timedelta(seconds=7200), timedelta(minutes=5)
FORCED_A_DAY, FORCED_APART = 20, timedelta(seconds=30)
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_RULES = {
    "service": {"message": (5, timedelta(hours=48)), "action": (3, timedelta(minutes=1))},
    "miniprogram": {"message": (5, timedelta(hours=48)), "action": (2, timedelta(minutes=1))},
}


class WechatFake:
    """One account at WeChat and the people who know it.

    Tests turn what is public: `allowed` (the white list), `menus` (test accounts refuse msgmenu),
    `daily_quota`, `lost_answers` (so many answers of the product do not arrive), `as_json`.
    `begun` is added to every message id: a fake that starts anew must not repeat an earlier one's.
    """

    def __init__(
        self, *, appid: str, secret: str, token: str, clock: Clock, post: Post, aes_key: str = "",
        kind: Literal["service", "miniprogram"] = "service", as_json: bool = False, begun: int = 0,
    ) -> None:  # fmt: skip
        self.appid, self.secret, self.aes_key = appid, secret, aes_key
        self.crypto = Crypto(appid, token, aes_key)
        self.clock, self.kind, self.as_json = clock, kind, as_json
        self.name = f"gh_{appid}"
        self.faults = Faults()
        self.record: list[dict[str, Any]] = []
        self.refusals: Counter[int] = Counter()
        self.templates: dict[str, str] = {}
        self.notices: dict[str, str] = {}
        self.consents: Counter[tuple[str, str]] = Counter()
        self.files: dict[str, bytes] = {}
        self.unions: dict[str, str] = {}
        self.menu: list[dict[str, Any]] = []
        self.scenes: dict[str, str] = {}
        self.deliveries: list[tuple[int, bytes]] = []
        self.allowed, self.menus = True, True
        self.daily_quota: int | None = None
        self.lost_answers = 0
        self._post = post
        self._phones: dict[str, WechatPhone] = {}
        self._windows: dict[str, Window] = {}
        self._tokens: dict[str, datetime] = {}
        self._forced: list[datetime] = []
        self._calls: Counter[str] = Counter()
        self._once: set[tuple[str, str]] = set()
        self._numbers = itertools.count(7_000_000_000_000_000_001 + begun)

    # --- people -------------------------------------------------------------------------------

    def phone(self, account: str) -> WechatPhone:
        """Return the phone of the person with this openid."""
        if account not in self._phones:
            self._phones[account] = WechatPhone(account, self)
        return self._phones[account]

    def knows(self, account: str) -> WechatPhone:
        """Let a person be a follower of long standing, who has written just now."""
        phone = self.phone(account)
        phone.following = True
        self._window(account).opened("message", self.clock())
        return phone

    def number(self) -> str:
        """Return the next message id."""
        return f"{next(self._numbers)}"

    async def push(self, account: str, contact: str, **fields: Any) -> None:
        """Bring to the product what a person did; show the passive reply, if one comes in time."""
        window = self._window(account)
        window.opened(contact, self.clock())
        if fields.get("Event") == "unsubscribe":
            window.shut()
        told = (
            self.kind == "miniprogram" and account in self.unions
        )  # a service account's says none
        union = {"UnionId": self.unions[account]} if told else {}
        stamp = int(self.clock().timestamp())
        body = {
            "ToUserName": self.name, "FromUserName": account, "CreateTime": stamp, **fields, **union,
        }  # fmt: skip
        for _ in range(ATTEMPTS):
            answer = await self._delivered(account, body)
            if answer is not None:
                self._show_passive(account, answer)
                return
        self.shows(account, SORRY, raw={"msgtype": "failed"})

    async def address_is_ours(self, path: str) -> bool:
        """Check the developer's address, as the console does when it is entered."""
        echo = secrets.token_hex(8)
        stamp, nonce = f"{int(self.clock().timestamp())}", secrets.token_hex(5)
        query = {
            "signature": self.crypto.signature(stamp, nonce),
            "timestamp": stamp, "nonce": nonce, "echostr": echo,
        }  # fmt: skip
        return await self._post("GET", path, query, {}, b"") == (200, echo.encode())

    async def _delivered(self, account: str, body: dict[str, Any]) -> bytes | None:
        """Deliver once; None when no answer came within five seconds."""
        query, sealed = written(self.crypto, body, now=self.clock(), as_json=self.as_json)
        sent = self.clock()
        kind = "application/json" if self.as_json else "text/xml"
        path = "/wechat" if self.kind == "service" else "/miniprogram"
        status, answer = await self._post(
            "POST", path, {**query, "openid": account}, {"content-type": kind}, sealed
        )
        self.deliveries.append((status, answer))
        if self.lost_answers:
            self.lost_answers -= 1
            return None
        return answer if status == 200 and self.clock() - sent <= ANSWER_WITHIN else None

    def _show_passive(self, account: str, answer: bytes) -> None:
        if answer in {b"", b"success"}:
            return
        if self.kind == "miniprogram":  # its pushes take no reply
            self.shows(account, SORRY, raw={"msgtype": "failed"})
            return
        try:
            text = passive_text(self.crypto, answer, to=account, by=self.name)
        except ValueError as error:
            self.shows(account, SORRY, raw={"msgtype": "failed", "why": str(error)})
            return
        self.shows(account, text, raw={"msgtype": "passive", "content": text})

    def shows(
        self, account: str, text: str, *, raw: dict[str, Any], knobs: list[Knob] | None = None
    ) -> None:
        """Put a message on a person's screen."""
        shown = Shown(self.number(), text, knobs or [], self.clock(), raw)
        self.phone(account).screen.append(shown)

    def _window(self, account: str) -> Window:
        return self._windows.setdefault(account, Window(dict(_RULES[self.kind])))

    # --- tokens -------------------------------------------------------------------------------

    def token(self, secret: str, appid: str, *, force: bool) -> dict[str, Any]:
        """Give out the stable token; a forced one leaves the old valid for five minutes."""
        if appid != self.appid:
            raise Refused(40013, "invalid appid")
        if secret != self.secret:
            raise Refused(40125, "invalid appsecret")
        if not self.allowed:
            raise Refused(40164, "invalid ip, not in whitelist")
        now = self.clock()
        if force:
            self._count_forced(now)
        newest = max(self._tokens.values(), default=now)
        if not force and newest - now > OLD_TOKEN_LIFE:
            token = next(one for one, end in self._tokens.items() if end == newest)
        else:
            token = self.rotate()
        left = int((self._tokens[token] - now).total_seconds())
        return {"access_token": token, "expires_in": left}

    def rotate(self) -> str:
        """Make a new token; the old ones live for five minutes more at most."""
        now = self.clock()
        self._tokens = {one: min(end, now + OLD_TOKEN_LIFE) for one, end in self._tokens.items()}
        token = secrets.token_hex(32)
        self._tokens[token] = now + TOKEN_LIFE
        return token

    def forget_tokens(self) -> None:
        """Void all tokens at once, as a change of the secret does."""
        self._tokens.clear()

    def _count_forced(self, now: datetime) -> None:
        day = [at for at in self._forced if now - at < timedelta(days=1)]
        if len(day) >= FORCED_A_DAY:
            raise Refused(45009, "reach max api daily quota limit")
        if day and now - day[-1] < FORCED_APART:
            raise Refused(45011, "api minute-quota reach limit, must slower, retry next minute")
        self._forced = [*day, now]

    def authorised(self, token: str) -> None:
        """Check a call's token and count it against the day."""
        if not token:
            raise Refused(41001, "access_token missing")
        if token not in self._tokens:
            raise Refused(40001, "invalid credential, access_token is invalid or not latest")
        if self._tokens[token] <= self.clock():
            raise Refused(42001, "access_token expired")
        if not self.allowed:
            raise Refused(40164, "invalid ip, not in whitelist")
        day = f"{self.clock().astimezone(_SHANGHAI):%F}"
        if self.daily_quota is not None and self._calls[day] >= self.daily_quota:
            raise Refused(45009, "reach max api daily quota limit")
        self._calls[day] += 1

    # --- what the product sends ---------------------------------------------------------------

    def customer_message(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take a customer-service message, within the person's window."""
        account = self._known(payload)
        check_customer_message(payload, menus=self.menus and self.kind == "service")
        self._window(account).spend(self.clock())
        if payload["msgtype"] == "text":
            text, knobs = payload["text"]["content"], []
        else:
            menu = payload["msgmenu"]
            text = f"{menu['head_content']}\n{menu['tail_content']}"
            knobs = [Knob(one["content"], one["id"]) for one in menu["list"]]
        self.shows(account, text, raw=payload, knobs=knobs)
        return self._accepted("custom", payload)

    def template_message(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take a template message: followers only, each client_msg_id once."""
        account = self._known(payload)
        if not self.phone(account).following:
            raise Refused(43004, "require subscribe")
        content = self.templates.get(payload["template_id"])
        if content is None:
            raise Refused(40037, "invalid template_id")
        check_template(content, payload["data"])
        once = (account, payload.get("client_msg_id", ""))
        if once[1] and once in self._once:
            return {"errcode": 0, "errmsg": "ok"}
        self._once.add(once)
        self._show_notice(account, content, payload, payload.get("url", ""))
        return self._accepted("template", payload)

    def notice(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take a 订阅通知: one for each consent."""
        account, template = self._known(payload), payload["template_id"]
        if template not in self.notices:
            raise Refused(40037, "invalid template_id")
        if not self.consents[account, template]:
            raise Refused(43101, "user refuse to accept the msg")
        check_template(self.notices[template], payload["data"])
        self.consents[account, template] -= 1
        self._show_notice(account, self.notices[template], payload, payload.get("page", ""))
        return self._accepted("notice", payload)

    def _show_notice(self, account: str, content: str, payload: dict[str, Any], link: str) -> None:
        for place, given in payload["data"].items():
            content = content.replace(f"{{{{{place}.DATA}}}}", given["value"])
        knobs = [Knob("details", "", link)] if link else []
        self.shows(account, content, raw=payload, knobs=knobs)

    def scene(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Make a code that carries a scene."""
        text = payload["action_info"]["scene"].get("scene_str", "")
        if payload["action_name"] != "QR_STR_SCENE" or not 1 <= len(text) <= 64:
            raise Refused(40053, "invalid action info")
        if not 1 <= payload.get("expire_seconds", 0) <= 2_592_000:
            raise Refused(40052, "invalid action name")
        ticket = secrets.token_urlsafe(24)
        self.scenes[ticket] = text
        url = f"http://weixin.qq.com/q/{ticket}"
        return {"ticket": ticket, "expire_seconds": payload["expire_seconds"], "url": url}

    def new_menu(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take a menu."""
        check_menu(payload["button"])
        self.menu = payload["button"]
        return {"errcode": 0, "errmsg": "ok"}

    def user(self, account: str) -> dict[str, Any]:
        """Tell about a person; who left is told nothing of."""
        self._known({"touser": account})
        if not self.phone(account).following:
            return {"subscribe": 0, "openid": account}
        union = {"unionid": self.unions[account]} if account in self.unions else {}
        return {"subscribe": 1, "openid": account, "language": "zh_CN", **union}

    def _known(self, payload: dict[str, Any]) -> str:
        account = str(payload.get("touser", ""))
        if account not in self._phones:
            raise Refused(40003, "invalid openid")
        return account

    def _accepted(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        self.record.append({"kind": kind, **payload})
        return {"errcode": 0, "errmsg": "ok", "msgid": int(self.number())}

    def answered(self, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Do a call's work; what is refused becomes an error code."""
        try:
            return work()
        except Refused as refusal:
            self.refusals[refusal.code] += 1
            return {"errcode": refusal.code, "errmsg": str(refusal)}
        except (KeyError, TypeError, AttributeError, orjson.JSONDecodeError):
            self.refusals[47001] += 1
            return {"errcode": 47001, "errmsg": "data format error"}
