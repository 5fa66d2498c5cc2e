"""A request that was still on its way when its gateway died: the fund is not asked too early about it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from adapters.foms.simulator import Mode
from tests.campaigns.accounting import read_fund, settled, take_stock
from tests.campaigns.load import Hospitals, client_session
from tests.support.processes import Pace, world

pytestmark = pytest.mark.slow

ASK_AFTER = 4.0
"""How long the gateway is told that a request may be on its way."""
DEADLINE = 30.0


@dataclass
class SlowRoad:
    """A relay before the security server that holds the first submission up until it is let go."""

    target: str
    session: aiohttp.ClientSession
    held: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def carry(self, request: web.Request) -> web.Response:
        body = await request.read()
        late = b"SubmitTreatedCase" in body and not self.held.is_set()
        if late:
            self.held.set()
            await self.let_go.wait()
        headers = {"Content-Type": request.headers["Content-Type"]}
        async with self.session.post(f"{self.target}/", data=body, headers=headers) as response:
            content = await response.read()
        if late:
            self.arrived.set()
        return web.Response(body=content, status=response.status, headers={"Content-Type": "text/xml; charset=UTF-8"})


@asynccontextmanager
async def listening(road: SlowRoad) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_post("/", road.carry)
    runner = web.AppRunner(application, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        road.let_go.set()
        await runner.cleanup()


async def test_what_was_on_its_way_when_the_gateway_died_is_stored_once(tmp_path: Path):
    pace = Pace(attempt=3.0, ask_after=ASK_AFTER)
    async with world(tmp_path, mode=Mode.QUERY, pace=pace) as built, client_session() as session:
        road = SlowRoad(built.security_server, session)
        async with listening(road) as url:
            settings = tmp_path / "node-0.toml"
            settings.write_text(settings.read_text().replace(built.security_server, url))
            hospitals = Hospitals(session, built.urls, built.organisations, seed=1)
            await built.start()
            await hospitals.submit(0)
            async with asyncio.timeout(DEADLINE):
                await road.held.wait()
            built.nodes[0].kill()
            await built.start()
            # Late, but well within the time the gateway was told of. Or the fund has it already: then it was sent anew.
            begun = asyncio.get_running_loop().time()
            while not read_fund(built) and asyncio.get_running_loop().time() - begun < ASK_AFTER / 4:
                await asyncio.sleep(0.02)
            road.let_go.set()
            async with asyncio.timeout(DEADLINE):
                await road.arrived.wait()
            await settled(session, built.urls[0], DEADLINE)
            account = await take_stock(session, built, hospitals.ledger)
    assert account.violations == []
    assert account.counts["stored by the fund"] == 1
