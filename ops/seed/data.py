"""The plain files that the seed reads: `data/rules.yaml` and `data/demo/*.yaml`."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).resolve().parent.parent.parent / "data"


@cache
def demo(name: str) -> dict[str, Any]:
    """Read one file about the demo's community."""
    found: dict[str, Any] = yaml.safe_load((_FOLDER / "demo" / f"{name}.yaml").read_text("utf-8"))
    return found


@cache
def rules() -> list[dict[str, Any]]:
    """Read the default alarm rules."""
    found: list[dict[str, Any]] = yaml.safe_load((_FOLDER / "rules.yaml").read_text("utf-8"))
    return found


@cache
def words(name: str) -> dict[str, list[str]]:
    """Read one file of lists whose words are parted by blanks."""
    return {key: text.split() for key, text in demo(name).items()}
