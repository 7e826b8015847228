"""Work that opens thousands of rows, in a thread with a connection of its own: no screen waits for it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.stack import Stack
from core.db import Database, Session

T = TypeVar("T")


async def aside(stack: Stack, work: Callable[[Session], Awaitable[T]]) -> T:
    """Run work in one transaction beside the process's own; it must wake nobody."""

    async def alone() -> T:
        db = Database(stack.settings.database_url, pool=1)
        try:
            return await db.run(work)
        finally:
            await db.aclose()

    return await asyncio.to_thread(asyncio.run, alone())
