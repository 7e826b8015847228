"""The HTTP side of the honest WeChat Work of wecom_company.py: its paths, its bad moments."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from ops.fakes.wecom_company import FakeWecom, Refusal

__all__ = ["FakeWecom", "LossyTransport", "create_app"]

_LOST = "x-lost-answer"  # on the way back: the client must not see this answer


def create_app(fake: FakeWecom) -> FastAPI:
    """Serve the vendor's paths."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    def admitted(token: str, act: Callable[[], dict[str, Any]]) -> Response:
        def whole() -> Response:
            fake.admit(token)
            return _well(act())

        return _with_faults(fake, whole)

    @app.get("/cgi-bin/gettoken")
    async def gettoken(corpid: str, corpsecret: str) -> Response:
        return _with_faults(fake, lambda: _well(fake.get_token(corpid, corpsecret)))

    @app.post("/cgi-bin/message/send")
    async def send(request: Request, access_token: str = "") -> Response:
        body = await request.json()
        return admitted(access_token, lambda: fake.send(body))

    @app.post("/cgi-bin/message/update_template_card")
    async def update(request: Request, access_token: str = "") -> Response:
        body = await request.json()
        return admitted(access_token, lambda: fake.update(body))

    @app.get("/cgi-bin/agent/get")
    async def agent(agentid: int, access_token: str = "") -> Response:
        return admitted(access_token, lambda: fake.agent(agentid))

    @app.get("/cgi-bin/media/get")
    async def media(media_id: str, access_token: str = "") -> Response:
        def act() -> Response:
            fake.admit(access_token)
            return Response(fake.file(media_id), media_type="image/jpeg")

        return _with_faults(fake, act)

    return app


def _well(answer: dict[str, Any]) -> Response:
    return JSONResponse({"errcode": 0, "errmsg": "ok", **answer})


def _error(code: int, words: str = "") -> Response:
    return JSONResponse({"errcode": code, "errmsg": words or "refused"})


def _done(act: Callable[[], Response]) -> Response:
    try:
        return act()
    except Refusal as refusal:
        return _error(refusal.code, str(refusal))


def _with_faults(fake: FakeWecom, act: Callable[[], Response]) -> Response:
    """Let a call suffer what is due; a lost answer is a 504 to whoever has no LossyTransport."""
    kind = fake.faults.strike()
    coded = {"concurrent": 45033, "busy": -1, "quota": 45009}
    if kind in coded:
        return _error(coded[kind])
    if kind in {"429", "500", "502"}:
        return Response(status_code=int(kind))
    if kind != "timeout_before":
        answer = _done(act)
        if kind is None:
            return answer
    return Response(status_code=504, headers={_LOST: kind})


class LossyTransport(httpx.AsyncBaseTransport):
    """Brings calls to a fake and loses the answers that it marks as lost, without any waiting."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._inner = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass one call."""
        response = await self._inner.handle_async_request(request)
        kind = response.headers.get(_LOST)
        if kind is None:
            return response
        await response.aclose()
        if kind == "reset":
            raise httpx.RemoteProtocolError("the connection was reset", request=request)
        raise httpx.ReadTimeout("no answer", request=request)
