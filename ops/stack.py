"""The stack that a command works on: the running one, what the environment names, or its own."""

import json
import os
import secrets
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from core.crypto import Keyring
from core.settings import Settings
from ops.embedded import servers

RUN = "run.json"
KEYS = "keys"


def read_run(home: Path) -> dict[str, Any] | None:
    """Read HOME/run.json if the stack that wrote it is still alive."""
    try:
        run: dict[str, Any] = json.loads((home / RUN).read_text())
        os.kill(int(run["pids"]["demo"]), 0)
    except (OSError, ValueError, KeyError):
        return None
    return run


def with_keys(settings: Settings) -> Settings:
    """Fill in keys from HOME/keys, made at first use, where the environment has none.

    Losing that file means losing the data: it is announced once, on standard error.
    """
    if settings.secret_key.get_secret_value() and settings.data_keys.get_secret_value():
        return settings
    path = settings.home / KEYS
    if not path.exists():
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(new_keys())
        sys.stderr.write(f"New keys in {path}; keep a copy: without them the data is lost.\n")
    keys = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    return updated(
        settings,
        secret_key=keys["LINLING_SECRET_KEY"],
        data_keys=keys["LINLING_DATA_KEYS"],
    )


def new_keys() -> str:
    """Make a secret key and a first data key, as lines for the environment."""
    return f"LINLING_SECRET_KEY={secrets.token_urlsafe(32)}\nLINLING_DATA_KEYS={_data_key(1)}\n"


def _data_key(version: int) -> str:
    return f"{version}:{b64encode(secrets.token_bytes(32)).decode()}"


def added_key(settings: Settings) -> str | None:
    """Put a new data key behind those of HOME/keys, where no environment sets them.

    Where one does, returns its line as it must be from now on. Raises RuntimeError where there is
    no key yet, and while the embedded stack runs: it could not read what commands seal.
    """
    if known := settings.data_keys.get_secret_value():
        return f"LINLING_DATA_KEYS={_longer(known)}"
    path = settings.home / KEYS
    if not path.exists():
        raise RuntimeError(
            f"There are no keys yet: `keys new` makes some, or a first use of {path}"
        )
    if (run := read_run(settings.home)) is not None:
        raise RuntimeError(f"Stop the stack that runs at {run['base_url']} first, then add a key.")
    draft = path.with_suffix(".draft")
    lines = path.read_text().splitlines()
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        for line in lines:
            name, _, value = line.partition("=")
            file.write(f"{name}={_longer(value) if name == 'LINLING_DATA_KEYS' else value}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    sys.stderr.write(f"A new data key in {path}; keep a copy: without them the data is lost.\n")
    return None


def _longer(known: str) -> str:
    newest = max(Keyring.parse(known).ciphers)
    return f"{known},{_data_key(newest + 1)}"


@contextmanager
def joined(*, demo: bool = False) -> Iterator[Settings]:
    """Yield settings with every address and key filled in.

    Joins the running stack of HOME/run.json, else starts the embedded servers that the
    environment does not replace and stops them at the end. `demo` is a throwaway stack.
    """
    with ExitStack() as stack:
        settings = Settings()
        if demo:
            home = stack.enter_context(tempfile.TemporaryDirectory(prefix="linling-"))
            settings = updated(settings, home=Path(home), database_url="", redis_url="",
                                mqtt_url="", demo=True)  # fmt: skip
        settings = with_keys(settings)
        if (run := read_run(settings.home)) is not None:
            yield updated(
                settings,
                database_url=run["database_url"],
                redis_url=run["redis_url"],
                mqtt_url=run["mqtt_url"],
            )
            return
        given = {
            "database": settings.database_url,
            "redis": settings.redis_url,
            "mqtt": settings.mqtt_url,
        }
        urls = stack.enter_context(servers(settings.home, given=given, fsync=not demo))
        yield updated(
            settings, database_url=urls.database, redis_url=urls.redis, mqtt_url=urls.mqtt
        )


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment under which `bot` and `worker` see these settings."""
    return {
        **os.environ,
        "LINLING_HOME": str(settings.home),
        "LINLING_DATABASE_URL": settings.database_url,
        "LINLING_REDIS_URL": settings.redis_url,
        "LINLING_MQTT_URL": settings.mqtt_url,
        "LINLING_BASE_URL": settings.base_url,
        "LINLING_SECRET_KEY": settings.secret_key.get_secret_value(),
        "LINLING_DATA_KEYS": settings.data_keys.get_secret_value(),
        "LINLING_DEMO": "1" if settings.demo else "0",
        "LINLING_PHONES_URL": settings.phones_url,
        **_vendors(settings),
    }


def _vendors(settings: Settings) -> dict[str, str]:
    """Write the vendors' settings as the environment has them."""
    found = {
        f"LINLING_{vendor}__{name}".upper(): value
        for vendor in ("wechat", "miniprogram", "wecom", "telegram", "ctwing", "onenet", "frigate")
        for name, value in getattr(settings, vendor)
    }
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in found.items()
    }


def updated(settings: Settings, **changes: Any) -> Settings:
    """Return settings with some values replaced."""
    return Settings(**{**settings.model_dump(), **changes})
