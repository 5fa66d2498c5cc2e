"""The pretended agent's web face: the page as it was built, and the JSON of the contract."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

import orjson
from aiohttp import web
from pydantic import BaseModel

import kopuro_pos.agent
from kopuro_pos.agent import contract
from kopuro_pos.agent.contract import SaleState
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.scanners.scanning import read_scan
from kopuro_pos.agent.slips import slip
from kopuro_pos.agent.web.pages import POLICY
from tests.browser.counter.standin import StandIn

PAGE: Final = next(iter(kopuro_pos.agent.__path__)) + "/page"

_Model = TypeVar("_Model", bound=BaseModel)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _json(content: BaseModel, status: int = 200) -> web.Response:
    return web.Response(status=status, body=content.model_dump_json().encode(), content_type="application/json")


def _language(request: web.Request) -> str:
    return request.query.get("language") or request.headers.get("Accept-Language", "ru")[:2]


def application(agent: StandIn) -> web.Application:
    """The agent's web face."""

    @web.middleware
    async def guard(request: web.Request, handler: _Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin", "")
        across = {"Access-Control-Allow-Origin": origin} if origin in agent.origins else {}
        if request.method == "OPTIONS":
            names = "Authorization, Content-Type, Accept-Language"
            return web.Response(status=204, headers={**across, "Access-Control-Allow-Headers": names})
        open_to_all = not request.path.startswith("/api/") or request.path == "/api/enter"
        try:
            if not open_to_all:
                agent.let_in(request)
            answer = await handler(request)
        except AgentProblem as problem:
            answer = _json(problem.told(_language(request)), problem.status)
        except ConnectionResetError:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if not answer.prepared:
            answer.headers.update(across)
        return answer

    app = web.Application(middlewares=[guard])
    app.add_routes([*_asking(agent), *_changing(agent), *_pages()])
    return app


def _asking(agent: StandIn) -> list[web.RouteDef]:
    async def state(_request: web.Request) -> web.Response:
        return _json(agent.state())

    async def queue(_request: web.Request) -> web.Response:
        return _json(contract.QueueView(waiting=agent.queue, refused=agent.refused))

    async def sales(request: web.Request) -> web.Response:
        on = date.fromisoformat(request.query["day"])
        items = [one for one in reversed(agent.sales) if one.on == on]
        return _json(contract.SalePage(day=on, items=items))

    async def sale(request: web.Request) -> web.Response:
        return _json(_known(agent, request))

    async def paper(request: web.Request) -> web.Response:
        name = agent.state().terminal.pharmacy_name or ""
        is_copy = request.query.get("copy") == "1"
        made = slip.compose(_known(agent, request), pharmacy=name, language=_language(request), is_copy=is_copy)
        return web.Response(text=slip.as_html(made), content_type="text/html")

    async def day(request: web.Request) -> web.Response:
        return _json(agent.day(date.fromisoformat(request.query["day"])))

    return [
        web.get("/api/state", state),
        web.get("/api/events", agent.events),
        web.get("/api/queue", queue),
        web.get("/api/sales", sales),
        web.get("/api/sales/{id}", sale),
        web.get("/api/sales/{id}/slip", paper),
        web.get("/api/day", day),
    ]


def _known(agent: StandIn, request: web.Request) -> contract.Sale:
    named = UUID(request.match_info["id"])
    found = next((one for one in agent.sales if one.id == named), None)
    if found is None:
        raise AgentProblem(ProblemCode.SALE_NOT_FOUND)
    return found


def _changing(agent: StandIn) -> list[web.RouteDef]:
    async def read(request: web.Request, model: type[_Model]) -> _Model:
        body = await request.read()
        agent.asked.append((request.path, orjson.loads(body)))
        return model.model_validate_json(body)

    async def enter(request: web.Request) -> web.Response:
        return agent.enter(await read(request, contract.Enter))

    async def scan(request: web.Request) -> web.Response:
        order = await read(request, contract.Scan)
        agent.scanned.append(read_scan(order.text, agent, caps_lock=order.caps_lock))
        return _json(agent.scanned[-1])

    async def look_up(request: web.Request) -> web.Response:
        return _json(await agent.look_up(await read(request, contract.LookUp), _language(request)))

    async def quote(request: web.Request) -> web.Response:
        return _json(await agent.quote(await read(request, contract.QuoteOrder), _language(request)))

    async def release(request: web.Request) -> web.Response:
        await read(request, contract.Release)
        return web.Response(status=204)

    async def sell(request: web.Request) -> web.Response:
        made = await agent.sell(await read(request, contract.SaleOrder), _language(request))
        return _json(made, 201 if made.state is SaleState.RECORDED else 202)

    async def reverse(request: web.Request) -> web.Response:
        order = await read(request, contract.ReversalOrder)
        return _json(agent.reverse(UUID(request.match_info["id"]), order), 201)

    async def seen(request: web.Request) -> web.Response:
        await read(request, contract.Seen)
        agent.refused = [one for one in agent.refused if str(one.id) != request.match_info["id"]]
        return web.Response(status=204)

    return [
        web.post("/api/enter", enter),
        web.post("/api/scan", scan),
        web.post("/api/lookup", look_up),
        web.post("/api/quote", quote),
        web.post("/api/release", release),
        web.post("/api/sales", sell),
        web.post("/api/sales/{id}/reversal", reverse),
        web.post("/api/sales/{id}/seen", seen),
    ]


def _pages() -> list[web.AbstractRouteDef]:
    async def index(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(f"{PAGE}/index.html", headers={"Content-Security-Policy": POLICY})

    return [web.get("/", index), web.static("/assets", f"{PAGE}/assets")]


@asynccontextmanager
async def standing_in(agent: StandIn) -> AsyncIterator[str]:
    """Serve it on a free port; its origin."""
    runner = web.AppRunner(application(agent), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
