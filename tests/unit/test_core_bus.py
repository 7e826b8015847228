"""Wake-ups over Redis: what is published is heard, and a dead Redis harms nobody."""

import asyncio

import structlog
from redis.asyncio import Redis

from core.bus import RedisBus
from core.ports import Wake
from ops.embedded import Urls

LIMIT_S = 10


async def subscribed(url: str, topic: str) -> None:
    """Wait until somebody listens to a topic."""
    redis, name = Redis.from_url(url), f"linling:{topic}"
    async with asyncio.timeout(LIMIT_S):
        while not dict(await redis.pubsub_numsub(name))[name.encode()]:
            pass
    await redis.aclose()


async def test_what_is_published_is_heard(urls: Urls) -> None:
    """Each listener hears its topics, in order, with the data."""
    bus, other = RedisBus(urls.redis), RedisBus(urls.redis)
    heard: list[Wake] = []

    async def listen() -> None:
        async for wake in bus.listen("mailbox", "console"):
            heard.append(wake)
            if len(heard) == 2:
                return

    listening = asyncio.create_task(listen())
    await subscribed(urls.redis, "console")
    await other.publish(
        [
            Wake("mailbox", {"person": "p", "id": 7}),
            Wake("outbox", {}),
            Wake("console", {"community": "c"}),
        ]
    )
    async with asyncio.timeout(LIMIT_S):
        await listening
    assert heard == [Wake("mailbox", {"person": "p", "id": 7}), Wake("console", {"community": "c"})]
    await bus.aclose()
    await other.aclose()


async def test_redis_answers(urls: Urls) -> None:
    """The probe says yes while it runs."""
    bus = RedisBus(urls.redis)
    assert await bus.ping() is True
    await bus.aclose()


async def test_a_dead_redis_is_logged_and_forgotten() -> None:
    """A wake-up is a hint: the transaction before it has committed already."""
    bus = RedisBus("unix:///nonexistent/linling.sock")
    with structlog.testing.capture_logs() as logs:
        await bus.publish([Wake("outbox", {"person": "p"})])
    assert [one["event"] for one in logs] == ["bus.unreachable"]
    assert await bus.ping() is False
    await bus.aclose()


async def test_a_listener_stops_at_whatever_moment_it_is_told_to(urls: Urls) -> None:
    """redis-py loses a cancellation that comes while it connects; the listener ends all the same."""

    async def listen(bus: RedisBus) -> None:
        async for _ in bus.listen("mailbox"):
            pass

    for steps in range(60):
        bus = RedisBus(urls.redis)
        listening = asyncio.create_task(listen(bus))
        for _ in range(steps):
            await asyncio.sleep(0)
        listening.cancel()
        done, _ = await asyncio.wait({listening}, timeout=LIMIT_S)
        assert done
        assert listening.cancelled()
        await bus.aclose()
