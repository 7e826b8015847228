"""Wake-ups over Redis publish/subscribe. FLUSHALL or a dead Redis costs a poll, never a message."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import orjson
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from core.log import logger
from core.ports import Wake
from core.tasks import obey

_PREFIX = "linling:"
_RECONNECT_S = 0.5


class RedisBus:
    """The Bus of a running stack."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url)

    async def publish(self, wakes: list[Wake]) -> None:
        """Send all hints in one round trip; a lost connection is logged and forgotten."""
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for wake in wakes:
                    pipe.publish(_PREFIX + wake.topic, orjson.dumps(wake.data))
                await pipe.execute()
        except (RedisError, OSError) as error:
            logger().warning("bus.unreachable", error=type(error).__name__)

    async def listen(self, *topics: str) -> AsyncIterator[Wake]:
        """Yield hints of these topics for ever; reconnects after half a second."""
        while True:
            pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
            try:
                await pubsub.subscribe(*(_PREFIX + topic for topic in topics))
                obey()
                async for message in pubsub.listen():
                    channel = message["channel"].decode().removeprefix(_PREFIX)
                    yield Wake(channel, orjson.loads(message["data"]))
            except (RedisError, OSError) as error:
                obey()
                logger().warning("bus.unreachable", error=type(error).__name__)
                await asyncio.sleep(_RECONNECT_S)
            finally:
                await _close(pubsub)

    async def ping(self) -> bool:
        """Tell whether Redis answers."""
        try:
            return bool(await self._redis.ping())
        except (RedisError, OSError):
            return False

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()


async def _close(pubsub: PubSub) -> None:
    with suppress(RedisError, OSError):
        await pubsub.aclose()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
