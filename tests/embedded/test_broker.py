"""The broker: mosquitto that keeps its queues, and the fallback for a bare machine."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import aiomqtt
import pytest

from ops.embedded import Children, servers
from ops.embedded.broker import is_free, listens, usable_port
from tests.until import until

ROOT = Path(__file__).resolve().parents[2]


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
    """Loopback alone, persistence at every change, no limit on the queue of a listener."""
    with servers(home, want=("broker",)) as urls:
        text = (home / "mosquitto" / "mosquitto.conf").read_text(encoding="utf-8")
        port = int(urls.mqtt.rpartition(":")[2])
    assert set(text.splitlines()) >= {
        f"listener {port} 127.0.0.1",
        "persistence true",
        "autosave_on_changes true",
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
        configuration.write_text(f"listener {taken} 127.0.0.1\n", encoding="utf-8")
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
