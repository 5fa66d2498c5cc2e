"""Which request or operation is being worked on: its id and its W3C trace context, carried into every log line."""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import NamedTuple
from uuid import UUID

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})", re.ASCII)
_NO_TRACE = "0" * 32
_NO_SPAN = "0" * 16
_UUID_LENGTH = 36


class Correlation(NamedTuple):
    """What ties log lines, answers and upstream messages of one piece of work together."""

    request_id: str
    traceparent: str


CORRELATION: ContextVar[Correlation | None] = ContextVar("correlation", default=None)
"""The present work's correlation; the logging processors read it."""


def correlate(fresh: UUID, request_id: str | None, traceparent: str | None) -> Correlation:
    """The correlation of one incoming request.

    ``request_id`` is the sender's ``X-Request-Id``; it is kept only when it is a UUID in its canonical form, because
    free text could carry personal data into logs. ``traceparent`` is the sender's (W3C Trace Context, version 00): its
    trace goes on with a new span of ours; without a valid one a new trace begins. ``fresh`` is a new id of ours that
    both fall back on.
    """
    trace, flags = fresh.hex, "01"
    if traceparent is not None and (matched := _TRACEPARENT.fullmatch(traceparent)) is not None:
        sent_trace, sent_span, sent_flags = matched.groups()
        if sent_trace != _NO_TRACE and sent_span != _NO_SPAN:
            trace, flags = sent_trace, sent_flags
    known = request_id.lower() if request_id is not None and _is_uuid(request_id) else str(fresh)
    # The last 64 bits of a version 7 id are random and never all zero: the variant bits are set.
    return Correlation(known, f"00-{trace}-{fresh.hex[16:]}-{flags}")


def _is_uuid(text: str) -> bool:
    if len(text) != _UUID_LENGTH:
        return False
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
