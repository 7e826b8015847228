"""The listener's transaction: copies, poison, and what a broker sends again."""

import pytest

from channels.web import WebChannel
from core.bus import RedisBus
from core.crypto import open_json
from core.settings import Settings
from services.ingest import marks
from services.ingest.registry import Registry
from tests.world import World
from worker.intake import Arrived
from worker.mqtt import CLIENT_ID, Memory, store
from worker.stack import Stack


@pytest.fixture
async def stack(world: World, bus: RedisBus) -> Stack:
    """Wire a worker's stack to the world's database."""
    web = WebChannel()
    return Stack(Settings(), world.db, bus, {web.name: web})


async def connected(stack: Stack) -> Memory:
    """Know what a listener knows that has just connected."""
    async with stack.db.reading() as session:
        return Memory(Registry(), await marks.load(session, CLIENT_ID))


def smoke(world: World, packet: int, *, dup: bool = False, payload: bytes = b"") -> Arrived:
    """Make the smoke sensor's message under a packet id."""
    topic = f"zigbee2mqtt/{world.devices['smoke'].external}".encode()
    return Arrived(topic, payload or b'{"smoke": true}', 1, packet, False, dup)


async def test_a_copy_after_a_crash_has_no_second_effect(world: World, stack: Stack) -> None:
    """Committed, not acknowledged, resent under the same packet id: nothing happens."""
    await store(stack, await connected(stack), [smoke(world, 7)])
    await store(stack, await connected(stack), [smoke(world, 7, dup=True)])
    assert len(await world.fetch("SELECT 1 FROM reading")) == 1
    assert len(await world.fetch("SELECT 1 FROM ticket_event")) == 1


async def test_a_copy_of_what_was_never_committed_counts(world: World, stack: Stack) -> None:
    """The same words under another packet id are a second message, DUP flag or not."""
    await store(stack, await connected(stack), [smoke(world, 7)])
    await store(stack, await connected(stack), [smoke(world, 8, dup=True)])
    assert len(await world.fetch("SELECT 1 FROM reading")) == 2


async def test_poison_stands_alone_in_the_dead_letters(world: World, stack: Stack) -> None:
    """One unreadable message does not cost the others of its batch; its content is sealed."""
    batch = [smoke(world, n, payload=b'{"battery": %d}' % n) for n in range(1, 9)]
    batch[3] = smoke(world, 4, payload=b'{"smoke": "secret"}')
    await store(stack, await connected(stack), batch)
    assert len(await world.fetch("SELECT 1 FROM reading")) == 7
    rows = await world.fetch("SELECT reason, payload FROM dead_letter")
    assert len(rows) == 1
    assert "secret" not in rows[0].reason
    assert b"secret" not in bytes(rows[0].payload)


async def test_a_bridges_last_will_takes_its_devices_down(world: World, stack: Stack) -> None:
    """It is no reading, yet it comes through; nonsense under its topic is a dead letter."""
    await store(stack, await connected(stack), [smoke(world, 1, payload=b'{"smoke": false}')])
    topic = b"zigbee2mqtt/bridge/state"
    said = [
        Arrived(topic, b'{"state": "offline"}', 1, 2, True, False),
        Arrived(topic, b"[7]", 1, 3, True, False),
    ]
    await store(stack, await connected(stack), said)
    assert await world.point("smoke") == "offline"
    assert len(await world.fetch("SELECT 1 FROM dead_letter")) == 1
    rows = await world.fetch("SELECT external FROM device WHERE kind = 'gateway'")
    names = [open_json(row.external, "device.external") for row in rows]
    assert names == ["zigbee2mqtt/bridge"], "registered with the first of its devices"


async def test_marks_are_pruned_and_the_newest_kept(world: World, stack: Stack) -> None:
    """No more is kept than a broker can have in flight, several times over."""
    async with stack.db.transaction() as session:
        for number in range(1, 602):
            packets = [(number * 10 + n, bytes(8)) for n in range(10)]
            await marks.note(session, CLIENT_ID, packets)
    kept = (await connected(stack)).handled
    assert 6019 in kept
    assert len(kept) <= marks.KEPT + 2000
