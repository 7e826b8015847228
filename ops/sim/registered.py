"""The devices of a community that a story can speak for."""

from core.crypto import open_json
from core.db import Database, sql
from ops.sim.plan import SPOKEN, Simulated


async def registered(db: Database, community: str) -> list[Simulated]:
    """Read a community's devices that speak over MQTT, in forms that `plan` writes."""
    async with db.reading() as session:
        rows = await session.execute(
            sql(
                """
                SELECT d.id, d.kind, d.source, d.external FROM device d
                JOIN community c ON c.id = d.community_id AND c.slug = :community
                WHERE d.removed_at IS NULL AND d.source = ANY(CAST(:sources AS text[]))
                ORDER BY d.id
                """
            ),
            {"community": community, "sources": list(SPOKEN)},
        )
        return [
            Simulated(
                row.id, row.kind, row.source, open_json(row.external, "device.external"), community
            )
            for row in rows
        ]
