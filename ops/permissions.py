"""docs/permissions.md: who may do what, worked out from the table and from the OpenAPI."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from core.actor import Actor, Grant, Role, ScopeKind
from core.ids import uuid7
from services.permissions import At, Permission, allowed

PAGE = Path(__file__).resolve().parent.parent / "docs" / "permissions.md"
FIELD = "x-permission"
_HERE, _THERE, _OWN, _OTHER = (uuid7() for _ in range(4))
_ME, _ELDER, _SOMEBODY = (uuid7() for _ in range(3))
# Where what is asked about may lie, seen from whoever asks.
SITUATIONS: Mapping[str, At] = {
    "own grid": At(_HERE, _OWN, _SOMEBODY),
    "other grid": At(_HERE, _OTHER, _SOMEBODY),
    "community": At(_HERE, None, _SOMEBODY),
    "no grid": At(_HERE, None, _SOMEBODY, anywhere=True),
    "other community": At(_THERE, _OTHER, _SOMEBODY, anywhere=True),
    "self": At(_THERE, _OTHER, _ME),
    "own elder": At(_THERE, _OTHER, _ELDER),
    "party": At(_THERE, _OTHER, _SOMEBODY, parties=(_ME,)),
}
_SCOPES = {
    Role.WORKER: (ScopeKind.GRID, _OWN),
    Role.LEAD: (ScopeKind.GRID, _OWN),
    Role.FAMILY: (ScopeKind.PERSON, _ELDER),
}


def asker(role: Role | None) -> Actor:
    """Make somebody of a role, with the scope that it usually has; without one a stranger."""
    if role is None:
        return Actor(_ME, "")
    kind, scope = _SCOPES.get(role, (ScopeKind.COMMUNITY, _HERE))
    return Actor(_ME, "", (Grant(role, _HERE, kind, scope),))


def where(role: Role | None, what: Permission) -> list[str]:
    """List the situations in which a role may do something."""
    by = asker(role)
    found = [name for name, at in SITUATIONS.items() if allowed(by, what, at)]
    behind = At(_HERE, _OTHER, _SOMEBODY)
    through = Actor(by.person, "", by.grants, glass=frozenset({_SOMEBODY}))
    if allowed(through, what, behind) and not allowed(by, what, behind):
        found.append("glass")
    return found


def schema_of_routes() -> Mapping[str, Any]:
    """Read the OpenAPI of the routes alone; the application need not run for that."""
    from bot.app import add_routes

    app = FastAPI()
    add_routes(app)
    return app.openapi()


def page(schema: Mapping[str, Any]) -> str:
    """Write the page."""
    return "\n".join((*_HEAD, *_matrix(), "", *_DOORS, *_routes(schema))) + "\n"


_HEAD = (
    "# Who may do what",
    "",
    "Written by `python -m ops permissions` out of `services/permissions.py` and the OpenAPI, and",
    "held by `tests/repo/test_matrix.py`. A worker's and a lead's scope is a grid, a relative's an",
    "elder, all others' the community. A cell says where what is asked about may lie:",
    "",
    "| word | what is asked about |",
    "|---|---|",
    "| own grid, other grid | lies in a grid of the community |",
    "| community | concerns the whole community |",
    "| no grid | belongs to the community and to no grid of it |",
    "| other community | lies in another community |",
    "| self, own elder | is the asker, or an elder who consented to them |",
    "| party | is between the asker and somebody else: a talk, a redemption, a ticket sent to them |",
    "| glass | is somebody before whom the asker broke the glass, for half an hour |",
    "",
)
_DOORS = (
    "## Routes",
    "",
    "The command centre lets in who has a role of `console.enter`, wall screens to look alone, and",
    "then asks for the permission; before visitors it names nobody. An object of",
    "another community is not there (404).",
    "",
)


def _matrix() -> Iterator[str]:
    roles: tuple[Role | None, ...] = (*Role, None)
    yield "## Permissions"
    yield ""
    yield "| permission | " + " | ".join(role or "stranger" for role in roles) + " |"
    yield "|---" * (len(roles) + 1) + "|"
    for what in Permission:
        cells = (", ".join(where(role, what)) or "–" for role in roles)
        yield f"| `{what}` | " + " | ".join(cells) + " |"


def _routes(schema: Mapping[str, Any]) -> Iterator[str]:
    yield "| route | permission |"
    yield "|---|---|"
    for path, methods in sorted(schema["paths"].items()):
        for method, about in sorted(methods.items()):
            if FIELD in about:
                yield f"| `{method.upper()} {path}` | `{about[FIELD]}` |"


def written(schema: Mapping[str, Any], path: Path = PAGE) -> bool:
    """Write the page where it is not so already; tells whether it changed."""
    new = page(schema)
    if path.exists() and path.read_text("utf-8") == new:
        return False
    path.write_text(new, "utf-8")
    return True
