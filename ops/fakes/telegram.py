"""A Bot API that keeps Telegram's rules, with telephones that show what people would see.

Kept strictly: 30 messages a second in all, 1 a second a chat, 20 a minute a group. The real one
allows short bursts.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from math import ceil
from typing import Any
from urllib.parse import urlsplit

import orjson

from ops.fakes.phone import Clock, Faults, Post, Shown
from ops.fakes.telegram_phone import TelegramPhone
from ops.fakes.telegram_rules import Refused, bad, check_message, check_url

Payload = dict[str, Any]
_FILE_LIMIT = 20 * 1024 * 1024
_EDITABLE = timedelta(hours=48)
_CALLBACK_LIFE = timedelta(minutes=10)
_TELEGRAMS_WAIT_S = 50


@dataclass(frozen=True, slots=True)
class Call:
    """One accepted call."""

    method: str
    payload: Payload
    at: datetime


@dataclass(slots=True)
class Webhook:
    """Where updates are pushed to; an empty url means they wait for getUpdates."""

    url: str = ""
    secret: str = ""
    allowed: tuple[str, ...] = ()
    last_error: str = ""
    last_error_at: int = 0


@dataclass
class FakeTelegram:
    """The state of one bot at Telegram: people, messages, updates that wait.

    `begun` is added to every number: a fake that starts anew must not repeat an earlier one's.
    """

    token: str
    clock: Clock
    post: Post | None = None
    faults: Faults = field(default_factory=Faults)
    record: list[Call] = field(default_factory=list)
    unanswered: dict[str, datetime] = field(default_factory=dict)
    answered: list[str] = field(default_factory=list)
    phones: dict[int, TelegramPhone] = field(default_factory=dict)
    waiting: list[Payload] = field(default_factory=list)
    webhook: Webhook = field(default_factory=Webhook)
    files: dict[str, bytes] = field(default_factory=dict)
    begun: int = 0
    too_fast: int = 0  # sends that went over a limit

    def __post_init__(self) -> None:
        self.numbers = count(1000 + self.begun)
        self._updates = count(500_001 + self.begun)
        self._sends: dict[str, deque[datetime]] = defaultdict(deque)
        self._hushed: dict[str, datetime] = {}
        self._arrived = asyncio.Condition()
        self._poll = 0
        self._methods: dict[str, Callable[[Payload], Awaitable[Any]]] = {
            "getme": self._get_me,
            "sendmessage": self._send_message,
            "editmessagetext": self._edit_message_text,
            "answercallbackquery": self._answer_callback_query,
            "getupdates": self._get_updates,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._get_webhook_info,
            "getfile": self._get_file,
        }

    def phone(self, account: str, *, lang: str = "zh-hans", name: str = "Fang") -> TelegramPhone:
        """Return a person's telephone; they have not met the bot before `joins`."""
        number = int(account)
        if number not in self.phones:
            self.phones[number] = TelegramPhone(self, number, lang=lang, name=name)
        return self.phones[number]

    async def call(self, method: str, payload: Payload) -> Any:
        """Do what a method does; raises Refused."""
        work = self._methods.get(method.lower())
        if work is None:
            raise Refused(404, "Not Found: method not found")
        result = await work(payload)
        self.record.append(Call(method, payload, self.clock()))
        return result

    # --- messages ---------------------------------------------------------------------

    def _reached(self, payload: Payload) -> TelegramPhone:
        try:
            phone = self.phones.get(int(payload.get("chat_id", 0)))
        except (TypeError, ValueError):
            phone = None
        if phone is None or not phone.met:
            raise bad("chat not found")
        if phone.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        return phone

    def hushes(self, chat: object, seconds: int) -> None:
        """Take nothing for a chat for so long: who goes on all the same is too fast."""
        self._hushed[str(chat)] = self.clock() + timedelta(seconds=seconds)

    def _wait_is_over(self, chat: str) -> None:
        wait = (self._hushed.get(chat, self.clock()) - self.clock()).total_seconds()
        if wait > 0:
            self.too_fast += 1
            raise Refused(
                429, f"Too Many Requests: retry after {ceil(wait)}", retry_after=ceil(wait)
            )

    def _pace(self, bucket: str, limit: int, seconds: float) -> None:
        """Count a send; too many are refused with the seconds to wait."""
        now, sends = self.clock(), self._sends[f"{bucket}/{seconds}"]
        while sends and (now - sends[0]).total_seconds() >= seconds:
            sends.popleft()
        if len(sends) >= limit:
            self.too_fast += 1
            wait = ceil(seconds - (now - sends[0]).total_seconds()) or 1
            raise Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        sends.append(now)

    async def _send_message(self, payload: Payload) -> Payload:
        phone = self._reached(payload)
        check_message(payload)
        chat = str(phone.number)
        self._wait_is_over(chat)
        if phone.number < 0:
            self._pace(chat, 20, 60)
        self._pace(chat, 1, 1)
        self._pace("all", 30, 1)
        shown = phone.show(str(next(self.numbers)), payload)
        return self.message(phone, shown)

    async def _edit_message_text(self, payload: Payload) -> Payload:
        phone = self._reached(payload)
        wanted = str(payload.get("message_id"))
        shown = next((one for one in phone.screen if one.id == wanted and not one.mine), None)
        if shown is None:
            raise bad("message to edit not found")
        if self.clock() - shown.rang > _EDITABLE:
            raise bad("message can't be edited")
        check_message(payload, edit=True)
        parts = ("text", "entities", "reply_markup")
        if all(shown.raw.get(part) == payload.get(part) for part in parts):
            raise bad(
                "message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
        self._wait_is_over(str(phone.number))
        self._pace("all", 30, 1)
        phone.change(shown, payload)
        return self.message(phone, shown)

    def message(self, phone: TelegramPhone, shown: Shown) -> Payload:
        """Write a sent message as the Bot API does."""
        made: Payload = {
            "message_id": int(shown.id),
            "date": int(shown.rang.timestamp()),
            "chat": phone.chat(),
            "from": self.me(),
            "text": shown.text,
        }
        if shown.raw.get("entities"):
            made["entities"] = shown.raw["entities"]
        if "inline_keyboard" in (shown.raw.get("reply_markup") or {}):
            made["reply_markup"] = shown.raw["reply_markup"]
        return made

    async def _answer_callback_query(self, payload: Payload) -> bool:
        query = str(payload.get("callback_query_id"))
        asked = self.unanswered.pop(query, None)
        if asked is None or self.clock() - asked > _CALLBACK_LIFE:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.answered.append(query)
        return True

    # --- the bot ----------------------------------------------------------------------

    def me(self) -> Payload:
        """Write the bot as the Bot API does."""
        number = int(self.token.partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "Linling", "username": "LinlingBot"}

    async def _get_me(self, _payload: Payload) -> Payload:
        return {**self.me(), "can_join_groups": False, "can_read_all_group_messages": False,
                "supports_inline_queries": False}  # fmt: skip

    async def _get_file(self, payload: Payload) -> Payload:
        ref = str(payload.get("file_id"))
        if ref not in self.files:
            raise bad("wrong file_id or the file is temporarily unavailable")
        size = len(self.files[ref])
        if size > _FILE_LIMIT:
            raise bad("file is too big")
        return {"file_id": ref, "file_unique_id": ref[::-1], "file_size": size,
                "file_path": f"files/{ref}"}  # fmt: skip

    # --- updates ----------------------------------------------------------------------

    async def bring(self, kind: str, content: Payload) -> int:
        """Let an update come up and push it, if there is a webhook; returns its id."""
        number = next(self._updates)
        if not self.webhook.allowed or kind in self.webhook.allowed:
            self.waiting.append({"update_id": number, kind: content})
        async with self._arrived:
            self._arrived.notify_all()
        await self.push()
        return number

    async def push(self) -> None:
        """Push what waits to the webhook, oldest first; what is refused waits for the next push."""
        while self.webhook.url and self.post is not None and self.waiting:
            body = orjson.dumps(self.waiting[0])
            headers = {"content-type": "application/json"}
            if self.webhook.secret:
                headers["x-telegram-bot-api-secret-token"] = self.webhook.secret
            path = urlsplit(self.webhook.url).path
            status, _ = await self.post("POST", path, {}, headers, body)
            if not 200 <= status < 300:
                self.webhook.last_error = f"Wrong response from the webhook: {status}"
                self.webhook.last_error_at = int(self.clock().timestamp())
                return
            self.waiting.pop(0)

    async def _get_updates(self, payload: Payload) -> list[Payload]:
        if self.webhook.url:
            raise Refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook "
                "to delete the webhook first",
            )
        self._poll += 1
        mine, offset = self._poll, int(payload.get("offset") or 0)
        self._allow(payload)
        wait = min(int(payload.get("timeout") or 0), _TELEGRAMS_WAIT_S)
        async with self._arrived:
            self._arrived.notify_all()  # whoever asked before is told off
            self.waiting = [one for one in self.waiting if one["update_id"] >= offset]
            try:
                async with asyncio.timeout(wait or 0.001):
                    await self._arrived.wait_for(lambda: self.waiting or mine != self._poll)
            except TimeoutError:
                return []
            if mine != self._poll:
                raise Refused(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one "
                    "bot instance is running",
                )
            return self.waiting[: int(payload.get("limit") or 100)]

    def _allow(self, payload: Payload) -> None:
        allowed = payload.get("allowed_updates")
        if allowed is not None:
            self.webhook.allowed = tuple(allowed)

    async def _set_webhook(self, payload: Payload) -> bool:
        url = str(payload.get("url") or "")
        if url and not url.startswith("https://"):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if url:
            check_url(url)
        self.webhook = Webhook(url, str(payload.get("secret_token") or ""))
        self._allow(payload)
        if payload.get("drop_pending_updates"):
            self.waiting.clear()
        return True

    async def _delete_webhook(self, payload: Payload) -> bool:
        return await self._set_webhook({**payload, "url": ""})

    async def _get_webhook_info(self, _payload: Payload) -> Payload:
        hook = self.webhook
        found: Payload = {"url": hook.url, "has_custom_certificate": False,
                          "pending_update_count": len(self.waiting)}  # fmt: skip
        if hook.last_error:
            found |= {"last_error_date": hook.last_error_at, "last_error_message": hook.last_error}
        return found
