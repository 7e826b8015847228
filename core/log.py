"""Structured logs on standard error, with a redaction step nobody can forget.

Message texts, telephone numbers, names and tokens never reach a log: fields of those names are
replaced, and telephone numbers inside other strings are masked.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_FIELDS = frozenset(
    {
        "text", "phone", "name", "token", "password", "authorization", "cookie", "payload",
        "card", "body", "query", "note", "address", "secret",
    }
)  # fmt: skip
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what must not be logged, whoever logs it."""
    for key, value in event.items():
        if key in _SECRET_FIELDS:
            event[key] = "[redacted]"
        elif isinstance(value, str):
            event[key] = _PHONE.sub("1**********", value)
    return event


def _frames_only(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep an exception's type and places, not its words: those may hold row values."""
    error = event.pop("exc", None)
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        frames, trace = [], error.__traceback__
        while trace is not None:
            frames.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["at"] = frames[-8:]
    return event


def configure(level: str = "INFO") -> None:
    """Send JSON lines to standard error; call once per process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _frames_only,
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, force=True)


def logger() -> Any:
    """Return the logger; pass facts as keywords, an exception as `exc=`."""
    return structlog.get_logger()
