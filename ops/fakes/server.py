"""The fakes of all vendors behind one address, and a page with the phones of a few people.

For the demo alone: it listens to this machine, and whoever opens the page may press everything.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import httpx
import orjson
from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.trustedhost import TrustedHostMiddleware

from core.i18n import page_words
from ops.fakes import hands
from ops.fakes.hands import Owner
from ops.fakes.phone import Post, Shown
from ops.fakes.wecom_phone import CLICKED

WEB = Path(__file__).resolve().parent.parent.parent / "web"
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_VENDORS_PATIENCE_S = 5.0
_LOOK_S, _QUIET_S = 0.1, 10.0  # the fakes don't say when a screen changes, so it is looked at
_KEPT = 60


def posting(product: httpx.AsyncClient) -> Post:
    """Bring webhooks to the product over real HTTP; who does not answer counts as 504."""

    async def post(
        method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        try:
            answer = await product.request(
                method, path, params=query, headers=headers, content=body,
                timeout=_VENDORS_PATIENCE_S,
            )  # fmt: skip
        except httpx.HTTPError:
            return 504, b""
        return answer.status_code, answer.content

    return post


def create_app(
    vendors: Mapping[str, FastAPI], owners: Sequence[Owner], *, timezone: str
) -> FastAPI:
    """Serve each vendor's interface below its name, and the page with the phones at /."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])

    @app.get("/")
    async def page() -> FileResponse:
        return FileResponse(
            WEB / "phones" / "index.html", headers={"content-security-policy": _CSP}
        )

    @app.get("/api/words/{lang}")
    async def words(lang: Literal["zh-CN", "en"], response: Response) -> dict[str, str]:
        response.headers["x-timezone"] = timezone
        return page_words(lang)

    @app.get("/phones")
    async def phones() -> Response:
        return Response(_drawn(owners), media_type="application/json")

    @app.get("/phones/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(
            _changes(owners),
            media_type="text/event-stream",
            headers={"cache-control": "no-store"},
        )

    app.state.owners = owners
    app.include_router(hands.router)
    for name, vendor in vendors.items():
        app.mount(f"/{name}", vendor)
    app.mount("/web", StaticFiles(directory=WEB), name="web")
    return app


async def _changes(owners: Sequence[Owner]) -> AsyncIterator[bytes]:
    """Yield all phones whenever one has changed, and a sign of life when none does."""
    last, quiet = b"", 0.0
    while True:
        now = _drawn(owners)
        if now != last:
            last, quiet = now, 0.0
            yield b"data: " + now + b"\n\n"
        elif quiet >= _QUIET_S:
            quiet = 0.0
            yield b": quiet\n\n"
        await asyncio.sleep(_LOOK_S)
        quiet += _LOOK_S


def _drawn(owners: Sequence[Owner]) -> bytes:
    return orjson.dumps(
        [
            {
                "channel": one.channel,
                "account": one.phone.account,
                "name": one.name,
                "here": one.phone.here,
                "messages": [_message(shown) for shown in one.phone.screen[-_KEPT:]],
            }
            for one in owners
        ]
    )


def _message(shown: Shown) -> dict[str, Any]:
    """Describe a message; `pressed` is the button pressed since it was last changed."""
    last = shown.text.rpartition("\n")[2]
    pressed = last.removesuffix(CLICKED) if last.endswith(CLICKED) else None
    return {
        "id": shown.id,
        "mine": shown.mine,
        "text": shown.text,
        "at": shown.rang.isoformat(),
        "edits": shown.edits,
        "pressed": pressed,
        "knobs": [{"label": knob.label, "url": knob.url} for knob in shown.knobs],
        "raw": shown.raw,
    }
