"""Processes refuse to start under settings that mustn't be, in one line that says what to change."""

import os
import subprocess
import sys

import pytest

from tests.database import DATA_KEYS
from tests.repo.house import ROOT

SETTINGS = {
    "LINLING_SECRET_KEY": "test",
    "LINLING_DATA_KEYS": DATA_KEYS,
    # Nobody listens there: whatever gets that far has not refused.
    "LINLING_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/none",
    "LINLING_REDIS_URL": "redis://127.0.0.1:1/0",
    "LINLING_MQTT_URL": "mqtt://127.0.0.1:1",
    "LINLING_TELEGRAM__TOKEN": "123456:ABC",
}


@pytest.mark.parametrize("process", ["bot", "worker"])
def test_government_rules_and_telegram_never_start_together(process: str) -> None:
    """Telegram carries data across the border, so such a deployment ends at once with code 2."""
    others = {key: value for key, value in os.environ.items() if not key.startswith("LINLING_")}
    ended = subprocess.run(
        [sys.executable, "-m", process],
        cwd=ROOT,
        env={**others, **SETTINGS, "LINLING_REGION": "cn-gov"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert "LINLING_REGION=cn-gov" in ended.stderr
    assert "LINLING_TELEGRAM__TOKEN" in ended.stderr
    assert "Traceback" not in ended.stderr
