"""The demo's simulated devices: ordinary life, no alarm, nobody talked over."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import aiomqtt
import orjson
import pytest

from core.mqtt import address
from core.reading import LIFE_METRICS
from devices import decode
from ops.embedded import servers
from ops.sim import live
from ops.sim.others import Others
from ops.sim.plan import Message, Metrics, Simulated, messages, plan

START = datetime(2025, 6, 1, 0, 0, tzinfo=UTC)  # eight in the morning in Changzhou
TICK = timedelta(seconds=20)
SOURCES = {
    "door": "zigbee2mqtt", "gas": "zigbee2mqtt", "smoke": "zigbee2mqtt", "water": "zigbee2mqtt",
    "wristband": "wristband", "camera": "frigate", "manhole": "chirpstack", "fire": "linling",
    "lane": "frigate", "rubbish": "frigate", "parking": "frigate", "street": "frigate",
}  # fmt: skip


def device(kind: str, number: int = 1, source: str = "") -> Simulated:
    """Make a device of a kind; those of zigbee2mqtt have names as people write them."""
    source = source or SOURCES[kind]
    name = f"3幢2单元50{number} {kind}" if source == "zigbee2mqtt" else f"{kind}_{number:02}"
    return Simulated(UUID(int=number), kind, source, name, "default")


def life(one: Simulated, ticks: int) -> list[Metrics]:
    """List what a device says over a stretch of time."""
    return [plan(one, tick, START + tick * TICK) for tick in range(ticks)]


@pytest.mark.parametrize("kind", SOURCES)
def test_a_day_without_alarms(kind: str) -> None:
    """Over a day every device is heard of, reads back as meant, and says nothing of life."""
    one, heard = device(kind), 0
    for said in life(one, 4320):
        sent = messages(one, said)
        readings = [r for m in sent for r in decode(m.topic, m.payload, START).readings]
        assert {r.metric: r.value for r in readings} == said
        assert {(r.source, r.device) for r in readings} <= {(one.source, one.external)}
        assert not LIFE_METRICS & said.keys()
        heard += bool(said)
    assert heard >= 4320 // 15


def test_a_door_that_opens_closes() -> None:
    """No door stays open, and some door opens."""
    opened = 0
    for number in range(30):
        said = [now["contact_open"] for now in life(device("door", number), 4321)
                if "contact_open" in now]  # fmt: skip
        opened += said.count(True)
        assert said[-1] is False
    assert 20 < opened < 400


def test_water_only_rises() -> None:
    """A meter never turns back, also over midnight and from one run to the next."""
    one = device("water")
    totals = [now["water_total"] for now in life(one, 9000) if "water_total" in now]
    assert totals == sorted(totals)
    assert 0.1 < totals[-1] - totals[0] < 1
    assert plan(one, 0, START + 9000 * TICK)["water_total"] >= totals[-1]


def test_pulses_are_healthy() -> None:
    """Pulse and oxygen stay far from every limit."""
    for number in range(20):
        for said in life(device("wristband", number), 400):
            assert 55 <= said.get("heart_rate", 70) <= 90
            assert 95 <= said.get("spo2", 97) <= 99


def test_the_echo_is_not_somebody_else() -> None:
    """Each sent message is expected back once; the same again was somebody else's."""
    one = device("wristband", source="linling")
    others, message = Others([one]), messages(one, {"heart_rate": 70.0})[0]
    others.sending(message)
    others.hear(message, START)
    assert others.leave(one, {"heart_rate": 71.0}) == {"heart_rate": 71.0}
    others.hear(message, START)
    assert others.leave(one, {"heart_rate": 72.0, "spo2": 97.0}) == {"spo2": 97.0}


@pytest.mark.parametrize("name", ["{0.external}", "{0.id}", "{0.id.hex}"])
def test_a_metric_of_somebody_else_is_left_to_them(name: str) -> None:
    """Also where they name the device by its id; other devices go on."""
    one, two = device("manhole", 1, "linling"), device("manhole", 2, "linling")
    others = Others([one, two])
    topic = f"linling/default/{name.format(one)}/event"
    others.hear(Message(topic, b'{"metrics":{"water_level":1.2}}'), START)
    said = {"water_level": 0.1, "tilt_angle": 0.5}
    assert others.leave(one, said) == {"tilt_angle": 0.5}
    assert others.leave(two, said) == said


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("zigbee2mqtt/{}/availability", b"offline"),
        ("zigbee2mqtt/{}", b"not JSON"),
        ("zigbee2mqtt/{}", b'{"smoke": "perhaps"}'),
    ],
)
def test_some_words_silence_a_device(topic: str, payload: bytes) -> None:
    """Whoever declares a device offline or unreadable is not contradicted by its battery."""
    one = device("smoke")
    others = Others([one])
    others.hear(Message(topic.format(one.external), payload), START)
    assert others.leave(one, {"battery": 90.0, "online": True}) == {}


