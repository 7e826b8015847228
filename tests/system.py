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
        if named or Path("/usr/bin/chromium").exists():
            return existing(named or "/usr/bin/chromium")
    return shutil.which(program)


def existing(path: str) -> str | None:
    """Return a path where a file stands; one named wrongly counts as absent."""
    return path if Path(path).exists() else None
