"""The demo's simulated devices: ordinary life through the real broker, never an alarm."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count
from typing import NoReturn

import aiomqtt

from core.clock import utcnow
from core.crypto import open_json
from core.db import Database, sql
from core.log import logger
from core.mqtt import address
from core.tasks import obey
from ops.sim.others import Others
from ops.sim.plan import SPOKEN, Message, Simulated, messages, plan

TOPICS = ("linling/#", "zigbee2mqtt/#", "frigate/#", "application/#", "atom/#")
# Carries no readings. Once it comes back, so have the retained messages, which were sent before.
_HELLO = "linling/simulation/devices/hello"
_RETRY_S = 1.0


async def run(mqtt_url: str, db: Database, *, every_s: float = 20.0) -> None:
    """Let the demo's devices report until cancelled; outlives the broker.

    Speaks only for devices that the seed made, and of these not for one that has never been
    connected or that somebody else declared offline. A metric that somebody else publishes is
    left to them for the rest of the run.
    """
    await live(mqtt_url, await simulated(db), every_s=every_s)


async def live(
    mqtt_url: str,
    devices: Sequence[Simulated],
    *,
    every_s: float,
    clock: Callable[[], datetime] = utcnow,
) -> NoReturn:
    """Publish what `plan` says for these devices, a tick every `every_s` seconds."""
    others, ticks = Others(devices), count()
    while True:
        try:
            async with aiomqtt.Client(**address(mqtt_url)) as client:
                others.reconnected()
                settled = asyncio.Event()
                await client.subscribe([(topic, 0) for topic in TOPICS])
                async with asyncio.TaskGroup() as both:
                    both.create_task(_listen(client, others, settled, clock))
                    await client.publish(_HELLO)
                    await settled.wait()
                    both.create_task(
                        _speak(client, devices, others, ticks, every_s=every_s, clock=clock)
                    )
                    # Not in the group's own exit, where a failing task's cancellation of this one
                    # is never taken back (Python 3.11) and would look like a word to stop.
                    await asyncio.get_running_loop().create_future()
        except* aiomqtt.MqttError:
            logger().info("sim.broker_away")
        obey()  # a task that failed, or leaving the broker, may have hidden the word to stop
        await asyncio.sleep(_RETRY_S)


async def simulated(db: Database) -> list[Simulated]:
    """Read the devices to speak for; none outside the demo.

    The seed's devices are exactly as old as the demo's elder; any other was added by somebody
    who may want to speak for it.
    """
    async with db.reading() as session:
        rows = await session.execute(
            sql(
                """
                SELECT d.id, d.kind, d.source, d.external, c.slug
                FROM device d JOIN community c ON c.id = d.community_id
                JOIN device_presence p ON p.device_id = d.id AND p.last_seen IS NOT NULL
                WHERE d.removed_at IS NULL AND d.source = ANY(CAST(:sources AS text[]))
                  AND d.installed_at = (SELECT e.created_at FROM demo_persona
                                        JOIN person e ON e.id = person_id WHERE persona = 'elder')
                  AND NOT EXISTS (SELECT 1 FROM device_state s WHERE s.device_id = d.id
                                  AND s.metric = 'online' AND s.value = 0)
                ORDER BY d.id
                """
            ),
            {"sources": list(SPOKEN)},
        )
        return [
            Simulated(
                row.id, row.kind, row.source, open_json(row.external, "device.external"), row.slug
            )
            for row in rows
        ]


async def _listen(
    client: aiomqtt.Client,
    others: Others,
    settled: asyncio.Event,
    clock: Callable[[], datetime],
) -> None:
    async for message in client.messages:
        if message.topic.value == _HELLO:
            settled.set()
        elif isinstance(message.payload, bytes):
            others.hear(Message(str(message.topic), message.payload), clock())


async def _speak(
    client: aiomqtt.Client,
    devices: Sequence[Simulated],
    others: Others,
    ticks: "count[int]",
    *,
    every_s: float,
    clock: Callable[[], datetime],
) -> None:
    for tick in ticks:
        for device in devices:
            said = others.leave(device, plan(device, tick, clock()))
            for message in messages(device, said):
                others.sending(message)
                await client.publish(message.topic, message.payload)
                obey()  # wait_for in publish loses it when the answer comes at the same moment
        await asyncio.sleep(every_s)
