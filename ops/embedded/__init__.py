"""Servers for a machine that has none: PostgreSQL, Redis and an MQTT broker."""

from ops.embedded.home import AlreadyRunningError
from ops.embedded.process import Children, StartError
from ops.embedded.stack import Urls, servers

__all__ = ["AlreadyRunningError", "Children", "StartError", "Urls", "servers"]
