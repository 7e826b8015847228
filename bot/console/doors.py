"""What a route says of itself in the OpenAPI: the permission that its service asks for."""

from typing import Any

from services.permissions import Permission

FIELD = "x-permission"


def asks(what: Permission) -> dict[str, Any]:
    """Declare the permission of a route, as `**asks(…)` in its decorator."""
    return {"openapi_extra": {FIELD: what.value}}
