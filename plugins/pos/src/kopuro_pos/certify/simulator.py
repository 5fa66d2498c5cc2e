"""The stand-in of the agent: its own HTTP face on the loopback over a scripted world, with faults by id.

Who may call, how bodies are read and how refusals look is the agent's own code, so the kit is as strict as the agent.
Nothing is written to disk, and nobody else is spoken to.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Final, Self

import orjson
from aiohttp import web

from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.texts import Language
from kopuro_pos.agent.web.answers import JSON_TYPE, PROBLEM_TYPE, language_of, refusal
from kopuro_pos.agent.web.app import HOST, build_application
from kopuro_pos.agent.web.guard import Guard
from kopuro_pos.agent.web.sessions import Sessions
from kopuro_pos.certify.faults import Condition, Fault
from kopuro_pos.certify.journal import Call, Journal, Route
from kopuro_pos.certify.scripted import Scripted, wait_for
from kopuro_pos.certify.world import World

_PIECE: Final = 1024
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Simulator:
    """An agent that is none. ``async with Simulator() as agent:`` opens its door; ``agent.origin`` is where."""

    def __init__(
        self,
        port: int = 0,
        *,
        world: World | None = None,
        language: Language = Language.RU,
        origins: frozenset[str] = frozenset(),
    ) -> None:
        """``port`` 0 takes a free one; ``language`` is spoken to who asks for none; ``origins`` are browser tills'."""
        self.world = world or World()
        self.journal = Journal()
        self.token = secrets.token_urlsafe(24)
        self.port = port
        self.look_up_gives_up_seconds = 2.0
        """After how long a look-up is given up when the gateway is away."""
        self.held = asyncio.Event()
        """A held answer is ready, and waits to be let go."""
        self._let_go = asyncio.Event()
        self._closing = asyncio.Event()
        self._faults: dict[Route, Fault] = {}
        self._language = language
        self._origins = origins
        self._runner: web.AppRunner
        self._site: web.SockSite | None = None

    @property
    def origin(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://{HOST}:{self.port}"

    async def __aenter__(self) -> Self:
        listening = self._bound()
        scripted = Scripted(self.world, self._give_up)
        guard = Guard(port=self.port, origins=self._origins, sessions=Sessions(self.token, scripted))
        application = build_application(scripted.rooms(), guard, clock=scripted, language=self._language)
        application.middlewares.insert(0, self._around)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await self._listen(listening)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._let_go.set()
        await self._runner.cleanup()

    async def open_door(self) -> None:
        """Take connections again, at the same port."""
        if self._site is None:
            await self._listen(self._bound())

    async def close_door(self) -> None:
        """Refuse connections and break those that are open, as if the agent were not running."""
        if self._site is not None:
            site, self._site = self._site, None
            await site.stop()
        for connection in self._runner.server.connections if self._runner.server else ():
            if connection.transport is not None:
                connection.transport.abort()

    def strike(self, route: Route, fault: Fault) -> None:
        """Let this fault strike the next answer to a route."""
        self._faults[route] = fault

    def let_go(self) -> None:
        """Send the held answer."""
        self._let_go.set()

    # ---------------------------------------------------------------------------------------------------------- within

    def _bound(self) -> socket.socket:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, self.port))
        except OSError:
            listening.close()
            raise
        self.port = int(listening.getsockname()[1])
        return listening

    async def _listen(self, listening: socket.socket) -> None:
        self._site = web.SockSite(self._runner, listening)
        await self._site.start()

    async def _give_up(self) -> None:
        await wait_for(self._closing, self.look_up_gives_up_seconds)

    @web.middleware
    async def _around(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Write the call down, let the agent's face answer it, and let a fault strike the answer."""
        route = _route(request)
        call = Call(route, request.method, request.path_qs, language_of(request), _json(await request.read()))
        self.journal.calls.append(call)
        fault = None
        if Condition.TOKEN_ENDED in self.world.conditions:
            call.fault = Condition.TOKEN_ENDED
            response: web.StreamResponse = refusal(AgentProblem(ProblemCode.TOKEN_REQUIRED), call.language)
        else:
            response = await handler(request)
            fault = self._faults.pop(route, None) if route is not None else None
            call.fault = fault
        call.status = response.status
        if isinstance(response, web.Response) and response.content_type == PROBLEM_TYPE:
            call.problem = _json(response.body)["code"]
        return response if fault is None else await self._struck(fault, request, response)

    async def _struck(self, fault: Fault, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
        if fault is Fault.BAD_GATEWAY:
            return web.Response(status=502, text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")
        if fault is Fault.IN_PIECES and isinstance(response, web.Response):
            return await _in_pieces(request, response)
        if fault is Fault.HELD_ANSWER:
            self.held.set()
            await self._let_go.wait()
            return response
        if fault is Fault.SILENCE:
            await self._closing.wait()
        if fault is Fault.CRASH:
            await self.close_door()
        if request.transport is not None:
            request.transport.abort()
        return response


def _route(request: web.Request) -> Route | None:
    resource = request.match_info.route.resource
    name = "" if resource is None else f"{request.method} {resource.canonical}"
    return Route(name) if name in set(Route) else None


def _json(content: Any) -> Any:
    """What was sent, as far as it is JSON."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


async def _in_pieces(request: web.Request, response: web.Response) -> web.StreamResponse:
    """The answer with fields that no contract of today knows, a kibibyte at a time."""
    later = orjson.dumps(_of_a_later_version(_json(response.body)))
    streamed = web.StreamResponse(status=response.status, headers={"Content-Type": JSON_TYPE})
    await streamed.prepare(request)
    for start in range(0, len(later), _PIECE):
        await streamed.write(later[start : start + _PIECE])
        await asyncio.sleep(0)
    await streamed.write_eof()
    return streamed


def _of_a_later_version(value: Any) -> Any:
    if isinstance(value, list):
        return [_of_a_later_version(item) for item in value]
    if isinstance(value, dict):
        grown = {name: _of_a_later_version(item) for name, item in value.items()}
        return {"of_a_later_version": {"note": "Өмүр", "list": [1, None]}, **grown}
    return value
