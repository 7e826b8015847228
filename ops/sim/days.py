"""`python -m ops sim`: days of life in minutes, with storms, outages and clocks that lie.

What devices say is `plan`, with the moments of the time that is told; everything goes through the
broker of the running stack, as from real devices.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zlib import crc32

import aiomqtt
import orjson

from core.clock import utcnow
from core.db import Database
from core.mqtt import address
from core.settings import Settings
from ops.sim.invented import settled
from ops.sim.plan import Message, Metrics, Simulated, messages, plan
from ops.sim.registered import registered
from ops.story import Story

_ALARMS: Final[Mapping[str, Metrics]] = {
    "smoke": {"smoke": True}, "gas": {"gas": True}, "wristband": {"sos": True},
    "fire": {"temperature": 86.0}, "manhole": {"contact_open": True},
    "water": {"water_leak": True},
}  # fmt: skip
_1970: Final = datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
_AHEAD: Final = timedelta(days=400)
_IN_FLIGHT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Said:
    """A message and why it was sent."""

    message: Message
    why: str


async def run(settings: Settings, story: Story, community: str, invented: int) -> dict[str, object]:
    """Tell a story to the running stack; raises RuntimeError where there is nobody to speak for."""
    db = Database(settings.database_url, pool=1)
    try:
        if invented:
            devices = await settled(db, invented, now=utcnow())
        else:
            devices = await registered(db, community)
    finally:
        await db.aclose()
    if not devices:
        raise RuntimeError(
            f"{community} has no devices that speak over MQTT: --devices N invents some."
        )
    return await publish(settings.mqtt_url, devices, story)


def tell(devices: Sequence[Simulated], story: Story, *, ends: datetime) -> Iterator[list[Said]]:
    """Tell the story up to `ends`, step by step; a storm is the last one."""
    steps = max(1, round(timedelta(days=story.days) / story.step))
    began = ends - story.days * timedelta(days=1)
    for tick in range(steps):
        now = began + tick * story.step
        yield [said for device in devices for said in _step(device, tick, steps, now, story)]
    if story.storm:
        alarming = [one for one in devices if one.kind == story.storm][: story.storm_size]
        yield [
            Said(_dated(message, ends), "storm")
            for device in alarming
            for message in messages(device, _ALARMS[story.storm])
        ]


async def publish(mqtt_url: str, devices: Sequence[Simulated], story: Story) -> dict[str, object]:
    """Publish the story at QoS 1, as fast as `minutes` ask for; return what was sent, and why."""
    counts: Counter[str] = Counter()
    began, steps = time.monotonic(), max(1, round(timedelta(days=story.days) / story.step))
    free = asyncio.Semaphore(_IN_FLIGHT)
    async with aiomqtt.Client(
        **address(mqtt_url), max_inflight_messages=_IN_FLIGHT, timeout=60
    ) as client:
        client.pending_calls_threshold = _IN_FLIGHT  # so many wait by our will: no warning

        async def one(message: Message) -> None:
            try:
                await client.publish(message.topic, message.payload, qos=1)
            finally:
                free.release()

        async with asyncio.TaskGroup() as publishing:
            for tick, words in enumerate(tell(devices, story, ends=utcnow())):
                for said in words:
                    await free.acquire()
                    publishing.create_task(one(said.message))
                    counts[said.why] += 1
                due = began + story.minutes * 60 * min(1.0, (tick + 1) / steps)
                await asyncio.sleep(max(0.0, due - time.monotonic()))
    return {
        "devices": len(devices), "messages": counts.total(), **dict(sorted(counts.items())),
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip


def _step(device: Simulated, tick: int, steps: int, now: datetime, story: Story) -> Iterator[Said]:
    """Say what a device says in a step: nothing while it is out, and that it comes and goes."""
    first, last = steps // 3, 2 * steps // 3
    if _among(device, "silent", story.silent) and first <= tick <= last and last > first:
        if tick in {first, last}:
            back = {"online": tick == last}
            yield from (Said(one, "outage") for one in messages(device, back))
        return
    lies = _among(device, "wrong", story.wrong)
    moment = (_1970 if device.number % 2 else now + _AHEAD) if lies else now
    for message in messages(device, plan(device, tick, now)):
        yield Said(_dated(message, moment), "wrong_clock" if lies else "life")


def _among(device: Simulated, part: str, share: float) -> bool:
    """Draw a share of the devices, the same in every run."""
    return crc32(f"{part} {device.external}".encode()) / (1 << 32) < share


def _dated(message: Message, now: datetime) -> Message:
    """Write the moment into a message whose form has a place for it."""
    root, _, rest = message.topic.partition("/")
    field = {"linling": "ts", "zigbee2mqtt": "last_seen", "application": "time"}.get(root)
    if field is None or rest.endswith(("/online", "/availability", "bridge/state")):
        return message
    body = orjson.loads(message.payload) | {field: now.isoformat()}
    return Message(message.topic, orjson.dumps(body))
