"""Settings from the environment (`LINLING_…`, nested with `__`); names are fixed in the README."""

from functools import cached_property
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.crypto import Keyring


class MissingKeysError(RuntimeError):
    """Refuse to start without keys, and say how to get some."""


class MissingAddressError(RuntimeError):
    """Refuse to start without a server's address, and say where it comes from."""


class Settings(BaseSettings):
    """Read once at start-up; an empty URL means: use the embedded server."""

    model_config = SettingsConfigDict(
        env_prefix="LINLING_", env_nested_delimiter="__", extra="ignore", frozen=True
    )

    home: Path = Path(".linling")
    database_url: str = ""
    redis_url: str = ""
    mqtt_url: str = ""
    base_url: str = ""
    secret_key: SecretStr = SecretStr("")
    data_keys: SecretStr = SecretStr("")
    timezone: str = "Asia/Shanghai"
    region: str = ""
    community: str = "default"
    demo: bool = False
    log_level: str = "INFO"
    worker_port: int = 0

    def require_addresses(self, *names: str) -> None:
        """Raise MissingAddressError naming the first address that is empty."""
        for name in names:
            if not getattr(self, name):
                raise MissingAddressError(
                    f"LINLING_{name.upper()} is not set. `./dev demo` starts embedded servers and "
                    "sets it; a deployment names its own."
                )

    @cached_property
    def keyring(self) -> Keyring:
        """Build the keyring.

        Raises MissingKeysError when SECRET_KEY or DATA_KEYS is empty, ValueError when DATA_KEYS
        is not `1:<base64 of 32 bytes>,2:…`.
        """
        if not self.secret_key.get_secret_value() or not self.data_keys.get_secret_value():
            raise MissingKeysError(
                "LINLING_SECRET_KEY and LINLING_DATA_KEYS are not set. "
                "Run `python -m ops keys` to make a pair, put them into the environment "
                "and keep a copy in a safe place: without them the data cannot be read."
            )
        return Keyring.parse(self.data_keys.get_secret_value())
