"""Tests that want a program of the machine: left out with a line, or refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUITE = """
import pytest

@pytest.mark.needs_system("chromium")
def test_in_a_browser() -> None:
    pass

def test_anywhere() -> None:
    pass
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """Write two tests, one of which wants Chromium."""
    path = tmp_path / "test_suite.py"
    path.write_text(SUITE, encoding="utf-8")
    return path


def run(suite: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the two tests with the house's hooks and a Chromium that is not there."""
    argv = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml")]
    argv += ["-p", "tests.conftest", "-p", "no:cacheprovider", str(suite)]
    given = {"CHROMIUM_PATH": "/nonexistent/chromium", "REQUIRE_SYSTEM": ""} | environment
    return subprocess.run(
        argv, cwd=ROOT, env=dict(os.environ) | given, capture_output=True, text=True, check=False
    )


def test_an_absent_program_leaves_its_tests_out(suite: Path) -> None:
    """The rest runs, and one line says what is left out and how to get it."""
    done = run(suite)
    assert done.returncode == 0
    assert "1 tests left out, absent: chromium (apt-get install chromium" in done.stdout
    assert "1 passed, 1 deselected" in done.stdout


def test_an_absent_program_fails_where_it_is_required(suite: Path) -> None:
    """With REQUIRE_SYSTEM=1 nothing is left out in silence."""
    done = run(suite, REQUIRE_SYSTEM="1")
    assert done.returncode != 0
    assert "chromium (apt-get install chromium" in done.stderr
