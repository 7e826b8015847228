"""Devices of a worker's grids that are not as they should be."""

from dataclasses import dataclass

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from services.map_points import STATE
from services.permissions import Permission, reach


@dataclass(frozen=True, slots=True)
class Trouble:
    """A device that alarms, waits to recover, or is silent."""

    name: str
    state: str


async def not_normal(session: Session, by: Actor) -> tuple[list[Trouble], int]:
    """List what is not normal in the actor's grids, worst first, and count all their devices.

    Workers and operators only; a grant for a community or street covers all its grids.
    """
    may = reach(by, Permission.DEVICES_READ)
    rows = (
        await session.execute(
            sql(
                f"""
                SELECT d.place, b.name AS building, {STATE} AS state FROM device d
                LEFT JOIN building b ON b.id = d.building_id
                LEFT JOIN device_presence p ON p.device_id = d.id
                WHERE d.removed_at IS NULL AND (d.community_id = ANY(CAST(:communities AS uuid[]))
                   OR d.grid_id = ANY(CAST(:grids AS uuid[])))
                """  # noqa: S608  (a literal of ours)
            ),
            {"communities": list(may.communities), "grids": list(may.grids)},
        )
    ).all()
    order = {"alarm": 0, "handled": 1, "offline": 2}
    found = [
        Trouble(_named(row.building, open_json(row.place, "device.place")["name"]), row.state)
        for row in rows
        if row.state in order
    ]
    return sorted(found, key=lambda one: (order[one.state], one.name)), len(rows)


def _named(building: str | None, name: str) -> str:
    return name if building is None or name.startswith(building) else f"{building} {name}"
