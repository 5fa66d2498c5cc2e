"""The HTTP application: routes and middlewares over the services it is given, and how aiohttp is to run it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import cache, partial
from typing import Final

from aiohttp import web

from gateway.access.table import without_a_row
from gateway.api.contract import Route
from gateway.api.health import HEALTH, HealthReport
from gateway.api.openapi import document
from gateway.api.pages import DESCRIPTION
from gateway.api.routes import ROUTES
from gateway.api.serving import DiscreetRunner
from gateway.middleware.access import authorised
from gateway.middleware.context import Handler, request_context
from gateway.rules.findings import Refused
from gateway.services import SERVICES, Services
from gateway.system import TimeOrderedIds
from gateway.telemetry.lag import LoopLag
from schemas.codelists import icd10
from schemas.errors import ErrorCode


def build_application(services: Services) -> web.Application:
    """The application. Run it with :func:`make_runner`; move ``services.lifecycle`` on when the process has to stop."""
    if undecided := without_a_row(route.name for route in ROUTES):
        raise RuntimeError(f"nobody has decided who may do this: {', '.join(undecided)}")
    application = web.Application(middlewares=[request_context(services)])
    lag = LoopLag(services.metrics.loop_lag)
    application[SERVICES] = services
    application[HEALTH] = HealthReport(services, lag)
    make_description: Callable[[], bytes] = _description
    application[DESCRIPTION] = make_description
    for route in ROUTES:
        _add(application, route)
    _refuse_other_methods(application)
    application.cleanup_ctx.append(partial(_background, services=services, lag=lag))
    return application


def make_runner(application: web.Application) -> web.AppRunner:
    """A runner whose logs name no path, and whose logs and answers quote no byte of a malformed request."""
    return DiscreetRunner(application, TimeOrderedIds())


@cache
def _description() -> bytes:
    """Not at start: it takes longer than all the rest of it."""
    return document(ROUTES)


PROGRAMME: Final = web.AppKey("programme", bool)
"""Set where the additional drug programme is configured."""


def _add(application: web.Application, route: Route) -> None:
    handler = route.handler
    inner = (*route.middlewares,) if not route.is_of_programme else (_of_programme, *route.middlewares)
    for middleware in (*reversed(inner), authorised(route.permission)):
        handler = partial(middleware, handler=handler)
    application.router.add_route(route.method, route.path, handler, expect_handler=_continue)
    if route.method == "GET":
        application.router.add_route("HEAD", route.path, handler)


def _refuse_other_methods(application: web.Application) -> None:
    """Each path answers for itself what it does not do.

    Else ``/v1/treated-cases/check`` would leave GET and PUT to ``/v1/treated-cases/{ksf_number}``, which fits it too.
    """
    methods: dict[str, set[str]] = {}
    for route in ROUTES:
        methods.setdefault(route.path, set()).update({"GET", "HEAD"} if route.method == "GET" else {route.method})
    for path, allowed in methods.items():
        application.router.add_route("*", path, partial(_refuse_method, allowed=frozenset(allowed)))


@web.middleware
async def _of_programme(request: web.Request, handler: Handler) -> web.StreamResponse:
    if PROGRAMME not in request.app:
        raise Refused.because(ErrorCode.ROUTE_NOT_FOUND, "path")
    return await handler(request)


async def _refuse_method(request: web.Request, allowed: frozenset[str]) -> web.StreamResponse:
    raise web.HTTPMethodNotAllowed(request.method, allowed)


async def _continue(request: web.Request) -> None:
    """Answer ``Expect: 100-continue``; any other expectation is passed over (RFC 9110, 10.1.1)."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # What went out so far is no part of the answer.
        request.writer.output_size = 0


async def _background(_application: web.Application, services: Services, lag: LoopLag) -> AsyncIterator[None]:
    icd10.load()  # else the first case would wait for it
    tasks = [
        asyncio.create_task(services.access_log.run(), name="access-log"),
        asyncio.create_task(lag.run(), name="loop-lag"),
    ]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
