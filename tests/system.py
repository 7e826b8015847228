"""The programs of the machine that some tests want: `@pytest.mark.needs_system("chromium")`."""

import os
import shutil
from pathlib import Path

from ops.embedded.broker import mosquitto

# How a person gets what REQUIRE_SYSTEM=1 asks for.
INSTALL = {
    "mosquitto": "apt-get install mosquitto",
    "chromium": "apt-get install chromium fonts-noto-cjk, or name one in CHROMIUM_PATH",
    "nats-server": "apt-get install nats-server",
}


def find(program: str) -> str | None:
    """Return the path of a program, None where this machine has none."""
    if program == "mosquitto":
        return mosquitto()
    if program == "chromium":
        named = os.environ.get("CHROMIUM_PATH")
        places = [named] if named else ["/usr/bin/chromium"]
        found = next((place for place in places if Path(place).exists()), None)
        return found or shutil.which("chromium")
    return shutil.which(program)
