"""The outcome table: everything that can come back through the security server, and what the core is told of it.

The rule behind every row: *not sent* and *refused* are said only when it is certain that nothing was executed. All else
is in doubt, and the upstream is asked by business key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

import httpx

from adapters.xroad.faults import Execution, execution, normalised
from adapters.xroad.transport import ReplyTooLarge
from gateway.operations.model import Outcome, Result


class Symptom(StrEnum):
    """What came back instead of an answer. The value is the ``reason`` of the attempt."""

    REQUEST_INVALID = "REQUEST_INVALID"
    """The message does not fit the contract's schema; it was not sent."""
    CONNECTION_REFUSED = "CONNECTION_REFUSED"
    """Refused connection, unknown host name or refused TLS handshake."""
    CONNECT_TIMEOUT = "CONNECT_TIMEOUT"
    READ_TIMEOUT = "READ_TIMEOUT"
    CONNECTION_LOST = "CONNECTION_LOST"
    """Dropped, reset, broken off or not HTTP, after the request was sent."""
    REPLY_TOO_LARGE = "REPLY_TOO_LARGE"
    REPLY_EMPTY = "REPLY_EMPTY"
    REPLY_HTML_ERROR = "REPLY_HTML_ERROR"
    """An HTML page with an error status: some proxy speaks, having passed the request on or not."""
    REPLY_HTML_PAGE = "REPLY_HTML_PAGE"
    """An HTML page with status 200, such as a login page: the address is probably wrong."""
    REPLY_REDIRECT = "REPLY_REDIRECT"
    REPLY_TOO_MANY_REQUESTS = "REPLY_TOO_MANY_REQUESTS"
    REPLY_STATUS = "REPLY_STATUS"
    """A status or plain text that says nothing about execution."""
    REPLY_CONTENT_TYPE = "REPLY_CONTENT_TYPE"
    REPLY_CHARSET = "REPLY_CHARSET"
    """Labelled with a character set other than UTF-8."""
    REPLY_NOT_XML = "REPLY_NOT_XML"
    """Truncated, wrongly encoded, nested too deeply or no XML at all."""
    REPLY_DTD = "REPLY_DTD"
    """It brings a document type definition: an attack, or a page."""
    REPLY_NOT_SOAP = "REPLY_NOT_SOAP"
    REPLY_HEADER = "REPLY_HEADER"
    """The X-Road header is missing or belongs to another request."""
    REPLY_HASH = "REPLY_HASH"
    """The request hash is not that of the bytes we sent."""
    REPLY_INCOMPLETE = "REPLY_INCOMPLETE"
    """It lacks what an answer must have, such as the record number."""
    REPLY_OF_ANOTHER_CASE = "REPLY_OF_ANOTHER_CASE"
    """The answer speaks of another business key or revision."""
    PROVIDER_FAULT = "PROVIDER_FAULT"
    """A fault of the provider's own whose code its contract does not name."""


class Row(NamedTuple):
    """One row. ``unavailable`` tells the breaker; ``alarm`` names what an operator or the security officer must see."""

    outcome: Outcome
    unavailable: bool
    alarm: str | None = None


