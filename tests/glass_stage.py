"""The worker of the grid next door, who has no business in the flat, and what the log says."""

from typing import Any

from core.actor import Role
from core.db import Session, sql
from ops import check
from services import looks
from tests import make
from tests.world import Human, World

COMMAND = "紧急查看 3幢2单元501"


async def worker_next_door(world: World) -> Human:
    """Make the worker of another grid of the community."""

    async def work(session: Session) -> Human:
        grid = await make.grid(session, world.community, number=2)
        someone = await make.person(session, "钱进")
        await make.membership(
            session, someone.id, Role.WORKER, where=world.community, grid_id=grid.id
        )
        return Human(world, someone.id, "钱进")

    world.people["next_door"] = await world.db.run(work)
    return world.people["next_door"]


async def entries(world: World) -> list[tuple[Any, ...]]:
    """Read the log: who did what to whom."""
    rows = await world.fetch(
        "SELECT actor_id, action, subject_id FROM access_entry ORDER BY number"
    )
    return [tuple(row) for row in rows]


async def breaks(who: Human, reason: str = "2") -> dict[str, Any]:
    """Say the command, the reason, and yes; return the card that follows."""
    await who.says(COMMAND)
    await who.says(reason)
    card: dict[str, Any] = (await who.chooses("确定查看"))[-1]["card"]
    return card


async def whole(world: World) -> bool:
    """Tell whether the community's chain is whole and every invariant holds."""
    async with world.db.reading() as session:
        found = await check.run(session, now=world.now)
        return not [one for one in found if one["broken"]] and (
            (await looks.verify(session, world.community)).broken is None
        )


async def leaves(world: World, who: str) -> None:
    """Let somebody have no chat any more."""
    await world.db.run(
        lambda s: s.execute(
            sql("UPDATE channel_account SET reachable = FALSE WHERE person_id = :who"),
            {"who": world.person(who).id},
        )
    )
