"""Cards out and jobs done: woken by a commit, else every half second; many may run at once."""

import asyncio
from typing import NoReturn

from core.clock import utcnow
from handlers.aftermath import finish_jobs
from handlers.delivery import deliver_due
from worker.stack import Stack

POLL_S = 0.5
BATCH = 50


async def run(stack: Stack) -> NoReturn:
    """Deliver until cancelled."""
    woken = asyncio.Event()
    listening = asyncio.create_task(_listen(stack, woken))
    beating = asyncio.create_task(stack.keep_beating("outbox"))
    try:
        while True:
            claimed = await deliver_due(
                stack.db, channels=stack.channels, now=utcnow(), limit=BATCH,
                base_url=stack.settings.base_url,
            )  # fmt: skip
            fetched = await finish_jobs(
                stack.db, channels=stack.channels, hear=stack.hear,
                folder=stack.settings.home / "media", now=utcnow(),
                base_url=stack.settings.base_url,
            )  # fmt: skip
            if claimed < BATCH and not fetched:
                await _wait(woken)
    finally:
        listening.cancel()
        beating.cancel()


async def _listen(stack: Stack, woken: asyncio.Event) -> None:
    async for _ in stack.bus.listen("outbox"):
        woken.set()


async def _wait(woken: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(woken.wait(), POLL_S)
    except TimeoutError:
        return
    woken.clear()
