"""What may be chosen in filters and forms: the own grids, their buildings, the people of the staff."""

from uuid import UUID

from core.actor import Actor, Role
from core.crypto import open_json
from core.db import Session, sql
from services.lists.pages import within
from services.permissions import At, Permission, require

Choices = list[tuple[str, str]]


async def grids(session: Session, by: Actor, what: Permission, community: UUID) -> Choices:
    """List the grids in which the actor may do this."""
    scope, values = within(by, what, community, "g")
    rows = await session.execute(
        sql(
            "SELECT g.id, g.name FROM (SELECT *, id AS grid_id FROM grid) g "  # noqa: S608  (a literal of ours)
            f"WHERE {scope} ORDER BY g.number, g.id"
        ),
        values,
    )
    return [(str(row.id), row.name) for row in rows]


async def buildings(session: Session, by: Actor, what: Permission, community: UUID) -> Choices:
    """List the buildings of those grids."""
    scope, values = within(by, what, community, "b")
    rows = await session.execute(
        sql(
            f"SELECT b.id, b.name FROM building b WHERE {scope} "  # noqa: S608  (same)
            "ORDER BY length(b.name), b.name"
        ),
        values,
    )
    return [(str(row.id), row.name) for row in rows]


async def staff(session: Session, by: Actor, community: UUID) -> Choices:
    """List workers and operators by name."""
    require(by, Permission.WORKERS_READ, At(community))
    return await _members(session, community, Role.WORKER, Role.OPERATOR)


async def merchants(session: Session, by: Actor, community: UUID) -> Choices:
    """List merchants by name."""
    require(by, Permission.OFFERS_WRITE, At(community))
    return await _members(session, community, Role.MERCHANT)


async def _members(session: Session, community: UUID, *roles: Role) -> Choices:
    rows = await session.execute(
        sql(
            """
            SELECT DISTINCT p.id, p.name FROM membership m JOIN person p ON p.id = m.person_id
            WHERE m.community_id = :community AND m.role = ANY(CAST(:roles AS text[]))
            """
        ),
        {"community": community, "roles": [role.value for role in roles]},
    )
    return sorted(
        ((str(row.id), str(open_json(row.name, "person.name"))) for row in rows),
        key=lambda one: one[1],
    )


async def devices(session: Session, by: Actor, community: UUID) -> Choices:
    """List the devices that raise alarms by name, those of one building together."""
    scope, values = within(by, Permission.DEVICES_READ, community, "d")
    rows = await session.execute(
        sql(
            "SELECT d.id, d.place FROM device d LEFT JOIN building b ON b.id = d.building_id "  # noqa: S608  (a literal of ours)
            f"WHERE {scope} AND d.removed_at IS NULL AND d.kind <> 'gateway' "
            "ORDER BY length(b.name) NULLS LAST, b.name, d.kind, d.id"
        ),
        values,
    )
    return [(str(row.id), str(open_json(row.place, "device.place")["name"])) for row in rows]
