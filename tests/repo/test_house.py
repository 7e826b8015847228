"""What holds everywhere in the house: sizes, layers, names, commits, addresses."""

import ast
import re
import sys
import tomllib
from importlib import metadata
from typing import Any

from tests.repo.house import ROOT, at, called, calls, files, modules, name_of, packages, tree

SOFT, HARD = 300, 400
# Longer on purpose.
LONG = {
    "dev": "one file by design: it runs before anything is installed",
    "alembic/versions/": "a migration is a record that nobody edits",
}
# The address of an index or a registry; a lock or a setting with one ties everybody to it.
INDEX = re.compile(
    r"(?:pypi|npmjs|npmmirror|pythonhosted|tuna\.tsinghua|mirrors\.)[\w.-]*\.(?:org|com|cn|net|edu)"
    r"|^\s*(?:--)?(?:extra-)?index-url\b",
    re.MULTILINE,
)
# A folder of somebody's own machine.
MACHINE = re.compile(r"(?<![\w.$}:-])/(?:home|root|Users|work|mnt|opt|var/folders)/\w+")
# Folders of every machine of a kind, and an example in a comment.
ANYBODYS = {"/opt/homebrew", "/root/project"}


def project() -> dict[str, Any]:
    """Read pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_the_folder_alembic_is_no_package() -> None:
    """An __init__.py there would hide the library of the same name."""
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_only_the_database_module_commits() -> None:
    """A commit elsewhere would tear one event into two transactions."""
    found = [
        at(path, call)
        for path in modules(tests=True)
        for call in calls(path)
        if called(call) == "commit"
    ]
    assert [place.partition(":")[0] for place in found] == ["core/db.py"]


def test_only_the_database_module_opens_sessions() -> None:
    """A session of one's own would get round the retry and the wake-ups."""
    makers = {"async_sessionmaker", "sessionmaker", "AsyncSession", "Session"}
    found = {
        name_of(path)
        for path in modules()
        for call in calls(path)
        if isinstance(call.func, ast.Name) and call.func.id in makers
    }
    assert found == {"core/db.py"}


def test_modules_stay_small() -> None:
    """Nobody reads a module of more than 400 lines; above 300 this says so."""
    sizes = {
        name_of(path): len(path.read_text("utf-8").splitlines())
        for path in (*files(".py", ".js"), ROOT / "dev")
    }
    for name, size in sizes.items():
        if size > SOFT and not name.startswith(tuple(LONG)):
            sys.stdout.write(f"{name}: {size} lines, consider dividing it\n")
    assert not {n: s for n, s in sizes.items() if s > HARD and not n.startswith(tuple(LONG))}


def test_the_exceptions_from_the_size_are_needed() -> None:
    """An exception that nothing needs any more goes."""
    sizes = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in files()
             if path.suffix == ".py" or path.name == "dev"}  # fmt: skip
    for name in LONG:
        assert any(size > HARD for one, size in sizes.items() if one.startswith(name)), name


def test_modules_have_plain_names() -> None:
    """A drawer called utils takes everything, so nothing is found in it."""
    vague = re.compile(r"(utils?|helpers?|managers?|misc|common|base_?utils)")
    assert not [name_of(path) for path in files(".py", ".js") if vague.fullmatch(path.stem)]


def test_no_module_of_ours_hides_an_installed_one() -> None:
    """The project runs from its root, so its names come first on the path."""
    ours = packages() | {path.stem for path in ROOT.glob("*.py")}
    installed = set(metadata.packages_distributions()) | sys.stdlib_module_names
    assert not ours & installed


def test_every_package_stands_in_the_layers() -> None:
    """A package that no contract names could import anything."""
    settings = project()["tool"]
    ours = packages() - {"tests"}
    assert set(settings["importlinter"]["root_packages"]) == ours
    layers, alone = settings["importlinter"]["contracts"]
    named = {name.strip() for layer in layers["layers"] for name in layer.split("|")}
    assert named == ours
    knowing_core_only = {"channels", "devices"}
    parts_of_ops = {f"ops.{one.parent.name}" for one in (ROOT / "ops").glob("*/__init__.py")}
    others = ours - knowing_core_only - {"core", "ops"} | parts_of_ops - {"ops.fakes"}
    assert others <= set(alone["forbidden_modules"])
    assert set(alone["source_modules"]) == knowing_core_only | {"ops.fakes"}


def test_every_package_is_typed_and_sorted() -> None:
    """What mypy is not told of is not checked."""
    settings = project()["tool"]
    assert set(settings["mypy"]["packages"]) == packages()
    assert set(settings["ruff"]["lint"]["isort"]["known-first-party"]) == packages()


def test_no_address_of_an_index_and_no_path_of_a_machine() -> None:
    """What is committed works on everybody's machine."""
    found: list[str] = []
    for path in files():
        if path.suffix in {".png", ".ico", ".woff2"} or path.name == "test_house.py":
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if INDEX.search(line) or set(MACHINE.findall(line)) - ANYBODYS:
                found.append(f"{name_of(path)}:{number}")
    assert not found


def test_only_fixtures_are_patched() -> None:
    """Fakes over mocks: no test replaces a function of ours."""
    found = [
        at(path, call)
        for path in files(".py")
        for call in calls(path)
        if called(call) in {"patch", "MagicMock", "AsyncMock", "Mock"}
    ]
    assert not found


def test_every_module_says_what_it_is() -> None:
    """The first line of a module is what ARCHITECTURE.md and a reader go by."""
    assert not [name_of(path) for path in modules() if ast.get_docstring(tree(path)) is None]
