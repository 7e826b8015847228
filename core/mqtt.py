"""An MQTT address in the form of aiomqtt's arguments."""

from typing import Literal, TypedDict
from urllib.parse import unquote, urlsplit


class Address(TypedDict):
    """Where the broker is and as whom to connect."""

    hostname: str
    port: int
    username: str | None
    password: str | None
    transport: Literal["tcp", "unix"]


def address(url: str) -> Address:
    """Read `mqtt://[user:password@]host[:port]` or `mqtt+unix:///path/of/a/socket`.

    Raises ValueError for anything else.
    """
    parts = urlsplit(url)
    # paho wants a port there too.
    if parts.scheme == "mqtt+unix" and parts.path:
        return Address(
            hostname=unquote(parts.path), port=1883, username=None, password=None, transport="unix"
        )
    if parts.scheme != "mqtt" or not parts.hostname:
        raise ValueError("LINLING_MQTT_URL must look like mqtt://host:1883")
    return Address(
        hostname=parts.hostname,
        port=parts.port or 1883,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        transport="tcp",
    )
