"""What the vendors' webhooks share: a limited body, an arrival handled, and what follows it."""

from collections.abc import Sequence

from fastapi import HTTPException, Request

from bot.stack import Stack
from core.clock import utcnow
from core.event import Arrival
from core.log import logger
from core.ports import Vendor
from handlers.aftermath import finish_turn
from handlers.dispatch import Turn
from handlers.incoming import receive
from handlers.passive import Passive

MAX_BODY = 256 * 1024


async def body_of(request: Request) -> bytes:
    """Read a body; raises 413 beyond 256 KiB, before the rest is read."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise HTTPException(413)
    return bytes(body)


async def handled(
    stack: Stack, channel: Vendor, found: Sequence[Arrival], waiting: Passive | None = None
) -> list[Turn]:
    """Handle arrivals to their commits; those that can't be handled make no turn."""
    turns = [
        await receive(
            stack.db, arrival, channel=channel, media_folder=stack.media,
            community=stack.settings.community, waiting=waiting,
        )
        for arrival in found
    ]  # fmt: skip
    return [turn for turn in turns if turn is not None]


async def finish(stack: Stack, turns: list[Turn]) -> None:
    """Send the turns' cards and do their jobs, after the vendor has its answer."""
    for turn in turns:
        await finish_turn(
            stack.db, turn.id, channels=stack.channels, hear=stack.hear, folder=stack.media,
            now=utcnow(), base_url=stack.settings.base_url,
        )  # fmt: skip


def forged(channel: str) -> HTTPException:
    """Note a forged request in one line without its content; answer it with 403."""
    logger().warning("webhook.forged", channel=channel)
    return HTTPException(403)
