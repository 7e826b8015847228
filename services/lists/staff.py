"""Accounts and their roles, wall screens, and the access log, as lists."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from core.actor import Actor, Role
from core.db import Session
from core.errors import UserError
from services import audit, looks, staff, walls
from services.lists.pages import Asked, Page, all_of
from services.permissions import Permission
from services.staff import Staff


async def accounts(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (every list is asked so)
    """List accounts with their roles and with what is still missing."""
    found = await staff.listing(
        session, by, community=asked.community, search=asked.words, role=_role(asked),
        after=asked.after, limit=staff.MOST,
    )  # fmt: skip
    rows = [_account(one) for one in found[: asked.limit]]
    goes_on = found[asked.limit - 1].account if len(found) > asked.limit else None
    return Page(rows, goes_on, None if asked.after else len(found))


def _account(one: Staff) -> dict[str, Any]:
    return {
        "id": one.person, "account": one.account, "name": one.name,
        "roles": [f"{held.role} {held.grid}" for held in one.roles],
        "standing": _standing(one), "entered": one.entered, "opened": not one.closed,
        "closed": one.closed,
    }  # fmt: skip


def _standing(one: Staff) -> str:
    if one.closed:
        return "closed"
    if not one.ready:
        return "unready"
    return "safe" if one.safe else "unsafe"


async def roles(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (same)
    """List who has which role where, a line for each."""
    wanted = _role(asked)
    found = await staff.listing(session, by, community=asked.community, limit=staff.MOST)
    rows = [
        {"id": held.id, "person": one.person, "account": one.account, "name": one.name,
         "role": held.role, "grid": held.grid}
        for one in found
        for held in one.roles
        if wanted in {None, held.role}
    ]  # fmt: skip
    return all_of(rows, asked)


def _role(asked: Asked) -> Role | None:
    try:
        return Role(one) if (one := asked.one("role")) else None
    except ValueError:
        raise UserError("list-filter-wrong", status=422) from None


async def screens(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (same)
    """List wall screens."""
    found = await walls.listing(session, by, community=asked.community)
    return all_of([asdict(one) for one in found], asked)


async def log(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:
    """List who looked at whom, the newest first; that it was read is an entry too.

    The words are somebody's whole name or telephone: the log tells of nobody who is not known.
    """
    about = None
    if words := asked.words.strip():
        about = await looks.subjects(session, by, community=asked.community, called=words)
    found = await looks.listing(
        session, by, community=asked.community, people=about, person=None,
        limit=asked.limit + 1, actor=asked.id("actor"), action=_action(asked),
        since=now - timedelta(days=_number(asked.one("period"))) if asked.one("period") else None,
        before=_number(asked.after) if asked.after else None,
    )  # fmt: skip
    shown = found[: asked.limit]
    audit.note(
        session, by, Permission.ACCESS_READ, community=asked.community, now=now,
        how_many=len(shown),
    )  # fmt: skip
    rows = [{"id": one.number, "at": one.at, "entry": one, "way": one.way} for one in shown]
    return Page(rows, str(shown[-1].number) if len(found) > asked.limit else None, None)


def _action(asked: Asked) -> Permission | None:
    try:
        return Permission(one) if (one := asked.one("action")) else None
    except ValueError:
        raise UserError("list-filter-wrong", status=422) from None


def _number(text: str | None) -> int:
    try:
        return min(int(text or ""), 2**31 - 1)
    except ValueError:
        raise UserError("list-place-wrong", status=422) from None
