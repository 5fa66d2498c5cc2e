"""``/v1/upstreams``: how the systems we deliver to stand, and the operator's pause."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from gateway.api import parameters
from gateway.api.answers import answer
from gateway.api.auditing import note
from gateway.api.commands import read_command
from gateway.api.views import upstream_view
from gateway.audit.actions import Action, Purpose
from gateway.middleware.context import sender_of
from gateway.services import SERVICES
from schemas.api import ReasonedCommand

NAME = parameters.text("name", "Name of the upstream, for example `foms`.", place="path")


async def index(request: web.Request) -> web.Response:
    """``GET /v1/upstreams``: all of them."""
    statuses = await request.app[SERVICES].dispatcher.statuses()
    return answer({"items": [upstream_view(status) for status in statuses]})


async def pause(request: web.Request) -> web.Response:
    """``POST /v1/upstreams/{name}/pause``: begin nothing more with it until resumed; accepting goes on."""
    return await _switch(request, request.app[SERVICES].dispatcher.pause, Action.UPSTREAM_PAUSED)


async def resume(request: web.Request) -> web.Response:
    """``POST /v1/upstreams/{name}/resume``: deliver again."""
    return await _switch(request, request.app[SERVICES].dispatcher.resume, Action.UPSTREAM_RESUMED)


async def _switch(request: web.Request, switch: Callable[..., Awaitable[None]], action: Action) -> web.Response:
    operator = sender_of(request)
    name = NAME.of_path(request)
    command = await read_command(request, ReasonedCommand)
    await switch(name, by=operator.name, reason=command.reason)
    await note(request, action, Purpose.ADMINISTRATION, target=name)
    statuses = await request.app[SERVICES].dispatcher.statuses()
    return answer(next(upstream_view(status) for status in statuses if status.name == name))
