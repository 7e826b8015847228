"""Measurements on a stack of their own: `python -m ops bench NAME`."""

import importlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass

Figure = float | int | str
NAMES = (
    "alarm", "card", "chat", "check", "find", "ingest", "kill", "ledger", "race", "say", "screen", "timers",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """What a bench found: figures, the budget in words, and whether it was kept."""

    bench: str
    figures: Mapping[str, Figure]
    budget: Mapping[str, str]
    kept: bool


def run(name: str, *, as_json: bool) -> int:
    """Measure, print the figures; the last line of standard output is JSON with `as_json`.

    Raises ValueError that lists the benches for a name that is none.
    """
    if name not in NAMES:
        raise ValueError(f"no bench {name}; there are {', '.join(NAMES)}")
    report: Report = importlib.import_module(f"ops.bench.{name}").measure()
    sys.stdout.write(as_line(report) if as_json else as_table(report))
    return 0


def as_line(report: Report) -> str:
    """Write the report for a program."""
    line = {
        "bench": report.bench,
        "figures": dict(report.figures),
        "budget": dict(report.budget),
        "pass": report.kept,
    }
    return json.dumps(line, ensure_ascii=False) + "\n"


def as_table(report: Report) -> str:
    """Write the report for a person: a figure a line, with its budget where it has one."""
    wide = max(map(len, report.figures))
    rows = [
        f"  {name:<{wide}}  {_plain(value):>12}  {report.budget.get(name, '')}".rstrip()
        for name, value in report.figures.items()
    ]
    verdict = "within budget" if report.kept else "NOT within budget"
    return "\n".join([f"{report.bench}: {verdict}", *rows, ""])


def _plain(value: Figure) -> str:
    return (
        f"{value:,.1f}"
        if isinstance(value, float)
        else f"{value:,}"
        if isinstance(value, int)
        else value
    )


def percentile(values: list[float], share: float) -> float:
    """Pick the value below which this share of the values lies; 0.0 of an empty list."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
