"""What stories of duty share: the operator sets somebody, and what is then seen."""

from datetime import time, timedelta
from typing import Any
from uuid import UUID

from core.db import Session
from models import Duty
from services import posts, rotas
from services.actors import actor
from services.rotas import Post
from tests.world import World


async def sets(world: World, name: str, starts: int, ends: int, duty: str = "worker") -> UUID:
    """Let the operator set somebody, from and to so many minutes from now."""
    post = Post(world.grid, world.person(name).id, Duty(duty), (), time(), time())

    async def work(session: Session) -> UUID:
        by = await actor(session, world.person("operator").id)
        return await rotas.set_by_hand(
            session, by, post, community=world.community, now=world.now,
            starts_at=world.now + timedelta(minutes=starts),
            ends_at=world.now + timedelta(minutes=ends),
        )  # fmt: skip

    return await world.db.run(work)


async def titles(world: World, name: str) -> str:
    """Join the titles of all that somebody was shown, newest first."""
    return "\n".join(card["title"] for card in await world.person(name).cards())


async def board(world: World) -> dict[str, Any]:
    """Read the board of posts as the operator sees it."""
    async with world.db.reading() as session:
        by = await actor(session, world.person("operator").id)
        return await posts.board(session, by, world.community, now=world.now)
