"""One JSON object a line. No value out of a request, a message, a URL or an exception's text gets into it."""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, Final, TextIO

import orjson

ACCESS: Final = logging.getLogger("kopuro_pos.access")
_FIELDS: Final = ("route", "method", "status", "seconds", "code", "port", "client", "count", "reason")
"""What may be given with ``extra``; anything else stays out."""
_MOST_FRAMES: Final = 20


class JsonLines(logging.Formatter):
    """Our own lines keep their words. Of libraries' lines only the logger is told: they may quote what was sent."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        own = record.name.startswith("kopuro_pos")
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.msg if own and isinstance(record.msg, str) else "library",
        }
        line |= {name: value for name in _FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__qualname__
            line["frames"] = _frames(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


def configure_logging(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send all logs, the libraries' too, to standard error as JSON lines."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("kopuro_pos").setLevel(level.upper())


def _frames(error: BaseException) -> list[str]:
    """Where it happened, without source lines and values."""
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    return [f"{'/'.join(frame.filename.rsplit('/', 3)[1:])}:{frame.lineno} {frame.name}" for frame in frames]
