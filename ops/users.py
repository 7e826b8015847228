"""`python -m ops user`: the first accounts of a command centre, before anybody is there to make them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from core.actor import Actor, Role
from core.clock import utcnow
from core.crypto import use_keyring
from core.db import Session, sql
from core.settings import Settings
from ops.community import community_of, opened
from services import roles, staff
from services.staff import Staff

OPERATING = Actor(person=None, name="ops", machine=True, way="ops")
T = TypeVar("T")


def add(
    settings: Settings, slug: str, *, account: str, name: str, role: Role, grid: int | None
) -> str:
    """Make an account with a role; returns where its owner sets it up, told this once.

    Raises UserError or ValueError with nothing written.
    """

    async def work(session: Session, where: UUID) -> str:
        now = utcnow()
        lies = await _grid(session, where, grid) if grid is not None else None
        person, ticket = await staff.make(
            session, OPERATING, community=where, account=account, name=name, now=now
        )
        await roles.grant(session, OPERATING, person, role, community=where, grid=lies, now=now)
        return _address(settings, ticket)

    return _run(settings, slug, work)


def reset(settings: Settings, slug: str, account: str) -> str:
    """Forget an account's password and telephone; returns where its owner begins anew."""

    async def work(session: Session, where: UUID) -> str:
        found = [one for one in await _all(session, where) if one.account == account]
        if not found:
            raise ValueError(f"there is no account {account} in this community; see `user list`")
        ticket = await staff.reset(
            session, OPERATING, found[0].person, community=where, now=utcnow()
        )
        return _address(settings, ticket)

    return _run(settings, slug, work)


def listed(settings: Settings, slug: str) -> list[Staff]:
    """List a community's accounts."""
    return _run(settings, slug, _all)


def as_line(one: Staff) -> str:
    """Write an account on a line."""
    roles = ",".join(f"{held.role}@{held.grid}" if held.grid else held.role for held in one.roles)
    states = {
        "closed": one.closed, "no password yet": not one.ready, "no second factor yet": not one.safe,
    }  # fmt: skip
    said = [word for word, holds in states.items() if holds]
    return "\t".join((one.account, one.name, roles or "no role", ", ".join(said) or "ready"))


async def _all(session: Session, where: UUID) -> list[Staff]:
    return await staff.listing(session, OPERATING, community=where, limit=10_000)


async def _grid(session: Session, where: UUID, number: int) -> UUID:
    rows = await session.execute(
        sql("SELECT id FROM grid WHERE community_id = :where AND number = :number"),
        {"where": where, "number": number},
    )
    grid: UUID | None = rows.scalar_one_or_none()
    if grid is None:
        raise ValueError(f"there is no grid {number} in this community")
    return grid


def _address(settings: Settings, ticket: str) -> str:
    return f"{settings.base_url.rstrip('/')}/console#setup={ticket}"


def _run(
    settings: Settings, slug: str, work: Callable[[Session, UUID], Awaitable[T]]
) -> T:  # fmt: skip
    use_keyring(settings.keyring)

    async def ran() -> T:
        async with opened(settings) as db:
            where = await community_of(db, slug)
            return await db.run(lambda session: work(session, where))

    return asyncio.run(ran())
