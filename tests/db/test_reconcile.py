"""After an outage: who has not spoken since is asked, and the answer is judged like any other."""

import asyncio

import aiomqtt
import orjson
import pytest

from core.bus import RedisBus
from core.mqtt import address
from core.settings import Settings
from tests.world import World
from worker import reconcile
from worker.stack import Stack

pytestmark = pytest.mark.needs_system("mosquitto")


async def asked(world: World, bus: RedisBus, url: str) -> dict[str, object]:
    """Reconnect now; return which devices are asked for what."""
    stack = Stack(Settings(), world.db, bus, {})
    found: dict[str, object] = {}
    async with aiomqtt.Client(**address(url)) as bridge, aiomqtt.Client(**address(url)) as ours:
        await bridge.subscribe("zigbee2mqtt/#", qos=1)
        count = await reconcile.ask(stack, ours, since=world.now, wait_s=0)
        async with asyncio.timeout(10):
            while len(found) < count:
                message = await anext(bridge.messages)
                assert isinstance(message.payload, bytes)
                found[str(message.topic)] = orjson.loads(message.payload)
    return found


async def test_only_who_is_silent_since_is_asked_and_life_first(
    world: World, bus: RedisBus, broker_url: str
) -> None:
    """The wristband of another ecosystem can't be asked, nor one that is known to be offline."""
    await world.publishes("zigbee2mqtt/3幢2单元501 gas/availability", {"state": "offline"})
    found = await asked(world, bus, broker_url)
    flat = "zigbee2mqtt/3幢2单元501"
    assert list(found) == [f"{flat} smoke/get", f"{flat} door/get", f"{flat} water/get"]
    assert list(found.values())[:2] == [{"smoke": ""}, {"contact": ""}]


async def test_who_has_spoken_since_is_left_in_peace(
    world: World, bus: RedisBus, broker_url: str
) -> None:
    """A Zigbee network carries only so many questions."""
    await world.publishes("zigbee2mqtt/3幢2单元501 door", {"contact": True})
    assert "zigbee2mqtt/3幢2单元501 door/get" not in await asked(world, bus, broker_url)


async def test_smoke_that_began_in_the_outage_rings_by_the_answer(world: World) -> None:
    """What was missed is judged and told; the retained copy of what was known changes nothing."""
    topic = "zigbee2mqtt/3幢2单元501 smoke"
    await world.publishes(topic, {"smoke": False})
    await world.publishes(topic, {"smoke": False}, retained=True)
    assert await world.person("worker").rings() == 0
    await world.publishes(topic, {"smoke": True})
    assert await world.person("worker").rings() == 1
    await world.publishes(topic, {"smoke": True}, retained=True)
    assert await world.person("worker").rings() == 1
