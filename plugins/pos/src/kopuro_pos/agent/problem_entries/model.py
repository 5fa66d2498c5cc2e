"""What a problem's code stands for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kopuro_pos.agent.contract import Retry
from kopuro_pos.agent.texts import Text


class ProblemCode(StrEnum):
    """Why the agent refused; a code never changes its meaning."""

    GATEWAY_UNREACHABLE = "GATEWAY_UNREACHABLE"
    GATEWAY_REFUSED = "GATEWAY_REFUSED"
    NOT_ENROLLED = "NOT_ENROLLED"
    ENROL_AGAIN = "ENROL_AGAIN"
    CLOCK_WRONG = "CLOCK_WRONG"
    OFFLINE_WITHOUT_HOLD = "OFFLINE_WITHOUT_HOLD"
    HOLD_TOO_OLD = "HOLD_TOO_OLD"
    LOOKUP_GONE = "LOOKUP_GONE"
    QUOTE_GONE = "QUOTE_GONE"
    SALE_NOT_FOUND = "SALE_NOT_FOUND"
    SALE_OPEN = "SALE_OPEN"
    SALE_REFUSED = "SALE_REFUSED"
    SALE_REVERSED = "SALE_REVERSED"
    KEY_REUSED = "KEY_REUSED"
    BODY_INVALID = "BODY_INVALID"
    DISK_FULL = "DISK_FULL"
    STOPPING = "STOPPING"
    TOKEN_REQUIRED = "TOKEN_REQUIRED"  # noqa: S105 - a code, not a token
    ORIGIN_REFUSED = "ORIGIN_REFUSED"
    HOST_REFUSED = "HOST_REFUSED"
    CODE_INVALID = "CODE_INVALID"
    NOT_FOUND = "NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    CONTENT_TYPE_REFUSED = "CONTENT_TYPE_REFUSED"
    TOO_LARGE = "TOO_LARGE"
    TOO_MANY = "TOO_MANY"
    INTERNAL = "INTERNAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemEntry:
    """What is always true of a code."""

    status: int
    retry: Retry
    message: Text
    action: Text
