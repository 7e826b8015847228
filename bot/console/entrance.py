"""Into the command centre: account and password, second factor, links, and the demo's persona."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from bot.console.deps import ByOperator
from bot.console.myself import me
from bot.deps import (
    InStack,
    address_of,
    cookie_name,
    count_attempt,
    count_guess,
    csrf_token,
    drop_session_cookie,
    is_secure,
    same_origin,
    set_session_cookie,
    stack_of,
)
from core.clock import utcnow
from core.db import Session
from core.errors import UserError
from core.log import logger
from models.accounts import Purpose
from services import actors, attempts, entry, login, passwords, second_factor, walls
from services.entry import Known, Onward

router = APIRouter(prefix="/api/console", tags=["console"])
_Ticket = Annotated[str, Field(min_length=1, max_length=200)]
_Password = Annotated[str, Field(min_length=1, max_length=passwords.LONGEST)]
_Code = Annotated[str, Field(min_length=1, max_length=40)]
Work = Callable[[Session], Awaitable[Onward]]


class Login(BaseModel):
    """An account and its password, or in the demo the persona `operator`."""

    model_config = ConfigDict(extra="forbid")
    account: str | None = Field(default=None, max_length=100)
    password: str | None = Field(default=None, max_length=passwords.LONGEST)
    persona: str | None = Field(default=None, max_length=20)


class Step(BaseModel):
    """The ticket of a step."""

    model_config = ConfigDict(extra="forbid")
    ticket: _Ticket


class Code(Step):
    """A code of half a minute, or a recovery code."""

    code: _Code
    recovery: bool = False


class Renewed(Step):
    """A new password."""

    password: _Password


class Wall(BaseModel):
    """A wall screen's token."""

    model_config = ConfigDict(extra="forbid")
    token: str = Field(max_length=200)


@router.post("/login")
async def log_in(body: Login, request: Request, response: Response, stack: InStack) -> Any:
    """Begin a console session, or name the next step; one error for whatever was wrong."""
    same_origin(request)
    now = utcnow()
    if stack.settings.demo and body.persona == "operator":

        async def as_persona(session: Session) -> str:
            person = await login.by_persona(session, "operator")
            return await login.open_session(session, person, "console", now=now)

        token = await stack.db.run(as_persona)
        return await _begun(request, response, token)
    if not body.account or not body.password:
        raise UserError("login-wrong", status=401)
    known = await _checked(request, body.account, body.password)
    return await _go(request, response, lambda s: _onward(request, s, known, proved=False))


@router.post("/login/code")
async def give_code(body: Code, request: Request, response: Response) -> Any:
    """Show the second factor: a code of the telephone, or a recovery code."""
    known = await _held(request, body.ticket, Purpose.CODE)
    await count_guess(request, known.account)
    now = utcnow()

    async def work(session: Session) -> Onward:
        if body.recovery:
            await second_factor.recover(session, known.person, body.code, now=now)
        else:
            await second_factor.prove(session, known.person, body.code, now=now)
        await entry.spend(session, body.ticket, now=now)
        return await _onward(request, session, known, proved=True)

    return await _go(request, response, work)


@router.post("/login/enrol")
async def enrol(body: Step, request: Request, stack: InStack) -> dict[str, str]:
    """Show the secret of a new second factor, also as a QR code; asked again it is the same."""
    known = await _held(request, body.ticket, Purpose.ENROL)
    secret = await stack.db.run(lambda s: second_factor.begin(s, known.person))
    code = segno.make(second_factor.address(secret, known.account), error="m", micro=False)
    return {"secret": secret, "account": known.account, "qr": code.svg_data_uri(border=4, scale=5)}


@router.post("/login/enrol/confirm")
async def confirm(body: Code, request: Request, response: Response) -> Any:
    """Let the second factor count; the recovery codes are told this once."""
    known = await _held(request, body.ticket, Purpose.ENROL)
    await count_guess(request, known.account)
    now, codes = utcnow(), list[str]()

    async def work(session: Session) -> Onward:
        codes[:] = await second_factor.confirm(session, known.person, body.code, now=now)
        await entry.spend(session, body.ticket, now=now)
        return await _onward(request, session, known, proved=True)

    return {**await _go(request, response, work), "recovery": codes}


