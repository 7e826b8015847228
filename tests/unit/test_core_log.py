"""Logs: nothing of a person reaches them, whoever logs."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy.exc import IntegrityError

from core import log

SECRET = [
    "address", "authorization", "body", "card", "cookie", "id_number", "name", "note", "password",
    "payload", "phone", "place", "query", "secret", "text", "token",
]  # fmt: skip


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """Configure the logs as a process does; give a function that reads what was written."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    log.configure()

    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    yield read
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("field", SECRET)
def test_fields_of_people_are_replaced(lines: Any, field: str) -> None:
    """Names, texts, tokens and the rest of the list never reach a log."""
    log.logger().info("happened", **{field: "陈桂芳"})
    (line,) = lines()
    assert line[field] == "[redacted]"


def test_telephone_numbers_are_masked_anywhere(lines: Any) -> None:
    """Also inside another string, also in the event itself."""
    log.logger().info("call 13812345678 now", reason="(13912345678) is busy")
    (line,) = lines()
    assert line["reason"] == "(1**********) is busy"
    assert line["event"] == "call 1********** now"


@pytest.mark.parametrize("written", ["+8613812345678", "8613812345678", "+86 13812345678"])
def test_a_country_code_does_not_hide_a_telephone_number(lines: Any, written: str) -> None:
    """Vendors write numbers with +86."""
    log.logger().info("called", reason=written)
    (line,) = lines()
    assert "13812345678" not in json.dumps(line)


@pytest.mark.parametrize("figure", ["2026112210300012", "12812345678", "1381234567"])
def test_other_figures_are_left_alone(lines: Any, figure: str) -> None:
    """Ids and times stay readable."""
    log.logger().info("counted", row=figure)
    (line,) = lines()
    assert line["row"] == figure


def test_an_exception_is_logged_without_its_words(lines: Any) -> None:
    """A database error quotes the row: its type and places are enough to find the fault."""

    def insert() -> None:
        raise IntegrityError("INSERT …", {"name": "陈桂芳"}, Exception("Key (phone)=(x) exists"))

    try:
        insert()
    except IntegrityError as error:
        log.logger().error("handler.failed", exc=error)
    (line,) = lines()
    assert line["error"] == "IntegrityError"
    assert "insert:" in line["at"][-1]
    assert "陈桂芳" not in json.dumps(line, ensure_ascii=False)
    assert "phone" not in json.dumps(line)


def test_the_places_of_a_deep_exception_are_the_innermost(lines: Any) -> None:
    """Eight frames, counted from where it happened."""

    def fall(depth: int) -> None:
        if depth == 0:
            raise ValueError("deep")
        fall(depth - 1)

    try:
        fall(20)
    except ValueError as error:
        log.logger().error("handler.failed", exc=error)
    (line,) = lines()
    assert len(line["at"]) == 8
    assert all("fall" in place for place in line["at"])


def test_a_line_says_when_and_how_bad(lines: Any) -> None:
    """One JSON object a line, with level and time."""
    log.logger().warning("bus.unreachable")
    (line,) = lines()
    assert line["level"] == "warning"
    assert line["timestamp"].endswith("Z")


def test_the_level_is_kept(lines: Any) -> None:
    """What is below the level is not written."""
    log.configure("WARNING")
    log.logger().info("quiet")
    assert lines() == []


def test_another_standard_error_is_heeded(lines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was standard error at the start may be closed by now."""
    now = io.StringIO()
    monkeypatch.setattr(sys, "stderr", now)
    log.logger().info("heard")
    assert "heard" in now.getvalue()
    assert lines() == []
