"""The faults that can be asked for, by id: before the action is run, or behind it."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Self

import orjson
from aiohttp import web
from pydantic import model_validator

from adapters.xroad.simulator.disturbing import FaultPlan, OperationFaultOrder

Answer = dict[str, Any]
Responder = Callable[[web.Request, Answer], Awaitable[web.StreamResponse]]

_LOOK_SECONDS: Final = 0.05
_OVERSIZE: Final = 2 * 1024 * 1024
_HTML: Final = b"<!DOCTYPE html><html><head><title>KNMDB</title></head><body></body></html>"
_STATE_NAMES: Final = {3: "Sales", 8: "Sales Cancelled", 10: "Transfer Accepted", 12: "PartialSales", 17: "17"}


class Fault(NamedTuple):
    """One fault. ``behind`` says whether the action is run first."""

    behind: bool
    respond: Responder


def json_response(content: Any, status: int = 200) -> web.Response:
    """JSON as a response."""
    return web.Response(body=orjson.dumps(content, default=float), status=status, content_type="application/json")


def _fixed(status: int, content_type: str, body: bytes, **headers: str) -> Responder:
    async def respond(_: web.Request, __: Answer) -> web.StreamResponse:
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=body, status=status, headers={"Content-Type": content_type, **extra})

    return respond


def _problem(status: int) -> Responder:
    body = orjson.dumps({"type": "about:blank", "title": "Asked for by a fault of the simulator", "status": status})
    return _fixed(status, "application/problem+json", body)


def _changed(change: Callable[[Answer], Any]) -> Responder:
    async def respond(_: web.Request, answer: Answer) -> web.StreamResponse:
        return json_response(change(copy.deepcopy(answer)))

    return respond


async def _lost(request: web.Request, _: Answer) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _hang(request: web.Request, _: Answer) -> web.StreamResponse:
    while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 - no event to wait on
        await asyncio.sleep(_LOOK_SECONDS)
    return web.Response()


async def _truncated(_: web.Request, answer: Answer) -> web.StreamResponse:
    return web.Response(body=orjson.dumps(answer, default=float)[:-9], content_type="application/json")


def _in_result(change: Callable[[Answer], Any]) -> Responder:
    def changed(answer: Answer) -> Answer:
        if isinstance(answer["actionResult"], dict):
            change(answer["actionResult"])
        return answer

    return _changed(changed)


def _extra(result: Answer) -> None:
    result["addedLater"] = {"some": ["thing"]}


def _no_number(result: Answer) -> None:
    result["declarationId"] = 0


def _other_box(result: Answer) -> None:
    result["gtin"] = "04600000009999"


def _renamed(result: Answer) -> None:
    result["isAvailable"] = result.pop("isAvailableForSale", True)


def _names(result: Answer) -> None:
    for holder, member in [(result, "productState"), *((one, "state") for one in result["productInquiryHistory"])]:
        holder[member] = _STATE_NAMES[holder[member]]


def _unexpected(_: Answer) -> Answer:
    return {"resultCode": 2, "resultMessage": "Unexpected error(s) occurred", "actionResult": None}


def _before(respond: Responder) -> Fault:
    return Fault(behind=False, respond=respond)


def _behind(respond: Responder) -> Fault:
    return Fault(behind=True, respond=respond)


FAULTS: Final[Mapping[str, Fault]] = MappingProxyType(
    {
        # Connections
        "lost-before-store": _before(_lost),
        "lost-reply-after-store": _behind(_lost),
        "hang": _behind(_hang),
        # Replies that are no envelope
        "html-502": _behind(_fixed(502, "text/html", _HTML)),
        "html-200": _before(_fixed(200, "text/html; charset=utf-8", _HTML)),
        "status-503": _before(_fixed(503, "text/plain", b"Closed", Retry_After="1")),
        "too-many-requests": _before(_fixed(429, "text/plain", b"Too many requests", Retry_After="1")),
        "redirect": _before(_fixed(302, "text/html", b"", Location="http://127.0.0.1:9/elsewhere")),
        "empty-200": _behind(_fixed(200, "application/json", b"")),
        "plain-200": _behind(_fixed(200, "text/plain", b"ok")),
        "truncated": _behind(_truncated),
        "oversized": _behind(_changed(lambda answer: {**answer, "filler": "x" * _OVERSIZE})),
        "list": _behind(_changed(lambda answer: [answer])),
        # The framework's answers, without a code
        "model-check": _before(_problem(400)),
        "unauthorised": _before(_fixed(401, "text/plain", b"")),
        "forbidden": _before(_problem(403)),
        "not-found": _before(_problem(404)),
        "internal-error": _behind(_problem(500)),
        # Envelopes that are not what they seem
        "unexpected-after-store": _behind(_changed(_unexpected)),
        "null-result": _behind(_changed(lambda answer: {**answer, "actionResult": None})),
        "null-code": _behind(_changed(lambda answer: {**answer, "resultCode": None})),
        "no-number": _behind(_in_result(_no_number)),
        "extra-field": _behind(_in_result(_extra)),
        "renamed-field": _behind(_in_result(_renamed)),
        "names-for-numbers": _behind(_in_result(_names)),
        "other-box": _behind(_in_result(_other_box)),
    }
)
"""Faults of an action by their id; ``result-code`` and those of the token endpoint stand in the server."""

RESULT_CODE: Final = "result-code"
TOKEN_FAULTS: Final = ("token-refused", "token-envelope", "token-short-lived", "token-hang")
FAULT_IDS: Final = (*FAULTS, RESULT_CODE, *TOKEN_FAULTS)
"""Every fault's id."""


class FaultOrder(OperationFaultOrder):
    """An order with the code of ``result-code``."""

    code: int | None = None
    """Of ``result-code``: the code that is answered; the action is not run."""

    @model_validator(mode="after")
    def _a_code_stands_with_its_fault(self) -> Self:
        if (self.id == RESULT_CODE) != (self.code is not None):
            raise ValueError(f"'code' goes with {RESULT_CODE!r}")
        return self


def next_fault(plan: FaultPlan[FaultOrder], operation: str) -> FaultOrder | None:
    """The fault that happens to this request, if any. ``token`` is the token endpoint."""
    return plan.next(lambda one: (one.id in TOKEN_FAULTS) == (operation == "token") and one.concerns(operation))