TABLE: Final[Mapping[Symptom, Row]] = MappingProxyType(
    {
        Symptom.REQUEST_INVALID: Row(Outcome.REFUSED, unavailable=False),
        Symptom.CONNECTION_REFUSED: Row(Outcome.NOT_SENT, unavailable=True),
        Symptom.CONNECT_TIMEOUT: Row(Outcome.NOT_SENT, unavailable=True),
        Symptom.READ_TIMEOUT: Row(Outcome.IN_DOUBT, unavailable=True),
        Symptom.CONNECTION_LOST: Row(Outcome.IN_DOUBT, unavailable=True),
        Symptom.REPLY_TOO_LARGE: Row(Outcome.IN_DOUBT, unavailable=False, alarm="security"),
        Symptom.REPLY_EMPTY: Row(Outcome.IN_DOUBT, unavailable=True),
        Symptom.REPLY_HTML_ERROR: Row(Outcome.IN_DOUBT, unavailable=True),
        Symptom.REPLY_HTML_PAGE: Row(Outcome.IN_DOUBT, unavailable=True, alarm="configuration"),
        Symptom.REPLY_REDIRECT: Row(Outcome.IN_DOUBT, unavailable=True, alarm="configuration"),
        # RFC 6585, section 4: the server refuses the request because of its rate.
        Symptom.REPLY_TOO_MANY_REQUESTS: Row(Outcome.NOT_SENT, unavailable=True),
        Symptom.REPLY_STATUS: Row(Outcome.IN_DOUBT, unavailable=True),
        Symptom.REPLY_CONTENT_TYPE: Row(Outcome.IN_DOUBT, unavailable=True),
        Symptom.REPLY_CHARSET: Row(Outcome.IN_DOUBT, unavailable=False),
        Symptom.REPLY_NOT_XML: Row(Outcome.IN_DOUBT, unavailable=True),
        Symptom.REPLY_DTD: Row(Outcome.IN_DOUBT, unavailable=True, alarm="security"),
        Symptom.REPLY_NOT_SOAP: Row(Outcome.IN_DOUBT, unavailable=True),
        Symptom.REPLY_HEADER: Row(Outcome.IN_DOUBT, unavailable=False, alarm="security"),
        Symptom.REPLY_HASH: Row(Outcome.IN_DOUBT, unavailable=False, alarm="security"),
        Symptom.REPLY_INCOMPLETE: Row(Outcome.IN_DOUBT, unavailable=False),
        Symptom.REPLY_OF_ANOTHER_CASE: Row(Outcome.IN_DOUBT, unavailable=False, alarm="security"),
        Symptom.PROVIDER_FAULT: Row(Outcome.IN_DOUBT, unavailable=False),
    }
)
"""Every symptom's row."""

_BY_EXECUTION: Final = MappingProxyType(
    {
        Execution.NEVER: Outcome.REFUSED,
        Execution.NOT_YET: Outcome.NOT_SENT,
        Execution.UNKNOWN: Outcome.IN_DOUBT,
        Execution.DONE: Outcome.IN_DOUBT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An exchange that brought no answer, in the core's words. ``detail`` holds no personal data."""

    outcome: Outcome
    reason: str
    detail: str = ""
    unavailable: bool = False
    retry_after: float | None = None
    alarm: str | None = None

    def result(self, message_id: str | None) -> Result:
        """The result of the attempt whose message had this id."""
        return Result(
            outcome=self.outcome,
            reason=self.reason,
            detail=self.detail,
            message_id=message_id,
            retry_after=self.retry_after,
            unavailable=self.unavailable,
        )


class ExchangeFailed(Exception):
    """An exchange brought no answer. ``message_id`` is the id of the message sent."""

    def __init__(self, failure: Failure, message_id: str | None = None) -> None:
        self.failure = failure
        self.message_id = message_id
        super().__init__(failure.reason)


def of_symptom(symptom: Symptom, detail: str = "", *, retry_after: float | None = None) -> Failure:
    """The failure a symptom means."""
    row = TABLE[symptom]
    return Failure(
        outcome=row.outcome,
        reason=symptom.value,
        detail=detail,
        unavailable=row.unavailable,
        retry_after=retry_after,
        alarm=row.alarm,
    )


def of_transport_error(error: httpx.TransportError) -> Failure:
    """What an exception of the transport means. The text of one about a malformed reply quotes it and is not kept."""
    detail = "" if isinstance(error, httpx.ProtocolError) else str(error)
    return of_symptom(_transport_symptom(error), detail)


def of_xroad_fault(code: str, log_id: str | None = None) -> Failure:
    """What a fault made by X-Road itself means. ``log_id`` (``faultDetail``) leads into the security server's log.

    A fault that concerns all messages alike (``Server.*``) is also told to the breaker; ``Client.*`` concerns this
    message.
    """
    return Failure(
        outcome=_BY_EXECUTION[execution(code)],
        reason=code.strip(),
        detail=f"security server log: {log_id}" if log_id else "",
        unavailable=not normalised(code).startswith("client"),
    )


def _transport_symptom(error: httpx.TransportError) -> Symptom:
    match error:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return Symptom.CONNECT_TIMEOUT
        case httpx.ConnectError():
            return Symptom.CONNECTION_REFUSED
        case httpx.TimeoutException():
            return Symptom.READ_TIMEOUT
        case ReplyTooLarge():
            return Symptom.REPLY_TOO_LARGE
        case _:
            return Symptom.CONNECTION_LOST
