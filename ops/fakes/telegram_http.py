"""The fake Bot API over HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

from typing import Any
from urllib.parse import parse_qsl

import orjson
from fastapi import FastAPI, Request, Response
from starlette.types import Receive, Scope, Send

from ops.fakes.telegram import FakeTelegram
from ops.fakes.telegram_rules import Refused

HUSH_S = 3  # how long a 429 lasts
_STRUCTURED = {
    "entities",
    "reply_markup",
    "link_preview_options",
    "allowed_updates",
    "drop_pending_updates",
}


class _Cut(Response):
    """An answer that breaks off before its end, as when a connection is lost."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Promise more than is sent."""
        headers = [(b"content-length", b"1000"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


def create_app(fake: FakeTelegram) -> FastAPI:
    """Serve a fake."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.api_route("/bot{token}/{method}", methods=["GET", "POST"])
    async def call(token: str, method: str, request: Request) -> Response:
        if token != fake.token:
            return _refusal(Refused(401, "Unauthorized"))
        fault = None if method.lower() == "getupdates" else fake.faults.strike()
        if fault in {"timeout_before", "reset"}:
            return _Cut()
        payload = await _payload(request)
        if fault == "429":
            fake.hushes(payload.get("chat_id"), HUSH_S)
        if fault is not None and fault != "timeout_after":
            return _refusal(_trouble(fault))
        try:
            result = await fake.call(method, payload)
        except Refused as refused:
            return _refusal(refused)
        return _Cut() if fault == "timeout_after" else _json({"ok": True, "result": result})

    @app.get("/file/bot{token}/{path:path}")
    async def file(token: str, path: str) -> Response:
        content = fake.files.get(path.removeprefix("files/"))
        if token != fake.token or content is None:
            return _refusal(Refused(404, "Not Found"))
        return Response(content, media_type="application/octet-stream")

    return app


def _trouble(fault: str) -> Refused:
    if fault == "429":
        return Refused(429, f"Too Many Requests: retry after {HUSH_S}", retry_after=HUSH_S)
    words = {"502": "Bad Gateway"}.get(fault, "Internal Server Error")
    return Refused(502 if fault == "502" else 500, words)


def _refusal(refused: Refused) -> Response:
    body: dict[str, Any] = {
        "ok": False, "error_code": refused.code, "description": refused.words,
    }  # fmt: skip
    if refused.parameters:
        body["parameters"] = refused.parameters
    return _json(body, refused.code)


def _json(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")


async def _payload(request: Request) -> dict[str, Any]:
    """Read parameters from the address, a form or JSON, as the Bot API does."""
    found: dict[str, Any] = dict(request.query_params)
    body = await request.body()
    if request.headers.get("content-type", "").startswith("application/json"):
        return {**found, **orjson.loads(body)}
    found |= dict(parse_qsl(body.decode(), strict_parsing=bool(body)))
    for name in found.keys() & _STRUCTURED:
        try:
            found[name] = orjson.loads(found[name])
        except orjson.JSONDecodeError:
            raise Refused(400, f"Bad Request: can't parse {name} JSON object") from None
    return found
