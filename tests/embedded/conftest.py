"""A data folder per test, with a path short enough for sockets."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def home() -> Iterator[Path]:
    """Name a data folder that does not exist yet."""
    with tempfile.TemporaryDirectory(prefix="linling-test-") as folder:
        yield Path(folder) / "home"
