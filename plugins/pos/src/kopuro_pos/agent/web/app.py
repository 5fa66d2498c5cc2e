"""The HTTP application of the agent, and how it is served on 127.0.0.1."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from kopuro_pos.agent.ports import Clock
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.texts import Language
from kopuro_pos.agent.web.answers import DEFAULT_LANGUAGE, LARGEST_STOCK, language_of, refusal
from kopuro_pos.agent.web.guard import CALLER, GUARD, Caller, Guard
from kopuro_pos.agent.web.logs import ACCESS
from kopuro_pos.agent.web.pages import page
from kopuro_pos.agent.web.ports import ROOMS, Rooms
from kopuro_pos.agent.web.routes import CLOCK, ROUTES
from kopuro_pos.agent.web.sessions import Sessions
from kopuro_pos.agent.web.streaming import STREAMS, end_streams

HOST: Final = "127.0.0.1"
"""The agent listens nowhere else, and there is no setting for it."""
_STOP_SECONDS: Final = 15.0
"""A request under way may end; the longest waits ten seconds for the gateway."""

_log = logging.getLogger(__name__)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def build_application(rooms: Rooms, guard: Guard, *, clock: Clock, language: Language) -> web.Application:
    """The routes over what is behind them. Every refusal is a problem, whoever makes it."""
    application = web.Application(middlewares=[_around], client_max_size=LARGEST_STOCK + 1)
    application[ROOMS] = rooms
    application[GUARD] = guard
    application[CLOCK] = clock
    application[DEFAULT_LANGUAGE] = language
    application[STREAMS] = set()
    for method, path, handler in ROUTES:
        application.router.add_route(method, path, handler)
    application.router.add_get("/", page)
    application.router.add_get("/{path:(?!api/).+}", page)
    application.on_response_prepare.append(_mark)
    application.on_shutdown.append(end_streams)
    return application


@asynccontextmanager
async def served(
    rooms: Rooms, sessions: Sessions, *, clock: Clock, language: Language, port: int, origins: frozenset[str]
) -> AsyncIterator[int]:
    """Serve until left; the port. Raises ``OSError`` when the port is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        bound = int(listening.getsockname()[1])
        guard = Guard(port=bound, origins=origins, sessions=sessions)
        application = build_application(rooms, guard, clock=clock, language=language)
        runner = web.AppRunner(
            application,
            access_log=None,
            handle_signals=False,
            auto_decompress=False,
            shutdown_timeout=_STOP_SECONDS,
            logger=logging.getLogger("kopuro_pos.http"),
        )
        await runner.setup()
        try:
            await web.SockSite(runner, listening).start()
            yield bound
        finally:
            await runner.cleanup()
    finally:
        listening.close()


@web.middleware
async def _around(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Let in or refuse, turn every refusal into a problem, mark and log the answer."""
    begun = time.monotonic()
    guard = request.app[GUARD]
    code: ProblemCode | None = None
    try:
        response = await _admitted(request, handler, guard)
    except AgentProblem as problem:
        code = problem.code
        response = refusal(problem, language_of(request))
    except web.HTTPException as error:
        told = _of_library(error)
        code = told.code
        response = refusal(told, language_of(request))
    except Exception:  # noqa: BLE001 - the outermost place: no request ends the agent, and no text of it gets out
        _log.exception("failed", extra={"route": _route(request)})
        code = ProblemCode.INTERNAL
        response = refusal(AgentProblem(ProblemCode.INTERNAL), language_of(request))
    fields = {"method": request.method, "route": _route(request), "status": response.status, "code": code}
    ACCESS.info("answered", extra={**fields, "seconds": round(time.monotonic() - begun, 4)})
    return response


async def _mark(request: web.Request, response: web.StreamResponse) -> None:
    request.app[GUARD].mark(request, response)


async def _admitted(request: web.Request, handler: _Handler, guard: Guard) -> web.StreamResponse:
    caller = request[CALLER] = guard.admit(request)
    if request.method == "OPTIONS" and guard.foreign_origin(request) is not None:
        return guard.preflight(request)
    response = await handler(request)
    if caller is Caller.PAGE:
        guard.renew(request, response)
    return response


def _of_library(error: web.HTTPException) -> AgentProblem:
    """What aiohttp refuses by itself."""
    match error:
        case web.HTTPNotFound():
            return AgentProblem(ProblemCode.NOT_FOUND)
        case web.HTTPMethodNotAllowed():
            return AgentProblem(ProblemCode.METHOD_NOT_ALLOWED)
        case web.HTTPRequestEntityTooLarge():
            return AgentProblem(ProblemCode.TOO_LARGE)
        case _:
            return AgentProblem(ProblemCode.BODY_INVALID, status=error.status)


def _route(request: web.Request) -> str:
    """The route's pattern, never the path: it may name a sale."""
    resource = request.match_info.route.resource
    return "none" if resource is None else resource.canonical
