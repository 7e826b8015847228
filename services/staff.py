"""Accounts of the command centre: made by one administrator, reset by another (roles: `roles`).

Who makes an account gives it no right, who gives rights sees no resident, and nobody changes what
is their own. The database parts the three administrators from each other and from everybody who
works with residents (migration 0023).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import CENTRE, Actor, Role
from core.crypto import open_json, seal_json
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from models.accounts import Purpose
from services import actors as persons
from services import audit, entry, login, second_factor
from services.permissions import At, Permission, require

PAGE, MOST = 50, 10_000
_ACCOUNT = re.compile(r"[a-z][a-z0-9._-]{2,31}")
_NAME_LIMIT = 40
_OURS = """
    (c.made_in = :community OR EXISTS (
        SELECT 1 FROM membership o WHERE o.person_id = c.person_id
        AND o.community_id = :community AND o.role = ANY(CAST(:centre AS text[]))))
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A role that an account has here; `grid` names where, empty for the whole community."""

    id: UUID
    role: str
    grid: str


@dataclass(frozen=True, slots=True)
class Staff:
    """An account as it is listed: ready once it has a password, safe once it has a second factor."""

    person: UUID
    account: str
    name: str
    roles: tuple[Held, ...]
    ready: bool
    safe: bool
    closed: bool
    entered: datetime | None


async def listing(
    session: Session, by: Actor, *, community: UUID, search: str = "", role: Role | None = None,
    after: str = "", limit: int = PAGE,
) -> list[Staff]:  # fmt: skip
    """List accounts by their names; `search` looks into account and name, `after` pages on."""
    require(by, Permission.ACCOUNTS_READ, At(community))
    rows = await session.execute(
        sql(
            f"""
            SELECT c.person_id, c.account, c.password_hash IS NOT NULL AS ready,
                   c.totp_since IS NOT NULL AS safe, c.closed_at IS NOT NULL AS closed,
                   c.entered_at, p.name
            FROM credential c JOIN person p ON p.id = c.person_id
            WHERE {_OURS} AND c.account > :after AND (CAST(:role AS text) IS NULL OR EXISTS (
                SELECT 1 FROM membership r WHERE r.person_id = c.person_id
                AND r.community_id = :community AND r.role = CAST(:role AS text)))
            ORDER BY c.account
            """  # noqa: S608  (a literal of this module)
        ),
        {"community": community, "centre": sorted(CENTRE), "after": after, "role": role},
    )
    wanted = search.strip().lower()
    found = [
        (row, name)
        for row in rows
        for name in (str(open_json(row.name, "person.name")),)
        if wanted in row.account or wanted in name.lower()
    ][:limit]
    held = await _held(session, community, [row.person_id for row, _ in found])
    return [
        Staff(
            row.person_id, row.account, name, tuple(held.get(row.person_id, ())), row.ready,
            row.safe, row.closed, row.entered_at,
        )
        for row, name in found
    ]  # fmt: skip


async def actors(session: Session, by: Actor, *, community: UUID) -> list[tuple[UUID, str]]:
    """List whom the access log may name as the one who looked: accounts and workers, by name."""
    require(by, Permission.ACCESS_READ, At(community))
    rows = await session.execute(
        sql(
            """
            SELECT p.id, p.name FROM person p WHERE p.id IN (
                SELECT person_id FROM membership WHERE community_id = :community
                AND (role = 'worker' OR role = ANY(CAST(:centre AS text[]))))
            """
        ),
        {"community": community, "centre": sorted(CENTRE)},
    )
    found = [(row.id, str(open_json(row.name, "person.name"))) for row in rows]
    return sorted(found, key=lambda one: one[1])


async def make(
    session: Session, by: Actor, *, community: UUID, account: str, name: str, now: datetime
) -> tuple[UUID, str]:
    """Make an account without any role, and the link's ticket to set it up; both are told once.

    Raises UserError `account-name-wrong`, `account-taken` (409), `account-person-wanted`.
    """
    require(by, Permission.ACCOUNTS_MAKE, At(community))
    person, called = uuid7(), " ".join(name.split())
    if not _ACCOUNT.fullmatch(account):
        raise UserError("account-name-wrong")
    if not 1 <= len(called) <= _NAME_LIMIT:
        raise UserError("account-person-wanted", limit=_NAME_LIMIT)
    await session.execute(
        sql(
            """
            INSERT INTO person (id, name, lang, large_type, created_at)
            VALUES (:id, :name, 'zh-CN', false, :now)
            """
        ),
        {"id": person, "name": seal_json(called, "person.name"), "now": now},
    )
    made = await entry.make(session, person, account, where=community, by=by.person, now=now)
    if not made:
        raise UserError("account-taken", status=409)
    noted(session, by, Permission.ACCOUNTS_MAKE, community, person, now=now, reason=account)
    return person, await entry.ticket(session, person, Purpose.SETUP, now=now)


async def close(
    session: Session, by: Actor, person: UUID, *, community: UUID, closed: bool, now: datetime
) -> None:
    """Close an account, its sessions end; or open it again, with the roles that it had."""
    await somebody_else(session, by, Permission.ACCOUNTS_MAKE, person, community)
    await session.execute(
        sql("UPDATE credential SET closed_at = :at WHERE person_id = :person"),
        {"person": person, "at": now if closed else None},
    )
    await login.close_others(session, person)
    noted(session, by, Permission.ACCOUNTS_MAKE, community, person, now=now)


async def reset(
    session: Session, by: Actor, person: UUID, *, community: UUID, now: datetime
) -> str:
    """Forget a lost telephone and the password, end the sessions; returns the ticket to begin anew."""
    await somebody_else(session, by, Permission.ACCOUNTS_RESET, person, community)
    await second_factor.forget(session, person)
    await session.execute(
        sql("UPDATE credential SET password_hash = NULL WHERE person_id = :person"),
        {"person": person},
    )
    await session.execute(
        sql(
            """
            UPDATE login_ticket SET used_at = :now
            WHERE person_id = :person AND purpose <> 'chat' AND used_at IS NULL
            """
        ),
        {"person": person, "now": now},
    )
    await login.close_others(session, person)
    noted(session, by, Permission.ACCOUNTS_RESET, community, person, now=now)
    return await entry.ticket(session, person, Purpose.SETUP, now=now)


async def revoke(
    session: Session, by: Actor, person: UUID, *, community: UUID, now: datetime
) -> int:
    """End somebody's sessions in the command centre; tells how many there were."""
    await somebody_else(session, by, Permission.ACCOUNTS_RESET, person, community)
    noted(session, by, Permission.ACCOUNTS_RESET, community, person, now=now)
    return await login.close_others(session, person)


