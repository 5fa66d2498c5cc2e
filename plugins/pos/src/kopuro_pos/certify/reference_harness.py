"""The harness before the reference till: one route, one table of actions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from kopuro_pos.agent.web.app import HOST
from kopuro_pos.certify.harness import (
    Action,
    Choose,
    EndDay,
    EnterPrescription,
    Look,
    MarkSeen,
    Restart,
    Reverse,
    ScanCode,
    Screen,
    Sell,
    Start,
)
from kopuro_pos.certify.reference import Till

_ACTIONS: Final[TypeAdapter[Action]] = TypeAdapter(Action)


class Harness:
    """Performs actions one by one; a restart ends whatever is under way."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._running: set[asyncio.Task[Screen]] = set()

    def application(self) -> web.Application:
        """``POST /perform``."""
        application = web.Application()
        application.router.add_post("/perform", self._perform)
        return application

    async def _perform(self, request: web.Request) -> web.Response:
        try:
            action = _ACTIONS.validate_json(await request.read())
        except ValidationError as error:
            return web.json_response({"errors": error.errors(include_url=False, include_input=False)}, status=422)
        if isinstance(action, Restart):
            await self._restart()
            return _shown(self._till.screen)
        task = asyncio.ensure_future(self._done(action))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        with suppress(asyncio.CancelledError):
            return _shown(await asyncio.shield(task))
        return web.Response(status=503)

    async def _restart(self) -> None:
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._till.forget()

    async def _done(self, action: Action) -> Screen:
        till = self._till
        match action:
            case Start():
                return await till.start(action)
            case EnterPrescription():
                return await till.look_up(action)
            case ScanCode():
                return await till.scan(action)
            case Choose():
                return await till.choose(action)
            case Look():
                return till.screen
            case _:
                return await self._after_the_quote(action)

    async def _after_the_quote(self, action: Action) -> Screen:
        till = self._till
        match action:
            case Sell():
                return await till.sell(action)
            case Reverse():
                return await till.reverse(action)
            case MarkSeen():
                return await till.mark_seen(action)
            case EndDay():
                return await till.end_day(action)
            case _:
                return await till.resume()


@asynccontextmanager
async def reference_till(folder: Path, till: Till | None = None) -> AsyncIterator[str]:
    """The reference till behind its harness, its book in ``folder``; gives the harness's address."""
    till = till or Till(folder)
    runner = web.AppRunner(Harness(till).application(), shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0).start()
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
        await till.close()


def _shown(screen: Screen) -> web.Response:
    return web.json_response(text=screen.model_dump_json())
