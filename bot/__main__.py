"""python -m bot [--host HOST] [--port PORT]."""

import argparse
import sys

import uvicorn

from bot.app import create_app
from core import collector
from core.settings import Settings


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    settings = Settings()
    try:
        app = create_app(settings)
    except (RuntimeError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    collector.spare()
    uvicorn.run(
        app, host=options.host, port=options.port, loop="uvloop", http="httptools",
        log_level="warning", log_config=None, access_log=False, timeout_graceful_shutdown=2,
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
