"""Our HTTP client transport against httpx's own, at 64 connections."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Final

import httpx

from adapters.xroad.settings import Deadlines
from adapters.xroad.transport import PooledTransport, http_client
from benchmarks.figures import Figure, Sample
from benchmarks.workspace import Workspace

CONNECTIONS: Final = 64
_BODY: Final = b"<request>" + b"x" * 4781 + b"</request>"
"""As long as a treated case in its SOAP envelope: 4.8 KB."""
_HEADERS: Final = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
_SETTLE_SECONDS: Final = 0.3
_REPLY_LIMIT: Final = 1024 * 1024


async def measure(workspace: Workspace) -> None:
    """Both clients in turns."""
    echo = await workspace.start("echo", "benchmarks.programs.echo")
    ours = http_client(PooledTransport(deadlines=Deadlines(), connections=CONNECTIONS, reply_limit=_REPLY_LIMIT))
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    plain = httpx.AsyncClient(limits=limits, timeout=60, trust_env=False)
    figures, url = workspace.figures, echo.ready["url"]
    async with ours, plain:
        for turn in range(workspace.rounds):
            own, default = [await _sample(client, url, workspace.seconds) for client in (ours, plain)]
            workspace.say(
                f"transport: round {turn + 1} of {workspace.rounds}: {own.rate:,.0f}/s ours, "
                f"{default.rate:,.0f}/s default httpx"
            )
            figures.note_sample("transport.ours", f"Our client transport, {CONNECTIONS} connections", own)
            figures.note_sample("transport.httpx", f"Default httpx, {CONNECTIONS} connections", default)
            ratio = Figure("transport.ratio", "Our client transport / default httpx", "×", at_least=4.0)
            figures.note(ratio, own.rate / default.rate)


async def _sample(client: httpx.AsyncClient, url: str, seconds: float) -> Sample:
    latencies: list[float] = []
    stopping = False

    async def call() -> None:
        while not stopping:
            began = perf_counter()
            response = await client.post(url, content=_BODY, headers=_HEADERS)
            response.raise_for_status()
            latencies.append(perf_counter() - began)

    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(call())
        await asyncio.sleep(_SETTLE_SECONDS)
        latencies.clear()
        began = perf_counter()
        await asyncio.sleep(seconds)
        answered, took = latencies.copy(), perf_counter() - began
        stopping = True
    return Sample.of(answered, took)
