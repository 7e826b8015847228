"""An honest WeChat Work in memory: its tokens, limits, quotas, single-use codes and phones."""

import hashlib
import json
import secrets
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ops.fakes import wecom_crypto, wecom_rules
from ops.fakes.phone import Clock, Faults, Post
from ops.fakes.wecom_phone import WecomPhone

TOKEN_LIVES = timedelta(seconds=7200)
CODE_LIVES = timedelta(hours=72)
A_MINUTE, AN_HOUR = 30, 1000
A_DAY = 200  # person-times for each account that the company may have
_SHANGHAI = ZoneInfo("Asia/Shanghai")


class Refusal(Exception):
    """An answer with an error code."""

    def __init__(self, code: int, words: str = "") -> None:
        super().__init__(words)
        self.code = code


@dataclass(slots=True)
class Code:
    """A right to change one sent message, once."""

    message: str
    until: datetime
    used: bool = False


@dataclass(slots=True)
class Sent:
    """A message as the vendor keeps it: who has it, and its newest task."""

    id: str
    members: set[str]
    task: str


@dataclass
class FakeWecom:
    """One company with one application, in memory.

    `dropped` counts what went over a member's limit and was thrown away in silence, `cut` texts
    that the vendor shortened, `refused` codes that served no more, `overdrawn` calls beyond the
    day's person-times (`accounts` × 200); `record` holds accepted calls as (verb, body).
    `lists_invalid` lets a wrong recipient come back as `invaliduser` of a success, as it does
    beside valid ones.
    """

    clock: Clock
    post: Post
    members: set[str]
    corp_id: str = "ww0123456789abcdef"
    agent_id: int = 1000002
    secret: str = "application-secret"  # noqa: S105  of a company that does not exist
    token: str = "callback-token"  # noqa: S105  same
    aes_key: str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    faults: Faults = field(default_factory=Faults)
    knows_address: bool = True
    lists_invalid: bool = False
    closed: bool = False
    code_refused: int = 40029  # the vendor names no code for a spent response_code
    dropped: int = 0
    cut: int = 0
    refused: int = 0
    overdrawn: int = 0
    accounts: int = 200
    record: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    callbacks: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    tokens: dict[str, datetime] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    _phones: dict[str, WecomPhone] = field(default_factory=dict)
    _messages: dict[str, Sent] = field(default_factory=dict)
    _tasks: dict[str, str] = field(default_factory=dict)
    _seen: dict[bytes, datetime] = field(default_factory=dict)
    _told: Counter[str] = field(default_factory=Counter)
    _rung: dict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))

    def phone(self, account: str) -> WecomPhone:
        """Return a member's phone."""
        return self._phones.setdefault(account, WecomPhone(self, account))

    # --- what the application calls ---------------------------------------------------------

    def get_token(self, corp_id: str, secret: str) -> dict[str, Any]:
        """Give out a token for 7,200 s; earlier ones go on living."""
        if corp_id != self.corp_id:
            raise Refusal(40013)
        if secret != self.secret:
            raise Refusal(40001)
        token = secrets.token_urlsafe(48)
        self.tokens[token] = self.clock() + TOKEN_LIVES
        return {"access_token": token, "expires_in": int(TOKEN_LIVES.total_seconds())}

    def admit(self, token: str) -> None:
        """Check what every call must show."""
        if token not in self.tokens:
            raise Refusal(40014)
        if self.tokens[token] <= self.clock():
            raise Refusal(42001)
        if not self.knows_address:
            raise Refusal(60020)

    def send(self, body: dict[str, Any]) -> dict[str, Any]:
        """Take a message for members."""
        self._own(body)
        card = self._checked(body)
        wanted = body["touser"].split("|")
        valid = {one for one in wanted if one in self.members}
        invalid = [one.lower() for one in wanted if one not in self.members]
        if not valid and not self.lists_invalid:
            raise Refusal(81013)
        self._count(len(valid))
        answer: dict[str, Any] = {"invaliduser": "|".join(invalid), "msgid": secrets.token_hex(8)}
        if self._repeats(body):
            return answer
        sent = Sent(answer["msgid"], valid, card["task_id"] if card else "")
        if card is not None:
            self._tasks[sent.task] = sent.id
            answer["response_code"] = self.new_code(sent.id)
        self._messages[sent.id] = sent
        for member in valid:
            if self._within_pace(member):
                self.phone(member).receives(sent.id, body)
        self.record.append(("send", body))
        return answer

    def update(self, body: dict[str, Any]) -> dict[str, Any]:
        """Change a message on the screens of the members named."""
        self._own(body)
        code = self.codes.get(body.get("response_code", ""))
        if code is None or code.used or code.until <= self.clock():
            self.refused += 1
            raise Refusal(self.code_refused)
        card, sent = body["template_card"], self._messages[code.message]
        if words := wecom_rules.fault(card, update=True):
            raise Refusal(40058, words)
        if self._tasks.get(card["task_id"], sent.id) != sent.id:
            raise Refusal(42014)
        code.used = True
        self._tasks[card["task_id"]], sent.task = sent.id, card["task_id"]
        for member in sent.members & set(body["userids"]):
            self.phone(member).changes(sent.id, card)
        self.record.append(("update_template_card", body))
        return {"invaliduser": [one for one in body["userids"] if one not in self.members]}

    def agent(self, agent_id: int) -> dict[str, Any]:
        """Describe the application."""
        self._own({"agentid": agent_id})
        return {"agentid": self.agent_id, "name": "Linling", "close": int(self.closed)}

    def file(self, media_id: str) -> bytes:
        """Give out what somebody sent."""
        if media_id not in self.media:
            raise Refusal(40007)
        return self.media[media_id]

    def _own(self, body: dict[str, Any]) -> None:
        if body.get("agentid") != self.agent_id:
            raise Refusal(40056)

    def _checked(self, body: dict[str, Any]) -> dict[str, Any] | None:
        """Check the content; a text beyond the limit is cut, as the vendor does."""
        if body.get("msgtype") == "text":
            content = body["text"]["content"].encode()
            if not content:
                raise Refusal(44004)
            if len(content) > wecom_rules.TEXT_BYTES:
                self.cut += 1
                shorter = content[: wecom_rules.TEXT_BYTES].decode(errors="ignore")
                body["text"]["content"] = shorter
            return None
        if body.get("msgtype") != "template_card":
            raise Refusal(40008)
        card: dict[str, Any] = body["template_card"]
        task = card.get("task_id")
        if not task or task in self._tasks:
            raise Refusal(42014)
        if words := wecom_rules.fault(card):
            raise Refusal(40058, words)
        return card

    def _repeats(self, body: dict[str, Any]) -> bool:
        """Recognise the same content to the same people within the interval asked for."""
        if not body.get("enable_duplicate_check"):
            return False
        span = timedelta(seconds=min(body.get("duplicate_check_interval", 1800), 4 * 3600))
        what = json.dumps([body["touser"], body["text"]], sort_keys=True)
        key, now = hashlib.sha256(what.encode()).digest(), self.clock()
        last = self._seen.get(key)
        self._seen[key] = now
        return last is not None and now - last < span

    def _count(self, people: int) -> None:
        """Count person-times against the application's day; beyond it nothing is taken."""
        day = f"{self.clock().astimezone(_SHANGHAI):%F}"
        if self._told[day] + people > self.accounts * A_DAY:
            self.overdrawn += 1
            raise Refusal(45009)
        self._told[day] += people

    def _within_pace(self, member: str) -> bool:
        now, rung = self.clock(), self._rung[member]
        while rung and now - rung[0] >= timedelta(hours=1):
            rung.popleft()
        in_minute = sum(now - one < timedelta(minutes=1) for one in rung)
        if in_minute >= A_MINUTE or len(rung) >= AN_HOUR:
            self.dropped += 1
            return False
        rung.append(now)
        return True

    def new_code(self, message: str) -> str:
        """Make a code that changes a message once within 72 hours."""
        code = secrets.token_urlsafe(32)
        self.codes[code] = Code(message, self.clock() + CODE_LIVES)
        return code

    def task_of(self, message: str) -> str:
        """Name the newest task of a message."""
        return self._messages[message].task

    # --- what the vendor brings -------------------------------------------------------------

    def signed(self, sealed: str) -> dict[str, str]:
        """Make the query that vouches for a sealed message."""
        stamp, nonce = str(int(self.clock().timestamp())), secrets.token_hex(8)
        made = wecom_crypto.signature(self.token, stamp, nonce, sealed)
        return {"msg_signature": made, "timestamp": stamp, "nonce": nonce}

    async def tells(self, plain: str) -> int:
        """Bring a callback to the application; returns its HTTP status."""
        sealed = wecom_crypto.encrypt(plain, self.aes_key, self.corp_id)
        body = wecom_crypto.envelope(sealed, self.corp_id, self.agent_id)
        self.callbacks.append((self.signed(sealed), body))
        return await self.repeats()

    async def repeats(self) -> int:
        """Bring the newest callback again, as the vendor does without an answer in 5 s."""
        query, body = self.callbacks[-1]
        status, answer = await self.post(
            "POST", "/wecom", query, {"content-type": "text/xml"}, body
        )
        if status == 200 and answer:
            raise AssertionError("a passive answer would have to be encrypted")
        return status

    async def checks_address(self) -> bool:
        """Check the application's address as the admin console does when it is saved."""
        echo = secrets.token_hex(16)
        sealed = wecom_crypto.encrypt(echo, self.aes_key, self.corp_id)
        query = {**self.signed(sealed), "echostr": sealed}
        status, answer = await self.post("GET", "/wecom", query, {}, b"")
        return status == 200 and answer == echo.encode()
