"""The packages that DESIGN section 9 fixes are really used, each by a module that a test tries."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.repo.house import ROOT, modules, tree

# Package -> the module of the product that needs it. wechatpy and aiogram come with their channels.
USED = {
    "aiogram": "channels.telegram.parse",
    "aiomqtt": "worker.intake",
    "apscheduler": "worker.schedule",
    "fastapi": "bot.app",
    "jieba": "services.language.names",
    "rapidfuzz": "services.shops.taxonomy",
    "redis": "core.bus",
    "sqlmodel": "models.calls",
    "wechatpy": "channels.wechat.envelope",
}


def imported(path: Path) -> Iterator[str]:
    """Yield what a module imports, wherever in it: a.b for `import a.b` and `from a import b`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def path_of(module: str) -> Path:
    """Find the file of a module."""
    plain = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    return plain if plain.exists() else plain.with_suffix("") / "__init__.py"


@cache
def reached_by_tests() -> frozenset[str]:
    """Name what tests import."""
    tests = [path for path in modules(tests=True) if path.name.startswith("test_")]
    return frozenset(name for path in tests for name in imported(path))


@pytest.mark.parametrize("package", USED)
def test_the_product_needs_it(package: str) -> None:
    """It is imported by the module that the table names."""
    found = {name.partition(".")[0] for name in imported(path_of(USED[package]))}
    assert package in found


@pytest.mark.parametrize("package", USED)
def test_a_test_tries_what_needs_it(package: str) -> None:
    """The module that uses it is imported by a test, and so exercised."""
    assert USED[package] in reached_by_tests()


def test_pytest_runs_all_of_this() -> None:
    """The one package that serves the tests alone."""
    assert "pytest" in set(imported(path_of("tests.conftest")))
