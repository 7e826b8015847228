"""Structured logs on standard error, with a redaction step nobody can forget.

Message texts, telephone and ID numbers, names and tokens never reach a log: fields of those names
are replaced, and telephone and ID numbers inside other strings are masked.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_SECRET_FIELDS = frozenset(
    {
        "text", "phone", "name", "token", "password", "authorization", "cookie", "payload",
        "card", "body", "query", "note", "address", "secret", "place", "id_number",
    }
)  # fmt: skip
_PHONE = re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)")
_MASK = "1**********"
_ID_NUMBER = re.compile(r"(?<![\dA-Za-z])[1-9]\d{5}(?:18|19|20)\d{9}[\dXx](?![\dA-Za-z])")
_FRAMES = 8


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what must not be logged, whoever logs it and however deep it lies."""
    for key, value in event.items():
        event[key] = _clean(key, value)
    return event


def _clean(key: object, value: Any) -> Any:
    if key in _SECRET_FIELDS:
        return "[redacted]"
    if isinstance(value, str):
        return _numbers_masked(value)
    if isinstance(value, Mapping):
        return {inner: _clean(inner, one) for inner, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(None, one) for one in value]
    return value


def _numbers_masked(text: str) -> str:
    return _ID_NUMBER.sub("*" * 18, _PHONE.sub(_MASK, text))


def _frames(error: BaseException) -> list[str]:
    """Name the places an exception came through; its words may hold row values, so not those."""
    frames, trace = [], error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    return frames[-_FRAMES:]


def _frames_only(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    error = event.pop("exc", None)
    if isinstance(error, BaseException):
        event["error"], event["at"] = type(error).__name__, _frames(error)
    return event


class Discreet(logging.Formatter):
    """Formats what libraries log: numbers of people masked, exceptions by type and place."""

    def format(self, record: logging.LogRecord) -> str:
        """Format one record."""
        return _numbers_masked(super().format(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802  the name is logging's
        """Name an exception's type and places alone."""
        error = ei[1]
        return f"{type(error).__name__} at {' '.join(_frames(error))}" if error else ""


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
        # Looked up at each use: standard error may be another one than at the start.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def logger() -> Any:
    """Return the logger; pass facts as keywords, an exception as `exc=`."""
    return structlog.get_logger()