async def somebody_else(
    session: Session, by: Actor, what: Permission, person: UUID, community: UUID
) -> None:
    """Require the right over somebody else's account that is this community's.

    One that has roles elsewhere too needs the right there as well. Locks the account.
    """
    require(by, what, At(community))
    if by.person == person:
        raise UserError("account-own", status=403)
    values = {"person": person, "community": community, "centre": sorted(CENTRE)}
    rows = await session.execute(
        sql(f"SELECT 1 FROM credential c WHERE c.person_id = :person AND {_OURS} FOR UPDATE"),  # noqa: S608
        values,
    )
    if rows.scalar_one_or_none() is None:
        raise UserError("account-unknown", status=404)
    for grant in (await persons.actor(session, person)).grants:
        if grant.role in CENTRE:
            require(by, what, At(grant.community))


async def _held(session: Session, community: UUID, people: list[UUID]) -> dict[UUID, list[Held]]:
    rows = await session.execute(
        sql(
            """
            SELECT m.id, m.person_id, m.role, coalesce(g.name, '') AS grid
            FROM membership m LEFT JOIN grid g ON g.id = m.scope_id
            WHERE m.community_id = :community AND m.person_id = ANY(CAST(:people AS uuid[]))
              AND m.role = ANY(CAST(:centre AS text[])) ORDER BY m.id
            """
        ),
        {"community": community, "people": people, "centre": sorted(CENTRE)},
    )
    found: dict[UUID, list[Held]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(Held(row.id, row.role, row.grid))
    return found


def noted(
    session: Session, by: Actor, what: Permission, community: UUID, person: UUID, *,
    now: datetime, reason: Any = "",
) -> None:  # fmt: skip
    """Write down what was done with somebody's account."""
    audit.note(session, by, what, community=community, now=now, subject=person, reason=str(reason))
