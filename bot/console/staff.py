"""Accounts of the command centre and their roles, and screens on walls."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from bot.console.deps import ByOperator, Operator
from bot.console.doors import asks
from bot.deps import InStack
from bot.stack import Stack
from core.actor import Role
from core.clock import utcnow
from services import roles, staff, walls
from services.permissions import Permission

router = APIRouter(prefix="/api/console", tags=["console"])


class Account(BaseModel):
    """The name to log in with, and whose it is."""

    model_config = ConfigDict(extra="forbid")
    account: str = Field(max_length=100)
    name: str = Field(max_length=100)


class Given(BaseModel):
    """A role; a grid's lead needs the grid."""

    model_config = ConfigDict(extra="forbid")
    role: Role
    grid: UUID | None = None


class Screen(BaseModel):
    """What a wall screen is called."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=100)


@router.get("/accounts", **asks(Permission.ACCOUNTS_READ))
async def read_accounts(
    by: ByOperator, stack: InStack, search: Annotated[str, Query(max_length=100)] = "",
    role: Role | None = None, after: Annotated[str, Query(max_length=100)] = "",
) -> dict[str, Any]:  # fmt: skip
    """List accounts with their roles; `next` is the `after` of the next page."""
    async with stack.db.reading() as session:
        found = await staff.listing(
            session, by.actor, community=by.community, search=search, role=role, after=after
        )
    last = found[-1].account if len(found) == staff.PAGE else None
    return {"accounts": [asdict(one) for one in found], "next": last}


@router.post("/accounts", **asks(Permission.ACCOUNTS_MAKE))
async def make_account(body: Account, by: ByOperator, stack: InStack) -> dict[str, str]:
    """Make an account without a role; the link to set it up is told this once, for a day."""
    now = utcnow()
    person, ticket = await stack.db.run(
        lambda s: staff.make(
            s, by.actor, community=by.community, account=body.account, name=body.name, now=now
        )
    )
    return {"person": str(person), "link": link(ticket)}


@router.post("/accounts/{person}/close", **asks(Permission.ACCOUNTS_MAKE))
async def close_account(person: UUID, by: ByOperator, stack: InStack) -> dict[str, bool]:
    """Close an account; its sessions end."""
    return await _closed(stack, by, person, closed=True)


@router.post("/accounts/{person}/reopen", **asks(Permission.ACCOUNTS_MAKE))
async def reopen_account(person: UUID, by: ByOperator, stack: InStack) -> dict[str, bool]:
    """Open an account again, with the roles that it had."""
    return await _closed(stack, by, person, closed=False)


async def _closed(stack: Stack, by: Operator, person: UUID, *, closed: bool) -> dict[str, bool]:
    now = utcnow()
    await stack.db.run(
        lambda s: staff.close(s, by.actor, person, community=by.community, closed=closed, now=now)
    )
    return {"closed": closed}


@router.post("/accounts/{person}/reset", **asks(Permission.ACCOUNTS_RESET))
async def reset_account(person: UUID, by: ByOperator, stack: InStack) -> dict[str, str]:
    """Forget a lost telephone and the password; the link to begin anew is told this once."""
    now = utcnow()
    ticket = await stack.db.run(
        lambda s: staff.reset(s, by.actor, person, community=by.community, now=now)
    )
    return {"link": link(ticket)}


@router.post("/accounts/{person}/revoke", **asks(Permission.ACCOUNTS_RESET))
async def revoke_sessions(person: UUID, by: ByOperator, stack: InStack) -> dict[str, int]:
    """End somebody's sessions."""
    now = utcnow()
    ended = await stack.db.run(
        lambda s: staff.revoke(s, by.actor, person, community=by.community, now=now)
    )
    return {"ended": ended}


@router.post("/accounts/{person}/roles", **asks(Permission.ROLES_GRANT))
async def give_role(person: UUID, body: Given, by: ByOperator, stack: InStack) -> dict[str, bool]:
    """Give an account a role."""
    now = utcnow()
    await stack.db.run(
        lambda s: roles.grant(
            s, by.actor, person, body.role, community=by.community, grid=body.grid, now=now
        )
    )
    return {"ok": True}


@router.delete("/accounts/{person}/roles/{role}", **asks(Permission.ROLES_GRANT))
async def take_role(person: UUID, role: UUID, by: ByOperator, stack: InStack) -> dict[str, bool]:
    """Take a role back."""
    now = utcnow()
    await stack.db.run(
        lambda s: roles.withdraw(s, by.actor, person, role, community=by.community, now=now)
    )
    return {"ok": True}


@router.get("/walls", **asks(Permission.WALLS_MAKE))
async def read_walls(by: ByOperator, stack: InStack) -> dict[str, Any]:
    """List wall screens, who made them and when they were last there."""
    async with stack.db.reading() as session:
        found = await walls.listing(session, by.actor, community=by.community)
    return {"walls": [asdict(one) for one in found]}


@router.post("/walls", **asks(Permission.WALLS_MAKE))
async def make_wall(body: Screen, by: ByOperator, stack: InStack) -> dict[str, str]:
    """Make a wall screen; the link that opens it is told this once."""
    now = utcnow()
    wall, token = await stack.db.run(
        lambda s: walls.make(s, by.actor, community=by.community, name=body.name, now=now)
    )
    return {"id": str(wall), "link": f"/console#wall={token}"}


@router.delete("/walls/{wall}", **asks(Permission.WALLS_MAKE))
async def end_wall(wall: UUID, by: ByOperator, stack: InStack) -> dict[str, bool]:
    """Take a wall screen's link back; the screen goes dark."""
    now = utcnow()
    await stack.db.run(lambda s: walls.end(s, by.actor, wall, community=by.community, now=now))
    return {"ok": True}


def link(ticket: str) -> str:
    """Write the address where an account is set up; what follows # is never sent to a server."""
    return f"/console#setup={ticket}"
