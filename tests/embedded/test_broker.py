"""The broker: mosquitto that keeps its queues, and the fallback for a bare machine."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import aiomqtt
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from ops.embedded import Children, servers
from ops.embedded.broker import is_free, listens, usable_port
from tests.until import until

ROOT = Path(__file__).resolve().parents[2]
BURST = 1_000


def client(port: int, name: str, *, clean: bool = True) -> aiomqtt.Client:
    """Describe a client of a loopback broker."""
    return aiomqtt.Client("127.0.0.1", port, identifier=name, clean_session=clean)


async def receive(listener: aiomqtt.Client) -> list[bytes]:
    """Wait for one message."""
    async with asyncio.timeout(10):
        async for message in listener.messages:
            assert isinstance(message.payload, bytes)
            return [message.payload]
    return []


@pytest.mark.needs_system("mosquitto")
def test_the_configuration_keeps_what_is_queued(home: Path) -> None:
    """No way in but the door, a store, no limit on the queue of a listener."""
    with servers(home, want=("broker",)):
        text = (home / "mosquitto" / "mosquitto.conf").read_text(encoding="utf-8")
    assert set(text.splitlines()) >= {
        "listener 0 broker.sock",
        "persistence true",
        "autosave_interval 1",
        "max_inflight_messages 2000",
        "max_queued_messages 0",
    }
    assert (home / "mosquitto").stat().st_mode & 0o077 == 0


@pytest.mark.needs_system("mosquitto")
async def test_queued_messages_outlive_a_kill(home: Path) -> None:
    """A message for an absent listener arrives after the broker was killed -9 and came back."""
    told: list[Mapping[str, int]] = []
    with servers(home, want=("broker",), on_restart=told.append) as urls:
        port = int(urls.mqtt.rpartition(":")[2])
        async with client(port, "listener", clean=False) as listener:
            await listener.subscribe("linling/#", qos=1)
        async with client(port, "device") as device:
            await device.publish("linling/a/b/event", b"ring", qos=1)
        stored = home / "mosquitto" / "mosquitto.db"
        until(lambda: stored.exists() and b"ring" in stored.read_bytes(), what="stored")
        os.kill(urls.pids["broker"], signal.SIGKILL)
        until(lambda: told, 20, what="restarted")
        async with client(port, "listener", clean=False) as listener:
            assert await receive(listener) == [b"ring"]


@pytest.mark.needs_system("mosquitto")
async def test_nothing_is_confirmed_that_is_not_saved(home: Path) -> None:
    """While the broker can't write its store a message passes, but no sender is told it is safe."""
    with servers(home, want=("broker",)) as urls:
        port = int(urls.mqtt.rpartition(":")[2])
        async with client(port, "listener") as listener, client(port, "device") as device:
            await listener.subscribe("linling/#", qos=1)
            blocked = home / "mosquitto" / "mosquitto.db.new"
            blocked.mkdir()
            confirmed = asyncio.ensure_future(device.publish("linling/a/b/event", b"ring", qos=1))
            assert await receive(listener) == [b"ring"]
            done, _ = await asyncio.wait([confirmed], timeout=1)
            assert not done
            blocked.rmdir()
            await asyncio.wait_for(confirmed, 10)


@pytest.mark.needs_system("mosquitto")
@pytest.mark.parametrize("victim", ["broker", "door"])
async def test_what_was_confirmed_outlives_a_kill(home: Path, victim: str) -> None:
    """Killed -9 in the middle of a burst, three times: the absent listener gets all of it."""
    told: list[Mapping[str, int]] = []
    with servers(home, want=("broker",), on_restart=told.append) as urls:
        port = int(urls.mqtt.rpartition(":")[2])
        async with client(port, "listener", clean=False) as listener:
            await listener.subscribe("linling/#", qos=1)
        for kill in range(3):
            with bursting(port, kill) as confirmed:
                until(lambda: len(confirmed) >= 50, 20, what="in the middle")
                os.kill(urls.pids[victim], signal.SIGKILL)
                until(lambda: len(confirmed) == BURST, 20, what="all is confirmed")
            until(lambda: len(told) > kill, 20, what="restarted")  # noqa: B023
        missing = {b"%d-%d" % (kill, number) for kill in range(3) for number in range(BURST)}
        async with client(port, "listener", clean=False) as listener, asyncio.timeout(20):
            async for message in listener.messages:
                assert isinstance(message.payload, bytes)
                missing.discard(message.payload)
                if not missing:
                    break


@contextmanager
def bursting(port: int, number: int) -> Iterator[set[int]]:
    """Publish without a pause, and again what is not confirmed; yields what is."""
    confirmed: set[int] = set()
    device = mqtt.Client(CallbackAPIVersion.VERSION2, f"device-{number}", clean_session=False)
    device.max_inflight_messages_set(50)
    device.reconnect_delay_set(1, 1)
    device.on_publish = lambda _client, _data, packet, _code, _more: confirmed.add(packet)
    device.connect("127.0.0.1", port)
    for each in range(BURST):
        device.publish("linling/a/b/event", b"%d-%d" % (number, each), qos=1)
    device.loop_start()
    try:
        yield confirmed
    finally:
        device.disconnect()
        device.loop_stop()


@pytest.mark.needs_system("mosquitto")
def test_the_port_is_the_same_at_the_next_start(home: Path) -> None:
    """Devices that were pointed here find the broker again."""
    with servers(home, want=("broker",)) as urls:
        first = urls.mqtt
    with servers(home, want=("broker",)) as urls:
        assert urls.mqtt == first


def test_a_taken_port_is_not_used_again(tmp_path: Path) -> None:
    """Another program on the former port means another port."""
    import socket

    configuration = tmp_path / "mosquitto.conf"
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        configuration.write_text(f"# The door of port {taken}\n", encoding="utf-8")
        assert usable_port(configuration) != taken
    assert is_free(usable_port(tmp_path / "none"))


async def test_the_fallback_carries_messages(tmp_path: Path, unused_tcp_port: int) -> None:
    """Without mosquitto a message still gets from a device to a listener."""
    children = Children()
    argv = [sys.executable, "-m", "ops.embedded.fallback_broker", str(unused_tcp_port)]
    environment = dict(os.environ) | {"PYTHONPATH": str(ROOT)}
    children.start("broker", argv, environment, tmp_path / "broker.log", cwd=tmp_path)
    try:
        until(lambda: listens(unused_tcp_port), 20, what="the fallback listens")
        async with client(unused_tcp_port, "listener") as listener:
            await listener.subscribe("linling/#", qos=1)
            async with client(unused_tcp_port, "device") as device:
                await device.publish("linling/a/b/event", b"ring", qos=1)
                assert await receive(listener) == [b"ring"]
    finally:
        children.stop_all()
