"""The JSON API: every route in one table, every handler a few lines over what is behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final
from uuid import UUID

from aiohttp import web

from kopuro_pos.agent.contract import (
    Enter,
    LookUp,
    QuoteOrder,
    Release,
    ReversalOrder,
    Sale,
    SaleOrder,
    SaleState,
    Scan,
    Seen,
    StockPush,
)
from kopuro_pos.agent.day.days import bishkek_day
from kopuro_pos.agent.ports import Clock
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.web.answers import LARGEST_STOCK, answer, body_of, invalid, language_of
from kopuro_pos.agent.web.guard import CALLER, GUARD, Caller
from kopuro_pos.agent.web.papers import export, slip
from kopuro_pos.agent.web.ports import ROOMS
from kopuro_pos.agent.web.streaming import events

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CLOCK: Final = web.AppKey("clock", Clock)


async def enter(request: web.Request) -> web.Response:
    """The page shows its one-time code and gets a cookie."""
    guard = request.app[GUARD]
    order = await body_of(request, Enter)
    response = web.Response(status=204)
    guard.set_cookie(response, guard.sessions.enter(order.code))
    return response


async def codes(request: web.Request) -> web.Response:
    """A one-time code that opens the page; for ``kopuro-pos counter`` and for tills, with the token."""
    if request[CALLER] is not Caller.TILL:
        raise AgentProblem(ProblemCode.TOKEN_REQUIRED)
    return answer(request.app[GUARD].sessions.new_code(), status=201)


async def state(request: web.Request) -> web.Response:
    """How the agent is."""
    return answer(await request.app[ROOMS].counter.state())


async def scan(request: web.Request) -> web.Response:
    """What a scanner typed."""
    order = await body_of(request, Scan)
    return answer(request.app[ROOMS].scan(order.text, caps_lock=order.caps_lock))


async def look_up(request: web.Request) -> web.Response:
    """Find a prescription by ПИН and number."""
    order = await body_of(request, LookUp)
    return answer(await request.app[ROOMS].counter.look_up(order, language_of(request)))


async def quote(request: web.Request) -> web.Response:
    """What it would cost."""
    order = await body_of(request, QuoteOrder)
    return answer(await request.app[ROOMS].counter.quote(order, language_of(request)))


async def release(request: web.Request) -> web.Response:
    """Give the prescription free again."""
    order = await body_of(request, Release)
    await request.app[ROOMS].counter.release(order, language_of(request))
    return web.Response(status=204)


async def sell(request: web.Request) -> web.Response:
    """Record a sale: 201 when the gateway has it, 202 while it waits."""
    order = await body_of(request, SaleOrder)
    return _sold(await request.app[ROOMS].counter.sell(order, language_of(request)))


async def reverse(request: web.Request) -> web.Response:
    """Take a sale back: 201 when the gateway has it, 202 while it waits."""
    sale_id = _sale_id(request)
    order = await body_of(request, ReversalOrder)
    return _sold(await request.app[ROOMS].counter.reverse(sale_id, order, language_of(request)))


async def sale(request: web.Request) -> web.Response:
    """One sale or reversal."""
    return answer(await request.app[ROOMS].counter.sale(_sale_id(request)))


async def sales(request: web.Request) -> web.Response:
    """The sales and reversals of a day."""
    return answer(await request.app[ROOMS].counter.sales(day_of(request)))


async def seen(request: web.Request) -> web.Response:
    """Somebody has looked at a refused sale."""
    sale_id = _sale_id(request)
    order = await body_of(request, Seen)
    return answer(await request.app[ROOMS].counter.seen(sale_id, order))


async def queue(request: web.Request) -> web.Response:
    """What waits, in order."""
    return answer(await request.app[ROOMS].counter.queue())


async def day(request: web.Request) -> web.Response:
    """The day's end: agent, gateway and fund."""
    return answer(await request.app[ROOMS].days.day(day_of(request), language_of(request)))


async def day_export(request: web.Request) -> web.Response:
    """The sales of a day as a file."""
    return await export(request, day_of(request))


async def sale_slip(request: web.Request) -> web.Response:
    """The slip of a sale, to print."""
    return await slip(request, await request.app[ROOMS].counter.sale(_sale_id(request)))


async def stock(request: web.Request) -> web.Response:
    """The till's stock and shelf prices."""
    push = await body_of(request, StockPush, largest=LARGEST_STOCK)
    return answer(await request.app[ROOMS].stock.take(push))


async def medicines(request: web.Request) -> web.Response:
    """Rows of the reference whose names hold a text."""
    text = request.query.get("search", "").strip()
    if not text:
        raise invalid("query:search", language_of(request))
    return answer(request.app[ROOMS].medicines.search(text))


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("POST", "/api/codes", codes),
    ("POST", "/api/enter", enter),
    ("GET", "/api/state", state),
    ("GET", "/api/events", events),
    ("POST", "/api/scan", scan),
    ("POST", "/api/lookup", look_up),
    ("POST", "/api/quote", quote),
    ("POST", "/api/release", release),
    ("POST", "/api/sales", sell),
    ("GET", "/api/sales", sales),
    ("GET", "/api/sales/{id}", sale),
    ("POST", "/api/sales/{id}/reversal", reverse),
    ("POST", "/api/sales/{id}/seen", seen),
    ("GET", "/api/sales/{id}/slip", sale_slip),
    ("GET", "/api/queue", queue),
    ("GET", "/api/day", day),
    ("GET", "/api/day/export", day_export),
    ("POST", "/api/stock", stock),
    ("GET", "/api/medicines", medicines),
)


def day_of(request: web.Request) -> date:
    """``?day=2026-01-15``, a Bishkek calendar day; today when left out. Raises ``AgentProblem``: BODY_INVALID."""
    given = request.query.get("day")
    if given is None:
        return bishkek_day(request.app[CLOCK].now())
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise invalid("query:day", language_of(request)) from None


def _sale_id(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["id"])
    except ValueError:
        raise AgentProblem(ProblemCode.SALE_NOT_FOUND) from None


def _sold(sold: Sale) -> web.Response:
    return answer(sold, status=202 if sold.state is SaleState.WAITING else 201)
