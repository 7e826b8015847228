"""Telegram's updates by asking for them: for a place without a public address.

An update is confirmed only after it was committed: the next question carries the number after it.
A crash between the two brings it again, and the dedupe key knows it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

import orjson

from channels.telegram import TelegramChannel
from core.clock import utcnow
from core.db import is_outage
from core.errors import DecodeError, Halted, Permanent, Retryable
from core.log import logger
from core.metrics import DEAD_LETTERS
from core.settings import Settings
from handlers.aftermath import finish_turn
from handlers.incoming import receive
from services.ingest import deadletter
from worker.stack import Stack

NAME = TelegramChannel.name
TRIES = 5
_AT_ONCE = 8
_AGAIN_S, _LONGEST_S = 0.2, 60.0

Update = dict[str, Any]
Pause = Callable[[float], Awaitable[object]]


def wanted(settings: Settings) -> bool:
    """Tell whether updates have to be asked for."""
    return settings.telegram.on and settings.telegram.mode == "polling"


async def run(stack: Stack) -> NoReturn:
    """Fetch and handle until cancelled; one process at a time may."""
    channel = stack.channels[NAME]
    assert isinstance(channel, TelegramChannel)
    beating = asyncio.create_task(stack.keep_beating(NAME))
    poller = Poller(stack, channel)
    try:
        while True:
            await poller.step()
    finally:
        beating.cancel()


class Poller:
    """Asks for updates, a batch at a time, and knows how far it has come."""

    def __init__(
        self, stack: Stack, channel: TelegramChannel, *, pause: Pause = asyncio.sleep
    ) -> None:
        self.offset: int | None = None
        self._stack, self._channel, self._pause = stack, channel, pause
        self._folder = stack.settings.home / "media"
        self._listening = False
        self._failed = 0

    async def step(self) -> None:
        """Handle one batch, or wait a while when Telegram or the database is away."""
        try:
            if not self._listening:
                await self._channel.listen_here()
                self._listening = True
            await self._handle(await self._channel.updates(self.offset))
        except (Retryable, Permanent, Halted) as error:
            # A webhook that somebody has set since is in the way: it is taken off again.
            self._listening = False
            self._failed += 1
            after = getattr(error, "after", 1.0)
            wait = min(_LONGEST_S, max(after, 2.0 ** min(self._failed, 6)))
            logger().warning("telegram.cannot_fetch", reason=str(error), again_in_s=wait)
            await self._pause(wait)
        except Exception as error:
            if not is_outage(error):
                raise
            self._failed += 1
            logger().warning("telegram.database_away", error=type(error).__name__)
            await self._pause(min(_LONGEST_S, 2.0 ** min(self._failed, 3)))
        else:
            self._failed = 0

    async def _handle(self, updates: list[Update]) -> None:
        """Handle people side by side, each one's updates in their order; then move on."""
        queues: dict[str, list[Update]] = defaultdict(list)
        for update in updates:
            queues[_whose(update)].append(update)
        at_once = asyncio.Semaphore(_AT_ONCE)

        async def one_after_the_other(queue: list[Update]) -> None:
            async with at_once:
                for update in queue:
                    await self._one(update)

        ended = await asyncio.gather(
            *(one_after_the_other(queue) for queue in queues.values()), return_exceptions=True
        )
        for error in ended:
            if error is not None:
                raise error
        if updates:
            self.offset = max(int(update["update_id"]) for update in updates) + 1

    async def _one(self, update: Update) -> None:
        async with self._channel.answering(update):
            turn = await self._committed(update)
        if turn is None:
            return
        stack = self._stack
        try:
            await finish_turn(
                stack.db, turn, channels=stack.channels, hear=stack.hear, folder=self._folder,
                now=utcnow(), base_url=stack.settings.base_url,
            )  # fmt: skip
        except Exception as error:  # noqa: BLE001  the outbox delivers what this did not
            logger().warning("telegram.not_delivered", exc=error)

    async def _committed(self, update: Update) -> int | None:
        """Handle an update; after five failures bury it: it must not stop the rest."""
        for attempt in range(1, TRIES + 1):
            try:
                return await self._turn(update)
            except DecodeError as error:
                await self._bury(update, str(error))
                return None
            except Exception as error:
                if is_outage(error):
                    raise
                logger().error("telegram.update_failed", exc=error, attempt=attempt)
                if attempt == TRIES:
                    await self._bury(update, type(error).__name__)
                    return None
            await self._pause(_AGAIN_S * 2**attempt)
        raise AssertionError("unreachable")

    async def _turn(self, update: Update) -> int | None:
        stack = self._stack
        arrival = await self._channel.parse(update, now=utcnow())
        if arrival is None:
            return None
        turn = await receive(
            stack.db, arrival, channel=self._channel, media_folder=self._folder,
            community=stack.settings.community,
        )  # fmt: skip
        return turn.id if turn is not None else None

    async def _bury(self, update: Update, reason: str) -> None:
        DEAD_LETTERS.inc()
        await self._stack.db.run(
            lambda session: deadletter.bury(
                session, source=NAME, topic="getUpdates", payload=orjson.dumps(update),
                reason=reason, now=utcnow(),
            )
        )  # fmt: skip


def _whose(update: Update) -> str:
    """Find whose update it is, whatever it tells; an odd one is nobody's."""
    for content in update.values():
        if isinstance(content, dict) and isinstance(who := content.get("from"), dict):
            return str(who.get("id"))
    return ""
