"""The own account: who I am and what I may, 来访模式, sessions, password, recovery codes."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from bot.console.deps import ByOperator, ByPerson, Operator
from bot.deps import InStack, count_guess, stack_of
from core.actor import CENTRE, Actor
from core.clock import utcnow
from core.db import Session
from core.errors import UserError
from services import entry, login, passwords, second_factor
from services.permissions import rights

router = APIRouter(prefix="/api/console", tags=["console"])
_Password = Annotated[str, Field(max_length=passwords.LONGEST)]


class Visitors(BaseModel):
    """来访模式 on, or off by the own password."""

    model_config = ConfigDict(extra="forbid")
    on: bool
    password: _Password = ""


class Confirmed(BaseModel):
    """The own password."""

    model_config = ConfigDict(extra="forbid")
    password: _Password


class Change(Confirmed):
    """The own password and the one that comes in its place."""

    new: _Password


def me(by: Actor) -> dict[str, Any]:
    """Say who somebody is in the command centre, and what they may do in their first community."""
    centre = [grant for grant in by.grants if grant.role in CENTRE]
    may = rights(by, centre[0].community) if centre else []
    return {
        "person": str(by.person) if by.person else None,
        "name": by.name,
        "kind": "console" if by.person else "wall",
        "roles": sorted({grant.role for grant in centre}),
        "may": may,
        "masked": by.masked,
    }


@router.get("/me")
async def read_me(by: ByOperator) -> dict[str, Any]:
    """Say who this is, by which the page shows what leads somewhere."""
    return {
        **me(by.actor),
        "may": rights(by.actor, by.community),
        "community": str(by.community),
        "communities": [str(one) for one in by.others],
    }


@router.post("/visitors")
async def set_visitors(
    body: Visitors, by: ByPerson, request: Request, stack: InStack
) -> dict[str, bool]:
    """Mask every screen of this session at once; the own password ends it."""
    if not body.on and by.actor.masked:
        await _own_password(request, by, body.password)
    await stack.db.run(lambda s: login.mask(s, by.token, on=body.on))
    return {"masked": body.on}


@router.get("/sessions")
async def read_sessions(by: ByPerson, stack: InStack) -> dict[str, Any]:
    """List the own sessions, and how many recovery codes are left."""
    person = _person(by)
    async with stack.db.reading() as session:
        found = await login.open_sessions(session, person, by.token, now=utcnow())
        left = await second_factor.codes_left(session, person)
    return {"sessions": [asdict(one) for one in found], "recovery_left": left}


@router.post("/sessions/end")
async def end_others(by: ByPerson, stack: InStack) -> dict[str, int]:
    """End the own other sessions."""
    person = _person(by)
    return {"ended": await stack.db.run(lambda s: login.close_others(s, person, but=by.token))}


@router.post("/password")
async def change_password(
    body: Change, by: ByPerson, request: Request, stack: InStack
) -> dict[str, bool]:
    """Change the own password; the other sessions end."""
    known = await _own_password(request, by, body.password)
    passwords.check(body.new, known.account if known else "")
    if body.new == body.password:
        raise UserError("password-same")
    person, kept = _person(by), await passwords.hashed(body.new)

    async def work(session: Session) -> None:
        await entry.keep_password(session, person, kept)
        await login.close_others(session, person, but=by.token)

    await stack.db.run(work)
    return {"ok": True}


@router.post("/recovery")
async def new_recovery(
    body: Confirmed, by: ByPerson, request: Request, stack: InStack
) -> dict[str, list[str]]:
    """Make new recovery codes, told this once; the ones before work no more."""
    await _own_password(request, by, body.password)
    person = _person(by)
    return {"recovery": await stack.db.run(lambda s: second_factor.new_codes(s, person))}


async def _own_password(request: Request, by: Operator, password: str) -> entry.Known | None:
    """Check the password of whoever sits here; only the demo's personas have none."""
    stack, person = stack_of(request), _person(by)
    async with stack.db.reading() as session:
        known = await entry.of_person(session, person)
    if known is None and stack.settings.demo:
        return None
    await count_guess(request, known.account if known else str(person))
    if not await passwords.matches(known.kept if known else None, password):
        raise UserError("password-wrong", status=403)
    return known


def _person(by: Operator) -> Any:
    return by.actor.person
