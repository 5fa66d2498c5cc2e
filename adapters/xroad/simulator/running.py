"""Starting and stopping a simulator, within a test or as a process."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TextIO

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

LOOPBACK: Final = "127.0.0.1"
"""Simulators listen here only."""

_SHUTDOWN_SECONDS: Final = 1.0


@dataclass(slots=True)
class RunningSimulator:
    """A simulator that answers. ``url`` is the service, ``control_url`` takes the ``/simulator/…`` requests."""

    url: str
    control_url: str
    close: Callable[[], Awaitable[None]] = field(repr=False)

    @property
    def ready_line(self) -> bytes:
        """One line of JSON that says the simulator is ready and where."""
        ready = {"ready": True, "url": self.url, "control_url": self.control_url}
        return orjson.dumps(ready, option=orjson.OPT_APPEND_NEWLINE)


class Door:
    """An application behind a port that can be shut and opened again. Shut, it refuses connections."""

    def __init__(self, app: web.Application, port: int) -> None:
        self.port = port
        """The port; 0 before the first opening means any free one."""
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        self._site: web.TCPSite | None = None

    @property
    def url(self) -> str:
        """Where the application answers."""
        return f"http://{LOOPBACK}:{self.port}"

    async def open(self) -> None:
        """Listen."""
        if self._runner.server is None:
            await self._runner.setup()
        self._site = web.TCPSite(self._runner, LOOPBACK, self.port)
        await self._site.start()
        self.port = self._runner.addresses[-1][1]

    async def shut(self) -> None:
        """Stop listening. Connections that are open stay open."""
        if self._site is not None:
            await self._site.stop()
            self._site = None

    async def close(self) -> None:
        """Stop for good."""
        await self._runner.cleanup()


class Order(BaseModel):
    """What a simulator's control takes."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


@web.middleware
async def bad_orders(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse with 400 what a handler cannot read."""
    try:
        return await handler(request)
    except ValidationError as error:
        return web.Response(status=400, text=f"{error}\n")


def json_response(value: object) -> web.Response:
    """An answer of the control."""
    return web.Response(body=orjson.dumps(value), content_type="application/json")


async def serve_until_stopped(start: Callable[[], Awaitable[RunningSimulator]], out: TextIO = sys.stdout) -> None:
    """Run one simulator as a process: start it, print its ready line, stop at SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    running = await start()
    try:
        out.write(running.ready_line.decode())
        out.flush()
        await stop.wait()
    finally:
        await running.close()