def test_an_alarm_of_somebody_else_is_not_disturbed() -> None:
    """After another's smoke alarm only what was not in that message is still reported."""
    one = device("smoke")
    others = Others([one])
    alarm = Message(f"zigbee2mqtt/{one.external}", b'{"smoke": true, "battery": 40}')
    others.hear(alarm, START)
    assert others.leave(one, {"battery": 90.0, "online": True}) == {"online": True}


def test_another_community_is_another_device() -> None:
    """The same name on the topic of another community concerns nobody here."""
    one = device("manhole", source="linling")
    others = Others([one])
    elsewhere = Message(f"linling/other/{one.external}/event", b'{"metrics":{"tilt_angle":80}}')
    others.hear(elsewhere, START)
    assert others.leave(one, {"tilt_angle": 0.5}) == {"tilt_angle": 0.5}


@asynccontextmanager
async def living(url: str, *devices: Simulated) -> AsyncIterator[None]:
    """Run the simulation fast."""
    task = asyncio.create_task(live(url, devices, every_s=0.01))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def spoken(client: aiomqtt.Client, topic: str) -> AsyncIterator[dict[str, float]]:
    """Iterate over the metrics said on a topic."""
    async for message in client.messages:
        assert isinstance(message.payload, bytes)
        if str(message.topic) == topic:
            yield orjson.loads(message.payload)["metrics"]


@pytest.mark.needs_system("mosquitto")
async def test_it_gives_way_at_the_broker(broker_url: str) -> None:
    """Once somebody else reports a pulse, the simulated one stops and the oxygen goes on."""
    one = device("wristband", 7, "linling")
    topic = f"linling/default/{one.external}/event"
    async with asyncio.timeout(20), aiomqtt.Client(**address(broker_url)) as client:
        await client.subscribe("linling/#")
        async with living(broker_url, one):
            said = spoken(client, topic)
            first = await anext(said)
            assert first["heart_rate"] < 100
            await client.publish(topic, b'{"metrics":{"heart_rate":140}}')
            async for metrics in said:
                if "spo2" in metrics and "heart_rate" not in metrics:
                    break
            following = [await anext(said) for _ in range(10)]
            assert not any("heart_rate" in metrics for metrics in following)


@pytest.mark.needs_system("mosquitto")
async def test_it_hears_what_was_retained(broker_url: str) -> None:
    """What somebody left with the broker before the start counts as said."""
    one = device("wristband", 8, "linling")
    topic = f"linling/default/{one.external}/event"
    async with asyncio.timeout(20), aiomqtt.Client(**address(broker_url)) as client:
        await client.publish(topic, b'{"metrics":{"spo2":91}}', qos=1, retain=True)
        await client.subscribe("linling/#")
        async with living(broker_url, one):
            said = spoken(client, topic)
            assert await anext(said) == {"spo2": 91}
            following = [await anext(said) for _ in range(10)]
        await client.publish(topic, b"", qos=1, retain=True)
        assert not any("spo2" in metrics for metrics in following)


@pytest.mark.needs_system("mosquitto")
async def test_it_outlives_the_broker() -> None:
    """After the broker was killed and came back the devices report again."""
    one = device("wristband", source="linling")
    topic = f"linling/default/{one.external}/event"
    with (
        tempfile.TemporaryDirectory(prefix="linling-test-") as home,
        servers(Path(home), want=("broker",)) as urls,
    ):
        async with asyncio.timeout(30), living(urls.mqtt, one):
            async with aiomqtt.Client(**address(urls.mqtt)) as client:
                await client.subscribe("linling/#")
                await anext(spoken(client, topic))
                os.kill(urls.pids["broker"], signal.SIGKILL)
                with pytest.raises(aiomqtt.MqttError):
                    async for _ in client.messages:
                        pass
            async with connected(urls.mqtt) as client:
                await client.subscribe("linling/#")
                assert await anext(spoken(client, topic))


@pytest.mark.needs_system("mosquitto")
async def test_it_stops_while_the_broker_is_too_slow_to_leave() -> None:
    """The error of leaving stands in for the word to stop, which counts all the same."""
    with (
        tempfile.TemporaryDirectory(prefix="linling-test-") as home,
        servers(Path(home), want=("broker",)) as urls,
    ):
        one = device("wristband", source="linling")
        task = asyncio.create_task(live(urls.mqtt, [one], every_s=0.01))
        async with aiomqtt.Client(**address(urls.mqtt)) as client:
            await client.subscribe("linling/#")
            await anext(spoken(client, f"linling/default/{one.external}/event"))
        os.kill(urls.pids["broker"], signal.SIGSTOP)
        try:
            task.cancel()
            await asyncio.wait({task}, timeout=30)
        finally:
            os.kill(urls.pids["broker"], signal.SIGCONT)
        assert task.cancelled()


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[aiomqtt.Client]:
    """Connect as soon as the broker is back."""
    while True:
        client = aiomqtt.Client(**address(url))
        try:
            await client.__aenter__()
        except aiomqtt.MqttError:
            await asyncio.sleep(0.05)
        else:
            break
    try:
        yield client
    finally:
        await client.__aexit__(None, None, None)
