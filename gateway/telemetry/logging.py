"""Structured logs on one stream. Only known keys with plain values pass, so a new key cannot leak anything personal."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, BinaryIO, Final

import orjson
import structlog

from gateway.telemetry.correlation import CORRELATION

Line = MutableMapping[str, Any]

KNOWN_KEYS: Final = frozenset(
    {
        "alarm", "attempt", "attempts", "breaker", "codes", "count", "cursor", "dropped", "engine", "error_type",
        "event", "exception", "frames", "host", "in_doubt", "kid", "kids", "kind", "level", "logger", "message_id",
        "method", "migration", "operation_id", "outcome", "parked", "phase", "port", "position", "queued", "reason",
        "request_id", "retry_after", "route", "seconds", "section", "sender", "setting", "signal", "sink",
        "slowest_seconds", "state", "status", "step", "task", "timestamp", "traceparent", "upstream", "where",
    }
)  # fmt: skip
"""Every key a log line may have. None of them ever holds a value out of a message, an URL or a header."""

_LONGEST_TEXT: Final = 200
_MOST_FRAMES: Final = 20


def configure_logging(level: str = "INFO", stream: BinaryIO | None = None, *, console: bool = False) -> None:
    """Send all logs, the libraries' too, to ``stream`` (standard error by default).

    Each line is one JSON object, or text for a person when ``console`` is set.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    target = stream if stream is not None else sys.stderr.buffer
    structlog.configure(
        processors=[
            _with_correlation,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _describe_exception,
            only_known_keys,
            _render_for_a_person if console else structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.BytesLoggerFactory(file=target),
        # Lines are rare (see gateway.telemetry.access), and an uncached logger follows a later configuration.
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [LibraryHandler()]
    root.setLevel(max(number, logging.WARNING))
    for name in ("aiohttp.access", "httpx", "httpcore", "zeep"):
        logging.getLogger(name).setLevel(logging.WARNING)


_console = structlog.dev.ConsoleRenderer(colors=False)


def _render_for_a_person(logger: object, method: str, line: Line) -> bytes:
    return _console(logger, method, line).encode()


def _with_correlation(_logger: object, _method: str, line: Line) -> Line:
    correlation = CORRELATION.get()
    if correlation is not None:
        line.setdefault("request_id", correlation.request_id)
        line.setdefault("traceparent", correlation.traceparent)
    return line


def only_known_keys(_logger: object, _method: str, line: Line) -> Mapping[str, Any]:
    """The line without unknown keys and without values that are not plain; the names of what fell out are kept."""
    passed = {name: _plain(value) for name, value in line.items() if name in KNOWN_KEYS}
    dropped = sorted(line.keys() - KNOWN_KEYS)
    if dropped:
        passed["dropped"] = dropped
    return passed


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return value[:_LONGEST_TEXT]
        case list() | tuple():
            return [str(item)[:_LONGEST_TEXT] for item in value]
        case _:
            return str(value)[:_LONGEST_TEXT]


def _describe_exception(_logger: object, _method: str, line: Line) -> Line:
    """Replace ``exc_info`` by the exception's kind and place. Its message stays out: it may quote what was sent."""
    given = line.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, BaseException):
        line["exception"] = _kinds(error)
        line["frames"] = _frames(error.__traceback__)
    return line


def _kinds(error: BaseException | None) -> list[str]:
    kinds: list[str] = []
    while error is not None and len(kinds) < _MOST_FRAMES:
        kinds.append(type(error).__qualname__)
        error = error.__cause__ or error.__context__
    return kinds


def _frames(trace: TracebackType | None) -> list[str]:
    summary = traceback.StackSummary.extract(traceback.walk_tb(trace), lookup_lines=False)
    return [
        f"{'/'.join(frame.filename.rsplit('/', 3)[1:])}:{frame.lineno} {frame.name}"
        for frame in summary[-_MOST_FRAMES:]
    ]


class LibraryHandler(logging.Handler):
    """Routes what libraries log into ours: who warned, where in its code, which exception.

    The text itself stays out. Libraries put paths, URLs, raw bytes and values into it.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line for ``record``."""
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger().log(
            record.levelno,
            "library_message",
            logger=record.name,
            where=f"{record.module}:{record.lineno}",
            exc_info=error,
        )
