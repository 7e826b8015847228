"""The house as the tests of tests/repo read it: its files, its modules, its words."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Hidden folders at the root that belong to the house; all others are somebody's tools.
_OWN_HIDDEN = {".ci", ".github"}


def _ignored() -> list[str]:
    lines = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    return [line.strip().strip("/") for line in lines if line.strip() and not line.startswith("#")]


def _walk(folder: Path, ignored: list[str]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        name = path.relative_to(ROOT).as_posix()
        if any(name == rule or fnmatch(path.name, rule) for rule in ignored):
            continue
        if not path.is_dir():
            yield path
        elif not path.name.startswith(".") or path.name in _OWN_HIDDEN:
            yield from _walk(path, ignored)


@cache
def files(*suffixes: str) -> tuple[Path, ...]:
    """List the house's own files, without what .gitignore names; all, or those of a suffix."""
    found = tuple(_walk(ROOT, _ignored()))
    return tuple(path for path in found if path.suffix in suffixes) if suffixes else found


@cache
def web_files() -> tuple[Path, ...]:
    """List the pages and their modules."""
    return tuple(path for path in files(".js", ".html") if path.is_relative_to(ROOT / "web"))


def name_of(path: Path) -> str:
    """Name a file as people write it: from the root."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """Parse a Python module."""
    return ast.parse(path.read_text("utf-8"), name_of(path))


@cache
def modules(*, tests: bool = False) -> tuple[Path, ...]:
    """List the Python modules of the product, with `tests` also those of the tests."""
    return tuple(
        path
        for path in files(".py")
        if tests or path.relative_to(ROOT).parts[0] not in {"tests", "alembic"}
    )


@cache
def packages() -> frozenset[str]:
    """Name the top-level packages that exist."""
    return frozenset(path.parent.name for path in ROOT.glob("*/__init__.py"))


def calls(path: Path) -> Iterator[ast.Call]:
    """Yield every call of a module."""
    yield from (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    """Name what is called, without the object before the dot."""
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def text_of(node: ast.AST | None) -> str | None:
    """Return the text of a string literal, None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def at(path: Path, node: ast.expr | ast.stmt) -> str:
    """Name a place as editors do."""
    return f"{name_of(path)}:{node.lineno}"


def docstrings(path: Path) -> set[int]:
    """Collect the ids of a module's docstring nodes."""
    found: set[int] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and text_of(first.value) is not None:
                found.add(id(first.value))
    return found


# Han characters, Chinese punctuation, full-width forms.
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
