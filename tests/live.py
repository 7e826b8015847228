"""The whole product running: `python -m ops demo` in a folder of its own, for a whole session."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiomqtt
import httpx
import orjson
import pytest

from core.mqtt import address
from tests.until import until

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Running:
    """A running demo."""

    base_url: str
    mqtt_url: str
    phones_url: str
    home: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    async def publish(self, topic: str, payload: dict[str, Any]) -> None:
        """Send one MQTT message as a device would, with QoS 1."""
        async with aiomqtt.Client(**address(self.mqtt_url)) as client:
            await client.publish(topic, orjson.dumps(payload), qos=1)

    def pids(self) -> dict[str, int]:
        """Read the processes of this moment."""
        found: dict[str, int] = json.loads((self.home / "run.json").read_text())["pids"]
        return found


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(**given: str) -> Iterator[Running]:
    """Start a demo in a folder of its own; stop it as a person would, with SIGTERM.

    `given` is more of its environment.
    """
    with tempfile.TemporaryDirectory(prefix="linling-live-") as folder:
        home, port = Path(folder) / "home", free_port()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("LINLING_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "ops", "demo", "--port", str(port)],
            cwd=ROOT,
            env={**environment, **given, "LINLING_HOME": str(home)},
        )
        base_url = f"http://127.0.0.1:{port}"
        try:
            until(lambda: (home / "run.json").exists() and _ready(base_url), 60, what="the demo")
            run = json.loads((home / "run.json").read_text())
            yield Running(base_url, run["mqtt_url"], run["phones_url"], home, process)
        finally:
            process.terminate()
            assert process.wait(20) == 0


@pytest.fixture(scope="session")
def live() -> Iterator[Running]:
    """Start the demo once."""
    with running() as made:
        yield made


def _ready(base_url: str) -> bool:
    try:
        return httpx.get(f"{base_url}/readyz", trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
