"""WeChat's API: the token on every call, and what each error code means for a message."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

import httpx
import orjson

from channels.http import MEDIA_LIMIT, call
from core.clock import local, utcnow
from core.errors import Ambiguous, Halted, Permanent, Retryable, Unreachable
from core.ports import Tokens
from core.settings import Wechat

_STALE = frozenset({40001, 40014, 42001})
MENU_REFUSED = 40200
_BUSY = {-1: 2.0, 45033: 2.0, 45011: 60.0, 50002: 60.0}
# 43004 not a follower, 43019 blocked by us, 40003 not one of this account's people,
# 48002 refuses messages.
_GONE = frozenset({43004, 43019, 40003, 48002})
# 45015 window over, 45047 its count used up, 43101 no consent, 40037 and 43116 a template that
# is not ours: this message had no way, another channel may.
_NO_WAY = frozenset({45015, 45047, 43101, 40037, 43116})
_WRONG_KEYS = frozenset({40002, 40013, 40125, 40243, 41002, 41004, 48001, 50001, 50004, 50007})
_REST_S = 600.0  # how soon an operator's correction is noticed


class RefusedError(Permanent):
    """Tell what WeChat answered, by its code alone: its words may repeat ours."""

    def __init__(self, code: int) -> None:
        super().__init__(f"errcode {code}")
        self.code = code


class Api:
    """Calls for one account; every address begins with the configured base."""

    def __init__(
        self, name: str, settings: Wechat, tokens: Tokens, http: httpx.AsyncClient
    ) -> None:
        self._name = name
        self._settings = settings
        self._base = settings.api_base.rstrip("/")
        self._tokens = tokens
        self._http = http

    async def post(self, path: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Call with a JSON body; raises what an error code or a broken connection means."""
        # WeChat shows escapes such as \\u4f60 as they are; orjson writes plain UTF-8.
        return _json(await self._called("POST", path, content=orjson.dumps(payload)))

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """Call without a body."""
        return _json(await self._called("GET", path, params=query))

    async def customer(self, to: str, payload: Mapping[str, Any]) -> None:
        """Send a customer-service message."""
        await self.post("/cgi-bin/message/custom/send", {"touser": to, **payload})

    async def media(self, ref: str) -> bytes:
        """Fetch a picture or a voice message; raises Permanent beyond 10 MB."""
        response = await self._called("GET", "/cgi-bin/media/get", params={"media_id": ref})
        if len(response.content) > MEDIA_LIMIT:
            raise Permanent("media beyond 10 MB")
        return response.content

    async def templates(self) -> dict[str, str]:
        """Map the ids of the account's templates, of both kinds, to their texts."""
        owned = await self.get("/cgi-bin/template/get_all_private_template")
        notices = await self.get("/wxaapi/newtmpl/gettemplate")
        return {
            **{one["template_id"]: one["content"] for one in owned.get("template_list", [])},
            **{one["priTmplId"]: one["content"] for one in notices.get("data", [])},
        }

    async def probe(self) -> None:
        """Get a token as a message would; raises Halted with what to do about it."""
        try:
            await self._token()
        except (Retryable, Permanent):
            raise Halted(f"halted-{self._name}-silent", after=_REST_S) from None

    async def _called(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Make a call; a token that WeChat no longer takes is changed once."""
        token = await self._token()
        response = await self._once(method, path, token, **options)
        if _code(response) in _STALE:
            token = await self._token(stale=token)
            response = await self._once(method, path, token, **options)
        self._raise_for(_code(response))
        return response

    async def _once(self, method: str, path: str, token: str, **options: Any) -> httpx.Response:
        query = {**options.pop("params", {}), "access_token": token}
        return await call(self._http, method, f"{self._base}{path}", params=query, **options)

    async def _token(self, *, stale: str = "") -> str:
        async def fetch() -> tuple[str, int]:
            found = await self._fresh(force=False)
            # Somebody got a token by the old interface: only force replaces this one.
            return await self._fresh(force=True) if found[0] == stale else found

        try:
            return await self._tokens.token(
                f"{self._name}:{self._settings.appid}", fetch, stale=stale
            )
        except Ambiguous as error:  # asking for a token shows nobody anything
            raise Retryable(str(error), after=_BUSY[-1]) from None

    async def _fresh(self, *, force: bool) -> tuple[str, int]:
        body = {
            "grant_type": "client_credential",
            "appid": self._settings.appid,
            "secret": self._settings.secret.get_secret_value(),
            "force_refresh": force,
        }
        url = f"{self._base}/cgi-bin/stable_token"
        response = await call(self._http, "POST", url, content=orjson.dumps(body))
        self._raise_for(_code(response))
        found = _json(response)
        return str(found["access_token"]), int(found["expires_in"])

    def _raise_for(self, code: int) -> None:
        """Raise what an error code means; 0 means well."""
        if code == 0:
            return
        if code in _BUSY:
            raise Retryable(f"errcode {code}", after=_BUSY[code])
        if code in _GONE | _NO_WAY:
            raise Unreachable(f"errcode {code}", gone=code in _GONE)
        if code == 45009:
            raise Halted(f"halted-{self._name}-quota", after=_till_quota())
        if code == 40164:
            raise Halted(f"halted-{self._name}-address", after=_REST_S)
        if code in _WRONG_KEYS | _STALE:
            raise Halted(f"halted-{self._name}-keys", after=_REST_S)
        raise RefusedError(code)


def _code(response: httpx.Response) -> int:
    """Read the error code; media and other bodies that are no JSON have none."""
    kind = response.headers.get("content-type", "")
    if "json" not in kind and "text/plain" not in kind:
        return 0
    code = _json(response).get("errcode", 0)
    return code if isinstance(code, int) else 0


def _json(response: httpx.Response) -> dict[str, Any]:
    """Read an answer; one that is no JSON leaves open what happened."""
    try:
        found = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        raise Ambiguous("no JSON") from None
    if not isinstance(found, dict):
        raise Ambiguous("no JSON object")
    return found


def _till_quota() -> float:
    """Return seconds to the next try: quotas begin anew at midnight, and may be raised before."""
    now = local(utcnow())
    midnight = datetime.combine(now.date() + timedelta(days=1), time.min, tzinfo=now.tzinfo)
    return min(3600.0, (midnight - now).total_seconds() + 60.0)