@router.post("/login/password")
async def renew(body: Renewed, request: Request, response: Response) -> Any:
    """Set the new password that was asked for."""
    known = await _held(request, body.ticket, Purpose.RENEW)
    if await passwords.matches(known.kept, body.password):
        raise UserError("password-same")
    return await _go(request, response, await _password(request, known, body, proved=True))


@router.post("/setup")
async def set_up(body: Renewed, request: Request, response: Response) -> Any:
    """Set the first password by a link, and go on to the second factor."""
    known = await _held(request, body.ticket, Purpose.SETUP)
    return await _go(request, response, await _password(request, known, body, proved=False))


@router.post("/wall")
async def show_on_wall(body: Wall, request: Request, response: Response, stack: InStack) -> Any:
    """Exchange a wall screen's token for a session that only looks."""
    same_origin(request)
    count_attempt(request)
    token = await stack.db.run(lambda s: walls.enter(s, body.token, now=utcnow()))
    set_session_cookie(request, response, "wall", token)
    async with stack.db.reading() as session:
        shown = await walls.shown(session, token, now=utcnow())
    return {
        "token": token,
        "csrf": csrf_token(token),
        "me": {"name": shown.actor.name, "kind": "wall", "masked": True},
    }


@router.post("/logout")
async def log_out(
    by: ByOperator, request: Request, response: Response, stack: InStack
) -> dict[str, bool]:
    """End the session; its streams end with it."""
    await stack.db.run(lambda session: login.close_session(session, by.token))
    drop_session_cookie(request, response, "console")
    return {"ok": True}


async def _checked(request: Request, account: str, password: str) -> Known:
    """Check a password, outside of any transaction; a hash under old parameters is made anew."""
    await count_guess(request, account)
    db = stack_of(request).db
    async with db.reading() as session:
        known = await entry.known(session, account)
    if not await passwords.matches(known.kept if known else None, password) or known is None:
        logger().warning("login.refused")
        raise UserError("login-wrong", status=401)
    if known.kept and passwords.outdated(known.kept):
        kept = await passwords.hashed(password)
        await db.run(lambda s: entry.rehash(s, known.person, kept))
    return known


async def _held(request: Request, ticket: str, purpose: Purpose) -> Known:
    same_origin(request)
    count_attempt(request)
    async with stack_of(request).db.reading() as session:
        return await entry.holder(session, ticket, purpose, now=utcnow())


async def _password(request: Request, known: Known, body: Renewed, *, proved: bool) -> Work:
    passwords.check(body.password, known.account)
    kept, now = await passwords.hashed(body.password), utcnow()

    async def work(session: Session) -> Onward:
        await entry.spend(session, body.ticket, now=now)
        await entry.keep_password(session, known.person, kept)
        await login.close_others(session, known.person)
        return await _onward(request, session, known, proved=proved)

    return work


async def _onward(request: Request, session: Session, known: Known, *, proved: bool) -> Onward:
    strict = not stack_of(request).settings.demo
    went = await entry.onward(session, known.person, proved=proved, strict=strict, now=utcnow())
    if not went.step:
        await attempts.forgive(session, known.account.lower(), address_of(request))
        await _end_before(request, session)
    return went


async def _end_before(request: Request, session: Session) -> None:
    """End the session that this browser had, so that nobody inherits it."""
    before = request.cookies.get(cookie_name("console", secure=is_secure(request)))
    if before:
        await login.close_session(session, before)


async def _go(request: Request, response: Response, work: Work) -> dict[str, Any]:
    went = await stack_of(request).db.run(work)
    if went.step:
        return {"next": went.step, "ticket": went.token}
    return await _begun(request, response, went.token)


async def _begun(request: Request, response: Response, token: str) -> dict[str, Any]:
    """Give the browser its new session."""
    stack = stack_of(request)
    set_session_cookie(request, response, "console", token)
    async with stack.db.reading() as session:
        user = await login.user_of(session, token, "console", now=utcnow())
        actor = await actors.actor(session, user.person)
    return {"token": token, "csrf": csrf_token(token), "me": me(actor)}
