"""Every service asks the table: whoever is named as `by` is asked for the right, in each function."""

import ast
from functools import cache
from pathlib import Path

from services.permissions import RULES, Permission
from tests.repo.house import ROOT, modules, name_of, tree

ASKING = {"require", "allowed", "reach", "within"}
# Functions that take an actor and ask the table nothing, and why they need not.
FREE = {
    "services/audit.py:note": "writes down what another service has allowed",
    "services/away.py:candidates": "names the actor, and the elders who agreed to be theirs",
    "services/away.py:live": "lists only of those",
    "services/masks.py:require_unmasked": "refuses, whoever asks",
    "services/staff.py:noted": "writes down what its callers have allowed",
    "services/tickets/acts.py:logged": "writes down what the calling service has allowed",
    "services/tickets/acts.py:too_late": "says to whoever was allowed why it can't be done now",
    "services/tickets/safety.py:answer": "whoever has the ticket's card as elder or family is asked",
    "services/tickets/safety.py:take_back": "their own answer",
    "services/tickets/journal.py:note": "writes down what its callers have allowed",
    "services/people/proxy.py:stands_in": "makes the actor of what `begin` has allowed",
    "services/people/proxy.py:acted": "writes down what `begin` has allowed",
    "services/people/proxy.py:end": "lets the actor be themselves again",
    "services/people/needs.py:set_language": "changes the actor's own language, names nobody else",
    "services/shops/places.py:standpoint": "where the actor stands; shops are anybody's to find",
    "services/tickets/places.py:where": "finds the place of an emergency, whoever calls",
    "services/points/queries.py:community_of": "reads the actor's own grants",
    "services/points/ledger.py:transfer": "the calling service says who may; `by` is for the log",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def functions(path: Path) -> dict[str, Function]:
    """Map a module's own functions by name."""
    return {
        node.name: node
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@cache
def imported(path: Path) -> dict[str, tuple[Path, str]]:
    """Map what a module imports from services: a name to its file and, of a function, its name."""
    found: dict[str, tuple[Path, str]] = {}
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("services"):
            continue
        base = ROOT / (node.module or "").replace(".", "/")
        for alias in node.names:
            known = alias.asname or alias.name
            if (module := base / f"{alias.name}.py").exists():
                found[known] = (module, "")
            elif (file := base.with_suffix(".py")).exists():
                found[known] = (file, alias.name)
    return found


def named(call: ast.Call, path: Path) -> tuple[Path, str] | None:
    """Find the service's function that a call means."""
    known = imported(path)
    if isinstance(call.func, ast.Name):
        if call.func.id in functions(path):
            return path, call.func.id
        return known.get(call.func.id)
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        module = known.get(call.func.value.id)
        return (module[0], call.func.attr) if module and not module[1] else None
    return None


def asks(path: Path, name: str, seen: frozenset[tuple[Path, str]] = frozenset()) -> bool:
    """Tell whether a function asks the table, or calls one that does."""
    if (path, name) in seen:
        return False
    if path == ROOT / "services" / "permissions.py":
        return name in ASKING
    function = functions(path).get(name)
    if function is None:
        return False
    called = [named(node, path) for node in ast.walk(function) if isinstance(node, ast.Call)]
    seen |= {(path, name)}
    return any(asks(*one, seen) for one in called if one is not None)


def by_actor() -> dict[str, bool]:
    """Map each public function of services/ that takes `by: Actor` to whether it asks the table."""
    return {
        f"{name_of(path)}:{name}": asks(path, name)
        for path in modules()
        if path.is_relative_to(ROOT / "services") and path.stem != "permissions"
        for name, function in functions(path).items()
        if not name.startswith("_")
        for one in (*function.args.args, *function.args.kwonlyargs)
        if one.arg == "by" and one.annotation is not None and "Actor" in ast.unparse(one.annotation)
    }


def test_every_service_asks_the_table() -> None:
    """A check by hand, or none, is a right that the matrix does not show."""
    assert {name for name, asked in by_actor().items() if not asked} == FREE.keys()


def test_no_service_reads_roles_by_itself() -> None:
    """`has` and `grants` with a role outside the table would be a second table."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in modules()
        if path.is_relative_to(ROOT / "services") and path.stem != "permissions"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "has"
    ]
    assert not found


def test_every_permission_has_its_row() -> None:
    """One without a row would be refused to everybody, by a KeyError."""
    assert RULES.keys() == set(Permission)
    assert all(RULES.values())
