"""A small real server behind the gate, and raw connections to it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from gateway.limits.addresses import Network
from gateway.limits.connections import ConnectionGate
from gateway.limits.listening import GatedSite
from gateway.limits.pieces import BytesInPieces
from gateway.limits.policy import ConnectionPolicy
from gateway.tls import peer_certificate

PATIENCE = 5.0
LARGE = bytes(range(256)) * 128 * 1024
"""32 MiB."""


class Seen:
    """What the gate told."""

    def __init__(self) -> None:
        self.refused: Counter[str] = Counter()
        self.timed_out: Counter[str] = Counter()

    def connection_refused(self, why: str) -> None:
        self.refused[why] += 1

    def connection_timed_out(self, why: str) -> None:
        self.timed_out[why] += 1


class Served:
    """The server as a test sees it."""

    def __init__(self, gate: ConnectionGate, seen: Seen, port: int, site: GatedSite) -> None:
        self.gate = gate
        self.seen = seen
        self.port = port
        self.site = site
        self._writers: list[asyncio.StreamWriter] = []

    async def connect(
        self, tls: ssl.SSLContext | None = None, local: str | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1",
            self.port,
            ssl=tls,
            server_hostname="localhost" if tls else None,
            local_addr=(local, 0) if local else None,
        )
        self._writers.append(writer)
        return reader, writer

    async def hang_up(self) -> None:
        """Close every connection that was opened."""
        for writer in self._writers:
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.005)


async def hello(request: web.Request) -> web.Response:
    certificate = peer_certificate(request)
    return web.json_response({"thumbprint": certificate.thumbprint, "subject": certificate.subject}
                             if certificate else None)  # fmt: skip


async def echo(request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


async def large(_request: web.Request) -> web.Response:
    return web.Response(body=LARGE)


async def in_pieces(_request: web.Request) -> web.Response:
    return web.Response(body=BytesInPieces(LARGE))


@asynccontextmanager
async def serving(
    *, tls: ssl.SSLContext | None = None, uncounted: tuple[Network, ...] = (), keepalive: float = 75.0, **policy: float
) -> AsyncIterator[Served]:
    seen = Seen()
    gate = ConnectionGate(ConnectionPolicy.model_validate(policy), uncounted=uncounted, observer=seen)
    application = web.Application()
    application.router.add_get("/", hello)
    application.router.add_post("/", echo)
    application.router.add_post("/v1/treated-cases", echo)
    application.router.add_get("/large", large)
    application.router.add_get("/pieces", in_pieces)
    application.router.add_get("/static/{name}", in_pieces)
    runner = web.AppRunner(
        application, access_log=None, handle_signals=False, lingering_time=0.1, keepalive_timeout=keepalive
    )
    await runner.setup()
    site = GatedSite(runner, "127.0.0.1", 0, gate=gate, tls=tls)
    await site.start()
    try:
        served = Served(gate, seen, runner.addresses[0][1], site)
        try:
            yield served
        finally:
            await served.hang_up()
    finally:
        await runner.cleanup()
