"""The documents say what is there: names, paths, settings, decisions."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from core.settings import Settings
from tests.repo.house import ROOT, name_of, packages

PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md")]
RECORDS = sorted((ROOT / "docs" / "adr").glob("*.md"))
DOCUMENTS = [*PAGES, *RECORDS]
SETTINGS = {f"LINLING_{name.upper()}" for name in Settings.model_fields}
# What a single variable may set: of a channel, each of its settings by itself.
VARIABLES = SETTINGS | {
    f"LINLING_{name}__{part}".upper()
    for name, field in Settings.model_fields.items()
    if isinstance(field.default, BaseModel)
    for part in type(field.default).model_fields
}
# Made at set-up or at run time.
MADE = (".venv", "web/vendor", ".linling", ".env")
MUST_NOT_BE = {"alembic/__init__.py"}
PARTS = ["# ", "## Context", "## Decision", "## Consequences", "## Enforced by"]


def quoted(path: Path) -> set[str]:
    """Collect what stands between backticks."""
    text = re.sub(r"^ {4}.*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
    return set(re.findall(r"`([^`\n]+)`", text))


def paths_in(path: Path) -> set[str]:
    """Collect the quoted names that look like a path of the house."""
    tops = {top.name for top in ROOT.iterdir()}
    return {
        text.rstrip("/")
        for text in quoted(path)
        if re.fullmatch(r"[\w.][\w./-]*", text)
        and "/" in text
        and text.split("/")[0] in tops
        and not text.startswith(MADE)
        and text.rpartition("/")[2] != "NAME.yaml"
        and text.rpartition("/")[2] != "NAME.py"
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_what_a_document_names_is_there(path: Path) -> None:
    """A file that was moved is moved in the documents too."""
    assert not {one for one in paths_in(path) - MUST_NOT_BE if not (ROOT / one).exists()}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    """Within the house, that is; nothing is asked of the network."""
    targets = re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8"))
    assert not [t for t in targets if "://" not in t and not (path.parent / t).exists()]


def test_the_readme_names_every_setting() -> None:
    """Its table is the list of settings, no more and no less."""
    rows = re.findall(r"^\| `(LINLING_\w+)`", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(SETTINGS)


def test_the_example_environment_names_only_settings() -> None:
    """What somebody fills in has an effect."""
    text = (ROOT / ".env.example").read_text("utf-8")
    assert set(re.findall(r"^#?(LINLING_\w+)=", text, re.MULTILINE)) <= VARIABLES


def test_the_compose_file_names_only_settings() -> None:
    """Likewise what the containers get."""
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    assert set(re.findall(r"(LINLING_\w+)", text)) <= SETTINGS


def test_every_package_has_its_room() -> None:
    """ARCHITECTURE.md names each package that exists."""
    rooms = re.findall(r"`(\w+)/`", (ROOT / "ARCHITECTURE.md").read_text("utf-8"))
    assert packages() <= set(rooms)


def test_the_picture_is_small() -> None:
    """It is fetched with every clone."""
    picture = ROOT / "docs" / "demo.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size <= 300 * 1024


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_is_short_and_names_what_enforces_it(path: Path) -> None:
    """Context, decision, consequences, and something that exists under `Enforced by`."""
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) <= 40
    assert [line for part in PARTS for line in lines if line.startswith(part)] == [
        line for line in lines if line.startswith("#")
    ]
    assert lines[0].startswith(f"# {int(path.stem[:4])}. ")
    enforced = path.read_text("utf-8").partition("## Enforced by")[2]
    named = re.findall(r"`([\w./-]+)`", enforced)
    assert any((ROOT / one).exists() for one in named)


def test_records_are_numbered_without_gaps() -> None:
    """A number once given stays."""
    assert [int(path.stem[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))
