"""Calls to WeChat Work: the access token, and what each error code means for a message."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any, TypeVar

import httpx
import orjson

from channels.http import call, client, download
from core.errors import Ambiguous, Halted, Permanent, Retryable, Unreachable
from core.ports import Tokens
from core.settings import Wecom

DUPLICATE_TASK = 42014
_STALE = frozenset({40001, 40014, 42001})
_BUSY_S, _REST_S, _QUOTA_S = 2.0, 600.0, 3600.0

Answer = dict[str, Any]
T = TypeVar("T")


class Client:
    """The vendor's interface for one application."""

    def __init__(self, settings: Wecom, tokens: Tokens, http: httpx.AsyncClient | None) -> None:
        self._settings = settings
        self._tokens = tokens
        self._own = http is None
        self._http = http or client()
        self._name = f"wecom:{settings.corp_id}:{settings.agent_id}"

    async def token(self, *, stale: str = "") -> str:
        """Return an access token; raises Halted, Retryable or Permanent, never Ambiguous."""
        try:
            return await self._tokens.token(self._name, self._fresh, stale=stale)
        except Ambiguous as error:  # a token was asked for, no message left
            raise Retryable(str(error), after=_BUSY_S) from None

    async def _fresh(self) -> tuple[str, int]:
        query = {
            "corpid": self._settings.corp_id,
            "corpsecret": self._settings.secret.get_secret_value(),
        }
        answer = _read((await call(self._http, "GET", self._url("gettoken"), params=query)).content)
        code = answer["errcode"]
        if code:
            raise refusal(40001 if code == 40013 else code)  # 40013: no such company
        return str(answer["access_token"]), int(answer["expires_in"])

    async def get(self, path: str, **query: str | int) -> Answer:
        """Ask for something; raises as `post`."""
        return await self._call("GET", path, (), query)

    async def post(self, path: str, body: Answer, *, accept: Collection[int] = ()) -> Answer:
        """Tell the vendor something and return its answer, whose code is 0 or accepted.

        A refused token is renewed once. Raises Retryable, Permanent, Unreachable, Halted or
        Ambiguous.
        """
        return await self._call("POST", path, accept, {}, json=body)

    async def _call(
        self, method: str, path: str, accept: Collection[int], query: Answer, **options: Any
    ) -> Answer:
        async def ask(token: str) -> tuple[int, Answer]:
            params = {**query, "access_token": token}
            got = await call(self._http, method, self._url(path), params=params, **options)
            answer = _read(got.content)
            return answer["errcode"], answer

        code, answer = await self._asked(ask)
        if code and code not in accept:
            raise refusal(code)
        return answer

    async def media(self, ref: str) -> bytes:
        """Fetch a file; the vendor refuses by JSON where bytes were asked for."""

        async def ask(token: str) -> tuple[int, bytes]:
            params = {"access_token": token, "media_id": ref}
            data = await download(self._http, self._url("media/get"), params=params)
            return (_read(data)["errcode"] if data.startswith(b'{"errcode"') else 0), data

        code, data = await self._asked(ask)
        if code:
            raise refusal(code)
        return data

    async def _asked(self, ask: Callable[[str], Awaitable[tuple[int, T]]]) -> tuple[int, T]:
        """Ask with a token, once more with a new one if the vendor refuses it."""
        token = await self.token()
        code, answer = await ask(token)
        if code in _STALE:
            code, answer = await ask(await self.token(stale=token))
        return code, answer

    def _url(self, path: str) -> str:
        return f"{self._settings.api_base.rstrip('/')}/cgi-bin/{path}"

    async def aclose(self) -> None:
        """Close the connections that are our own."""
        if self._own:
            await self._http.aclose()


def _read(content: bytes) -> Answer:
    """Read an answer; one that is no JSON came from something in between."""
    try:
        answer = orjson.loads(content)
        return {**answer, "errcode": int(answer.get("errcode", 0))}
    except (ValueError, TypeError, AttributeError):
        raise Ambiguous("unreadable answer") from None


def refusal(code: int) -> Exception:
    """Say what an error code means for a message.

    Source: developer.work.weixin.qq.com/document/path/90313. The token codes arrive here only
    when a new token was refused too.
    """
    if code in _STALE:
        return Halted("halted-wecom-secret", after=_REST_S)
    if code == 60020:
        return Halted("halted-wecom-ip", after=_REST_S)
    if code in {40056, 48002, 301002}:  # no such application, no right to it
        return Halted("halted-wecom-agent", after=_REST_S)
    if code == 45009:
        return Halted("halted-wecom-quota", after=_QUOTA_S)
    if code in {-1, 45033}:  # the vendor is busy, too many calls at once
        return Retryable(f"wecom {code}", after=_BUSY_S)
    if code == 81013:
        return Unreachable("wecom 81013", gone=True)
    return Permanent(f"wecom {code}")
