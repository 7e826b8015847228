"""A community of invented homes, each with a device, an elder and a relative, to tell days of."""

from datetime import datetime

from core.db import Database
from ops.bench.fleet import Size, build
from ops.seed import bare
from ops.sim.plan import Simulated
from ops.sim.registered import registered

COMMUNITY = "sim"
KINDS = ("door", "water", "wristband", "smoke", "gas", "manhole", "fire", "camera")
_HOMES_OF_A_GRID = 500


async def settled(db: Database, count: int, *, now: datetime) -> list[Simulated]:
    """Return so many devices of the community `sim`; those that are missing are registered."""
    await db.run(lambda session: bare(session, COMMUNITY, now=now))
    there = await registered(db, COMMUNITY)
    if (missing := count - len(there)) > 0:
        size = Size(
            homes=missing, grids=1 + missing // _HOMES_OF_A_GRID, kinds=KINDS,
            community=COMMUNITY, first=len(there),
        )  # fmt: skip
        await build(db, size, now=now)
        there = await registered(db, COMMUNITY)
    return there[:count]
