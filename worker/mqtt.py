"""Devices' messages from the broker into the database: take a batch, commit, acknowledge.

One listener at a time holds the leadership. What cannot be read or applied goes to the dead
letters and is acknowledged; while the database is away nothing is.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from sqlalchemy.exc import DBAPIError

from core.clock import utcnow
from core.db import Session, is_outage, sqlstate
from core.errors import DecodeError
from core.log import logger
from core.metrics import BATCH_SIZE, DEAD_LETTERS, MESSAGES
from core.mqtt import address
from devices import community_of, decode, source_of, speaker_of
from services.ingest import batch, deadletter, marks
from services.ingest.registry import Registry
from worker import reconcile
from worker.intake import Arrived, Intake
from worker.stack import Stack

BATCH = 1000
TOPICS = ("linling/#", "zigbee2mqtt/#", "application/+/device/+/event/+", "frigate/#", "atom/#")
CLIENT_ID = "linling-listener-1"
_RETRY_S = 0.5


@dataclass(frozen=True, slots=True)
class Memory:
    """What a listener knows for the length of a connection."""

    registry: Registry
    handled: marks.Handled


async def run(stack: Stack) -> NoReturn:
    """Listen until cancelled or disconnected."""
    async with stack.db.reading() as session:
        handled = await marks.load(session, CLIENT_ID)
    memory = Memory(Registry(pictures=stack.see is not None), handled)
    async with Intake(address(stack.settings.mqtt_url), identifier=CLIENT_ID) as client:
        await client.subscribe([(topic, 1) for topic in TOPICS])
        await stack.beat("mqtt")
        beside = [
            asyncio.create_task(stack.keep_beating("mqtt")),
            asyncio.create_task(reconcile.ask(stack, client, since=utcnow())),
        ]
        try:
            while True:
                taken = await client.take(BATCH)
                await store(stack, memory, taken)
                client.acknowledge(taken)
                MESSAGES.inc(len(taken))
                BATCH_SIZE.observe(len(taken))
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


async def store(
    stack: Stack, memory: Memory, taken: Sequence[Arrived], *, again: bool = False
) -> None:
    """Commit a batch; wait for a database that is away; halve a batch that fails."""
    while True:
        try:
            await stack.db.run(lambda session: _apply(session, memory, stack, taken))
        except Exception as error:  # noqa: BLE001  a bug in one message must not stop the rest
            if is_outage(error) or (isinstance(error, DBAPIError) and sqlstate(error) is None):
                logger().warning("ingest.database_away", error=type(error).__name__)
                await asyncio.sleep(_RETRY_S)
                continue
            await _isolate(stack, memory, taken, error, again=again)
            return
        else:
            return


async def _isolate(
    stack: Stack, memory: Memory, taken: Sequence[Arrived], error: Exception, *, again: bool
) -> None:
    """Halve a batch; bury one message when it fails twice.

    A database that dies in mid-statement may show as any error, and one message in such a batch
    is not to blame: with a fresh connection it goes through.
    """
    if len(taken) > 1:
        middle = len(taken) // 2
        await store(stack, memory, taken[:middle])
        await store(stack, memory, taken[middle:])
        return
    if not again:
        await asyncio.sleep(_RETRY_S)
        await store(stack, memory, taken, again=True)
        return
    logger().error("ingest.poison", exc=error)
    message, now = taken[0], utcnow()

    async def bury(session: Session) -> None:
        await _bury(session, memory, stack, message, type(error).__name__, now=now)
        await marks.note(session, CLIENT_ID, _packets([(message, _digest(message))]))

    await stack.db.run(bury)


async def _apply(session: Session, memory: Memory, stack: Stack, taken: Sequence[Arrived]) -> None:
    now = utcnow()
    readable: list[batch.Message] = []
    marked = [(one, _digest(one)) for one in taken]
    new = [
        (one, digest)
        for one, digest in marked
        if not (one.dup and memory.handled.get(one.mid) == digest)
    ]
    for message, digest in new:
        try:
            topic = str(message.topic, "utf-8")
            decoded = decode(topic, message.payload, now)
        except DecodeError as error:
            await _bury(session, memory, stack, message, str(error), now=now)
            continue
        except UnicodeDecodeError:
            await _bury(session, memory, stack, message, "topic is not UTF-8", now=now)
            continue
        if decoded:
            readable.append(
                batch.Message.of(
                    decoded, community=community_of(topic) or stack.settings.community,
                    source=source_of(topic), digest=digest, received=now, retained=message.retain,
                )
            )  # fmt: skip
    await batch.apply(session, memory.registry, readable, now=now)
    await marks.note(session, CLIENT_ID, _packets(new))


def _digest(message: Arrived) -> bytes:
    return hashlib.blake2b(message.topic + b"\0" + message.payload, digest_size=8).digest()


def _packets(messages: Iterable[tuple[Arrived, bytes]]) -> list[marks.Packet]:
    return [(one.mid, digest) for one, digest in messages if one.qos]


async def _bury(
    session: Session,
    memory: Memory,
    stack: Stack,
    message: Arrived,
    reason: str,
    *,
    now: datetime,
) -> None:
    """Keep the message with its reason; ring the operator when a life device sent it."""
    DEAD_LETTERS.inc()
    try:
        topic = str(message.topic, "utf-8")
    except UnicodeDecodeError:
        topic = ""
    speaker = speaker_of(topic)
    await deadletter.bury(
        session,
        source=speaker[0] if speaker else "mqtt",
        topic=topic,
        payload=message.payload,
        reason=reason,
        now=now,
    )
    if speaker is not None:
        place = (*speaker, community_of(topic) or stack.settings.community)
        await deadletter.alarm_unreadable(session, memory.registry, place, now=now)
