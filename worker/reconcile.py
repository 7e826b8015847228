"""After an outage: devices that have not spoken since are asked how they are.

What was published while the listener was away waits in its session at the broker, and presences
are retained; but a broker that lost its memory, or a bridge that could not publish, leaves devices
whose last word is old. Zigbee2MQTT answers `<device>/get`; sleepers answer when they wake, and of
other ecosystems nobody can be asked. The answers are messages like any other.
"""

import asyncio
from datetime import datetime
from typing import Final

import aiomqtt
import orjson

from core.log import logger
from devices import zigbee2mqtt
from services.ingest import registry
from worker.stack import Stack

WAIT_S: Final = 30.0  # most speak by themselves, or stood in the queue
PAUSE_S: Final = 0.2  # a Zigbee network carries little more


async def ask(
    stack: Stack, client: aiomqtt.Client, *, since: datetime, wait_s: float = WAIT_S
) -> int:
    """Ask the devices not heard since then; returns how many were asked."""
    await asyncio.sleep(wait_s)
    async with stack.db.reading() as session:
        silent = await registry.silent(session, zigbee2mqtt.SOURCE, since=since)
    if silent:
        logger().info("ingest.asking", devices=len(silent))
    for external, kind in silent:
        topic, fields = zigbee2mqtt.question(external, kind)
        await client.publish(topic, orjson.dumps(fields), qos=1)
        await asyncio.sleep(PAUSE_S)
    return len(silent)
