"""The outermost middleware: request id, trace context, language, problems, metrics and the access log.

It is one middleware and not five because each costs several per cent of the accept rate.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Final, Protocol

import structlog
from aiohttp import web

from gateway.limits.concurrency import ConcurrencyGate
from gateway.middleware.language import preferred_language
from gateway.middleware.problems import PROBLEM_CODES, from_http_exception, problem
from gateway.rules.findings import Finding, Refused
from gateway.services import Phase, Sender, Services
from gateway.telemetry.correlation import CORRELATION, Correlation, correlate
from schemas.errors import ErrorCode, Language

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Middleware(Protocol):
    """What stands around a handler; the parameter names are aiohttp's."""

    def __call__(self, request: web.Request, handler: Handler) -> Awaitable[web.StreamResponse]:
        """Answer the request, with or without the handler."""
        ...


RETRY_WHEN_STOPPING: Final = 2
"""Seconds after which another node, or this one restarted, is worth a try."""

SERVER: Final = "kopuro"
"""Instead of aiohttp's own words, which tell strangers its version."""

_UNMATCHED: Final = "unmatched"
_log = structlog.get_logger()


class RequestContext:
    """What belongs to one request besides its message."""

    __slots__ = ("correlation", "gate", "language", "marks", "sender")

    def __init__(self, correlation: Correlation, language: Language) -> None:
        self.correlation = correlation
        self.language = language
        self.sender: Sender | None = None
        self.gate: ConcurrencyGate | None = None
        """The gate behind which the request has a place."""
        self.marks: dict[str, str] = {}
        """Further fields that the answer carries, whatever it will be."""

    def mark(self, response: web.StreamResponse) -> None:
        """Put on an answer what every answer carries."""
        headers = response.headers
        headers["X-Request-Id"] = self.correlation.request_id
        headers["traceparent"] = self.correlation.traceparent
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Server"] = SERVER
        headers.setdefault("Cache-Control", "no-store")
        for name, value in self.marks.items():
            headers[name] = value


CONTEXT: Final = web.RequestKey("context", RequestContext)


@contextmanager
def stepping_out(request: web.Request) -> Iterator[None]:
    """Give up the request's place behind the gate while it only waits for somebody."""
    gate = request[CONTEXT].gate
    if gate is None:
        yield
        return
    gate.leave()
    try:
        yield
    finally:
        gate.step_back_in()


def sender_of(request: web.Request) -> Sender:
    """Who sends this request, on a route that asks for it (:func:`gateway.middleware.access.authorised`)."""
    sender = request[CONTEXT].sender
    assert sender is not None
    return sender


def request_context(services: Services) -> Middleware:
    """The middleware over ``services``."""
    lifecycle, metrics, access_log = services.lifecycle, services.metrics, services.access_log
    new_id = services.ids.new

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = perf_counter()
        sent = request.headers
        correlation = correlate(new_id(), sent.get("X-Request-Id"), sent.get("traceparent"))
        # aiohttp runs each request in a context of its own, so nothing has to be reset.
        CORRELATION.set(correlation)
        context = RequestContext(correlation, preferred_language(sent.get("Accept-Language")))
        request[CONTEXT] = context

        if lifecycle.phase is Phase.STOPPING:
            response: web.StreamResponse = _stopping(context)
        else:
            response = await _answer(request, handler, context)
        if not response.prepared:
            context.mark(response)
            if lifecycle.phase >= Phase.DRAINING:
                response.force_close()

        route, status, seconds = _route_of(request), response.status, perf_counter() - started
        metrics.request(request.method, route, status, seconds)
        codes = response.get(PROBLEM_CODES)
        if codes is None:
            access_log.success(request.method, route, status, seconds)
        else:
            metrics.refused(codes)
            access_log.refusal(request.method, route, status, seconds, _texts(codes))
        return response

    return middleware


async def _answer(request: web.Request, handler: Handler, context: RequestContext) -> web.StreamResponse:
    """The handler's answer, or the problem it ended in."""
    try:
        return await handler(request)
    except Refused as refused:
        return problem(refused.findings, context.language, context.correlation.request_id, refused.retry_after)
    except web.HTTPException as raised:
        return from_http_exception(raised, request.method, context.language, context.correlation.request_id)
    except (asyncio.CancelledError, ConnectionResetError):
        raise
    except Exception as error:  # noqa: BLE001 - the one place where an unforeseen failure becomes an answer
        _log.error("request_failed", route=_route_of(request), method=request.method, exc_info=error)
        return problem((Finding(ErrorCode.INTERNAL_ERROR),), context.language, context.correlation.request_id)


def _stopping(context: RequestContext) -> web.Response:
    findings = (Finding(ErrorCode.SERVICE_STOPPING),)
    return problem(findings, context.language, context.correlation.request_id, RETRY_WHEN_STOPPING)


def _route_of(request: web.Request) -> str:
    """The template of the request's path; the path itself may hold a number that names a patient's case."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else _UNMATCHED


def _texts(codes: Sequence[ErrorCode]) -> list[str]:
    return [code.value for code in codes]
