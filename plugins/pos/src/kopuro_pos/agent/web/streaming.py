"""``GET /api/events``: Server-Sent Events. The first is the whole state, so nothing is owed to who comes again."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from aiohttp import web
from pydantic import BaseModel

from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.web.ports import ROOMS

MOST_STREAMS: Final = 16
HEARTBEAT_SECONDS: Final = 15.0
_RETRY_MILLISECONDS: Final = 1000

STREAMS: Final = web.AppKey("streams", set["asyncio.Task[None]"])
"""Those that are open; stopping the agent ends them."""


async def events(request: web.Request) -> web.StreamResponse:
    """The events ``state``, ``queue`` and ``sale``, numbered, with a comment as heartbeat in between."""
    streams = request.app[STREAMS]
    if len(streams) >= MOST_STREAMS:
        raise AgentProblem(ProblemCode.TOO_MANY, retry_after=60)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    stream = asyncio.create_task(_stream(request, response), name="events")
    streams.add(stream)
    try:
        with suppress(ConnectionError, asyncio.CancelledError):
            await stream
    finally:
        stream.cancel()
        streams.discard(stream)
    return response


async def end_streams(application: web.Application) -> None:
    """Let the pages go; they come again by themselves."""
    streams = application[STREAMS]
    for stream in tuple(streams):
        stream.cancel()


async def _stream(request: web.Request, response: web.StreamResponse) -> None:
    counter = request.app[ROOMS].counter
    number = 1
    changes = counter.changes.subscribe()
    upcoming = asyncio.ensure_future(anext(changes))
    try:
        await asyncio.sleep(0)  # watched from here on: what changes while the state is put together is not missed
        state = await counter.state()
        await response.prepare(request)
        await response.write(f"retry: {_RETRY_MILLISECONDS}\n".encode() + _event(number, "state", state))
        while True:
            done, _ = await asyncio.wait({upcoming}, timeout=HEARTBEAT_SECONDS)
            if not done:
                await response.write(b": still here\n\n")
                continue
            change = upcoming.result()
            number += 1
            await response.write(_event(number, change.kind, change.payload))
            upcoming = asyncio.ensure_future(anext(changes))
    except StopAsyncIteration:
        return
    finally:
        upcoming.cancel()  # which ends the subscription
        await asyncio.gather(upcoming, return_exceptions=True)


def _event(number: int, kind: str, payload: BaseModel) -> bytes:
    return f"id: {number}\nevent: {kind}\ndata: {payload.model_dump_json()}\n\n".encode()
