"""What routes need of a request: the stack, the session, the words."""

import hmac
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, Request, Response

from bot.attempts import Attempts
from bot.stack import Stack
from core.clock import utcnow
from core.crypto import token_hash
from core.errors import UserError
from core.i18n import LANGUAGES, Translator
from services import attempts, login

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def stack_of(request: Request) -> Stack:
    """Return the process's stack."""
    stack: Stack = request.app.state.stack
    return stack


async def _in_stack(request: Request) -> Stack:
    """Give a route its stack; a plain function would be sent to a thread for it."""
    return stack_of(request)


InStack = Annotated[Stack, Depends(_in_stack)]


def cookie_name(kind: str, *, secure: bool) -> str:
    """Name the session cookie; `__Host-` only where https makes it possible."""
    return f"__Host-linling-{kind}" if secure else f"linling-{kind}"


def csrf_token(session_token: str) -> str:
    """Derive the token that a cookie's request must also carry."""
    return hmac.new(session_token.encode(), b"csrf", "sha256").hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A logged-in person and the token of their session; `masked` is 来访模式."""

    person: UUID
    token: str
    masked: bool = False


def session_token(request: Request, kind: str) -> str:
    """Take the bearer token, else the cookie; a cookie that changes something needs its CSRF."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return bearer.strip()
    secure = is_secure(request)
    cookie = request.cookies.get(cookie_name(kind, secure=secure), "")
    if not cookie:
        raise UserError("login-needed", status=401)
    if request.method not in _SAFE:
        same_origin(request)
        given = request.headers.get("x-csrf-token", "")
        if not hmac.compare_digest(given.encode(), csrf_token(cookie).encode()):
            raise UserError("csrf-missing", status=403)
    return cookie


def same_origin(request: Request) -> None:
    """Refuse what another site lets a browser send; raises UserError `csrf-missing` (403)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise UserError("csrf-missing", status=403)
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise UserError("csrf-missing", status=403)


def is_secure(request: Request) -> bool:
    """Tell whether people reach us by https."""
    return stack_of(request).settings.base_url.startswith("https://")


async def _visitor(request: Request, kind: str) -> Visitor:
    token = session_token(request, kind)
    db, now = stack_of(request).db, utcnow()
    async with db.reading() as session:
        user = await login.user_of(session, token, kind, now=now)
    if user.idle_until - now < login.IDLE[kind] / 2:  # not a write for each request
        await db.run(lambda session: login.keep_alive(session, token, kind, now=now))
    return Visitor(user.person, token, user.masked)


async def chat_visitor(request: Request) -> Visitor:
    """Require a chat session."""
    return await _visitor(request, "chat")


async def console_visitor(request: Request) -> Visitor:
    """Require a command centre session."""
    return await _visitor(request, "console")


ChatVisitor = Annotated[Visitor, Depends(chat_visitor)]
ConsoleVisitor = Annotated[Visitor, Depends(console_visitor)]


def set_session_cookie(request: Request, response: Response, kind: str, token: str) -> None:
    """Keep the session in an HttpOnly cookie too."""
    secure = is_secure(request)
    response.set_cookie(
        cookie_name(kind, secure=secure), token, httponly=True, samesite="lax", secure=secure,
        path="/", max_age=int(login.ABSOLUTE[kind].total_seconds()),
    )  # fmt: skip


def drop_session_cookie(request: Request, response: Response, kind: str) -> None:
    """Let the browser forget the session's cookie."""
    secure = is_secure(request)
    response.delete_cookie(
        cookie_name(kind, secure=secure), httponly=True, samesite="lax", secure=secure, path="/"
    )


def address_of(request: Request) -> str:
    """Tell from where a request comes."""
    return request.client.host if request.client else "?"


def words_of(request: Request) -> Translator:
    """Choose the language of refusals by Accept-Language; zh-CN unless English is wanted."""
    wanted = request.headers.get("accept-language", "")
    return Translator(LANGUAGES[1] if wanted.lower().startswith("en") else LANGUAGES[0])


def count_attempt(request: Request, account: str | None = None) -> None:
    """Count a log-in by address and by account; raises UserError `login-too-often` (429)."""
    attempts: Attempts = request.app.state.attempts
    attempts.check_address(address_of(request))
    if account is not None:
        attempts.check_account(token_hash(account).hex())


async def count_guess(request: Request, account: str) -> None:
    """Count a guess at an account, also for all other processes; raises as `count_attempt`."""
    count_attempt(request, account)
    called, where, now = account.strip().lower(), address_of(request), utcnow()
    if not await stack_of(request).db.run(lambda s: attempts.allows(s, called, where, now=now)):
        raise UserError("login-too-often", status=429)
