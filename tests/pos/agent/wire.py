"""A line that fails as it is told: what stands between the counter and a real gateway, on real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
from aiohttp import web

from tests.support.serving import take_down

DISPENSE = "POST /v1/dispenses"
QUOTE = "POST /v1/dispenses/quote"
LOOK_UP = "POST /v1/prescriptions/lookup"
ASK = "GET /v1/dispenses"


class Wire:
    """Passes everything on, but for what ``faults`` says of a request, named by method and path.

    ``lose-reply``: the gateway does it, and nobody hears. ``swallow``: it never arrives, and nobody knows.
    ``hold``: it arrives when ``gate`` is opened, as the answer does of ``hold-reply``. What ``answers`` names never
    arrives, either. ``passed`` lists what has arrived, ``exchanges`` with what was in it. It may be called as
    if it were the gateway, or as the proxy on the way there.
    """

    def __init__(self, target: str) -> None:
        self._target = target
        self._site: web.TCPSite | None = None
        self.faults: dict[str, str] = {}
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.passed: list[str] = []
        self.exchanges: list[tuple[str, bytes]] = []
        self.gate = asyncio.Event()
        self.held = asyncio.Event()
        self.ahead = timedelta()
        """How far the clock of the line's far end is ahead of ours, by its ``Date``."""
        self.port = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def cut(self) -> None:
        """From now on connections are refused, and open ones are gone."""
        assert self._site is not None
        await self._site.stop()
        self._site = None
        assert self._runner.server is not None
        for connection in self._runner.server.connections:
            if connection.transport is not None:
                connection.transport.abort()
        await asyncio.sleep(0)

    async def mend(self) -> None:
        """The line is back."""
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Wire]:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._pass)
        self._runner = web.AppRunner(application, shutdown_timeout=0.0)
        await self._runner.setup()
        await self.mend()
        self.port = self._runner.addresses[0][1]
        async with aiohttp.ClientSession(auto_decompress=False) as self._session:
            try:
                yield self
            finally:
                self.gate.set()
                await take_down(self._runner)

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        name = f"{request.method} {request.path}"
        fault = self.faults.get(name)
        body = await request.read()
        if fault == "swallow":
            return _hang_up(request)
        if fault == "hold":
            self.held.set()
            await self.gate.wait()
        if name in self.answers:
            status, fields, content = self.answers[name]
            return web.Response(status=status, headers=fields, body=content)
        self.passed.append(name)
        self.exchanges.append((name, body))
        fields = {field: value for field, value in request.headers.items() if field not in {"Host", "Content-Length"}}
        async with self._session.request(
            request.method, f"{self._target}{request.rel_url.raw_path_qs}", headers=fields, data=body or None
        ) as answer:
            content = await answer.read()
        if fault == "hold-reply":
            self.held.set()
            await self.gate.wait()
        if fault == "lose-reply":
            return _hang_up(request)
        kept = {field: value for field, value in answer.headers.items() if field not in _OWN}
        kept["Date"] = format_datetime(datetime.now(UTC) + self.ahead, usegmt=True)
        return web.Response(status=answer.status, headers=kept, body=content)


_OWN = frozenset({"Content-Length", "Transfer-Encoding", "Date", "Connection", "Server"})


def _hang_up(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()
