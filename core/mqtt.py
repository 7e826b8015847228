"""An MQTT address in the form of aiomqtt's arguments."""

from typing import TypedDict
from urllib.parse import unquote, urlsplit


class Address(TypedDict):
    """Where the broker is and as whom to connect."""

    hostname: str
    port: int
    username: str | None
    password: str | None


def address(url: str) -> Address:
    """Read `mqtt://[user:password@]host[:port]`; raises ValueError for anything else."""
    parts = urlsplit(url)
    if parts.scheme != "mqtt" or not parts.hostname:
        raise ValueError("LINLING_MQTT_URL must look like mqtt://host:1883")
    return Address(
        hostname=parts.hostname,
        port=parts.port or 1883,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )
