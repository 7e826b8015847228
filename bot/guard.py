"""What every request and answer passes: size limits, security headers, errors in words."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.deps import words_of
from core.errors import FieldErrors, StaleError, UserError
from core.log import logger

MAX_BODY = 9 * 1024 * 1024
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{images}; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(self)"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class Guard:
    """Refuses bodies over 9 MiB before they are read and puts security headers on answers."""

    def __init__(self, app: ASGIApp, *, https: bool, images: str = "") -> None:
        """`images` is the one other host from which pages may show pictures, for a map's tiles."""
        self._app = app
        policy = _CSP.format(images=f" {images}" if images else "")
        self._headers = [*_HEADERS, (b"content-security-policy", policy.encode())]
        if https:
            self._headers.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > MAX_BODY:
                raise HTTPException(413)
            return message

        async def adorned(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
                if scope["path"].startswith("/api/") and not _says(message, b"cache-control"):
                    message["headers"].append((b"cache-control", b"no-store"))
            await send(message)

        await self._app(scope, limited, adorned)


def _says(message: Message, name: bytes) -> bool:
    return any(one == name for one, _ in message["headers"])


def _refusal(status: int, code: str, message: str, **more: Any) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message, **more}}, status)


async def _user_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, UserError):
        raise error
    t = words_of(request)
    text = t(error.key, **error.args_for_words)
    if isinstance(error, FieldErrors):
        fields = {name: t(one.key, **one.args_for_words) for name, one in error.fields.items()}
        return _refusal(error.status, error.key, text, fields=fields)
    if isinstance(error, StaleError):
        now = {"values": dict(error.values), "version": error.version}
        return _refusal(error.status, error.key, text, **now)
    return _refusal(error.status, error.key, text)


def _left_empty(one: dict[str, Any]) -> bool:
    """Tell a field that nobody filled in from one that is wrong."""
    return one["type"] == "missing" or one.get("input") in ("", None, [])


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Name the fields that are wrong and never repeat what was sent."""
    if not isinstance(error, RequestValidationError):
        raise error
    places = sorted({".".join(str(part) for part in one["loc"][1:]) for one in error.errors()})
    t = words_of(request)
    text = t("request-invalid", fields=", ".join(places) or "body")
    fields = {
        ".".join(str(part) for part in one["loc"][1:]): t(
            "fill-needed" if _left_empty(one) else "fill-wrong"
        )
        for one in error.errors()
    }
    return _refusal(422, "request-invalid", text, fields=fields)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    key = {404: "page-unknown", 405: "page-unknown", 413: "picture-too-big"}.get(
        status, "sorry-our-fault"
    )
    return _refusal(status, key, words_of(request)(key))


async def _bug(request: Request, error: Exception) -> JSONResponse:
    logger().error("request.failed", exc=error, path=request.scope["path"])
    return _refusal(500, "sorry-our-fault", words_of(request)("sorry-our-fault"))


def answer_in_words(app: FastAPI) -> None:
    """Turn every error into `{"error": {"code", "message"}}`."""
    app.add_exception_handler(UserError, _user_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _bug)
