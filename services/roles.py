"""Roles of the command centre, given and taken back by the administrator of security."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from core.actor import CENTRE, Actor, Role, ScopeKind
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from services import login, staff
from services.permissions import At, Permission, require


async def grant(
    session: Session, by: Actor, person: UUID, role: Role, *, community: UUID,
    grid: UUID | None = None, now: datetime,
) -> None:  # fmt: skip
    """Give an account a role of the command centre here; a grid's lead is given the grid.

    Raises UserError `role-not-here`, `role-grid-wanted`, `role-apart` (409) where the account has
    a role that goes with no other.
    """
    await staff.somebody_else(session, by, Permission.ROLES_GRANT, person, community)
    if role not in CENTRE:
        raise UserError("role-not-here")
    kind, scope = await _scope(session, by, role, community, grid)
    values = {
        "id": uuid7(), "person": person, "community": community, "role": role, "kind": kind,
        "scope": scope,
    }  # fmt: skip
    try:
        async with session.begin_nested():
            await session.execute(
                sql(
                    """
                    INSERT INTO membership (id, person_id, community_id, role, scope_kind, scope_id)
                    VALUES (:id, :person, :community, :role, :kind, :scope)
                    ON CONFLICT (person_id, role, scope_id) DO NOTHING
                    """
                ),
                values,
            )
    except IntegrityError:
        raise UserError("role-apart", status=409) from None
    staff.noted(session, by, Permission.ROLES_GRANT, community, person, now=now, reason=role)


async def withdraw(
    session: Session, by: Actor, person: UUID, held: UUID, *, community: UUID, now: datetime
) -> None:
    """Take a role of the command centre back; streams that hang on it end."""
    await staff.somebody_else(session, by, Permission.ROLES_GRANT, person, community)
    gone = await session.execute(
        sql(
            """
            DELETE FROM membership WHERE id = :id AND person_id = :person
              AND community_id = :community AND role = ANY(CAST(:centre AS text[])) RETURNING role
            """
        ),
        {"id": held, "person": person, "community": community, "centre": sorted(CENTRE)},
    )
    role = gone.scalar_one_or_none()
    if role is None:
        raise UserError("account-unknown", status=404)
    login.look_again(session)
    staff.noted(session, by, Permission.ROLES_GRANT, community, person, now=now, reason=f"-{role}")


async def _scope(
    session: Session, by: Actor, role: Role, community: UUID, grid: UUID | None
) -> tuple[ScopeKind, UUID]:
    if role is Role.LEAD:
        rows = await session.execute(
            sql("SELECT id FROM grid WHERE id = :grid AND community_id = :community"),
            {"grid": grid, "community": community},
        )
        if grid is None or rows.scalar_one_or_none() is None:
            raise UserError("role-grid-wanted")
        return ScopeKind.GRID, grid
    if role is Role.STREET:
        return ScopeKind.STREET, await _street(session, by, community)
    return ScopeKind.COMMUNITY, community


async def _street(session: Session, by: Actor, community: UUID) -> UUID:
    """Find the street, every community of which the actor may give roles in."""
    rows = await session.execute(
        sql(
            """
            SELECT o.id, o.street_id FROM community c JOIN community o ON o.street_id = c.street_id
            WHERE c.id = :community
            """
        ),
        {"community": community},
    )
    found = rows.all()
    for one in found:
        require(by, Permission.ROLES_GRANT, At(one.id))
    street: UUID = found[0].street_id
    return street
