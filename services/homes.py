"""Homes and their devices, for the people who live there and their relatives."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from core.actor import Actor
from core.crypto import keyring, open_json
from core.db import Session, sql
from core.errors import UserError
from models import HomeUse
from services import audit
from services.map_points import STATE
from services.permissions import At, Permission, require


def home_index(home: UUID) -> bytes:
    """Make the blind index by which a home's devices are found."""
    return keyring().index(str(home), "device.home_index")


async def living_in(session: Session, homes: Collection[UUID]) -> dict[UUID, dict[UUID, bool]]:
    """Map each of these homes to those who live there now, and whether they are an elder."""
    found: dict[UUID, dict[UUID, bool]] = {home: {} for home in homes}
    if homes:
        rows = await session.execute(
            sql(
                """
                SELECT home_id, person_id, elder FROM residence
                WHERE until IS NULL AND home_id = ANY(CAST(:homes AS uuid[])) ORDER BY id
                """
            ),
            {"homes": list(homes)},
        )
        for row in rows:
            found[row.home_id][row.person_id] = row.elder
    return found


async def statuses(session: Session, person: UUID) -> list[tuple[str, list[tuple[str, str]]]]:
    """List (who, [(device, state)]) for the own home and the homes of linked elders.

    `who` is empty for the own home.
    """
    rows = (
        await session.execute(
            sql(
                """
                SELECT r.home_id, p.name, p.id FROM residence r JOIN person p ON p.id = r.person_id
                WHERE r.until IS NULL AND (p.id = :person OR p.id IN (
                    SELECT elder_id FROM family_link
                    WHERE relative_id = :person AND ended_at IS NULL))
                ORDER BY p.id <> :person, p.id
                """
            ),
            {"person": person},
        )
    ).all()
    homes = {
        row.home_id: "" if row.id == person else open_json(row.name, "person.name")
        for row in reversed(rows)
    }
    found = [(who, await devices_of(session, home)) for home, who in reversed(homes.items())]
    return [(who, devices) for who, devices in found if devices]


async def devices_of(session: Session, home: UUID) -> list[tuple[str, str]]:
    """List (device, state) of a flat; for callers who have asked for permission."""
    rows = await session.execute(
        sql(
            f"""
            SELECT d.place, {STATE} AS state FROM device d
            LEFT JOIN device_presence p ON p.device_id = d.id
            WHERE d.home_index = :index AND d.removed_at IS NULL ORDER BY d.kind, d.id
            """  # noqa: S608  (a literal of ours)
        ),
        {"index": home_index(home)},
    )
    return [(open_json(row.place, "device.place")["name"], row.state) for row in rows]


async def set_use(
    session: Session, by: Actor, home: UUID, use: HomeUse, *, community: UUID, now: datetime
) -> None:
    """Write how a flat is used; raises UserError `object-unknown` (404) for another community's.

    A flat in which somebody lives is not vacant: `flat-lived-in`.
    """
    rows = await session.execute(
        sql(
            """
            SELECT b.grid_id, EXISTS (SELECT 1 FROM residence r
                                      WHERE r.home_id = h.id AND r.until IS NULL) AS lived_in
            FROM home h JOIN building b ON b.id = h.building_id
            WHERE h.id = :home AND h.community_id = :community FOR UPDATE OF h
            """
        ),
        {"home": home, "community": community},
    )
    found = rows.one_or_none()
    if found is None:
        raise UserError("object-unknown", status=404)
    require(by, Permission.HOMES_WRITE, At(community, found.grid_id))
    if use is HomeUse.VACANT and found.lived_in:
        raise UserError("flat-lived-in", status=409)
    await session.execute(
        sql("UPDATE home SET use = :use WHERE id = :home"), {"use": use.value, "home": home}
    )
    audit.note(
        session, by, Permission.HOMES_WRITE, community=community, now=now, thing=home,
        reason=use.value,
    )  # fmt: skip
