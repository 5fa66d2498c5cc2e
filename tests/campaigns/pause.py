"""Let a gateway stand still past its lease while a second one goes on, then let it wake up (PostgreSQL).

What the sleeper wakes up with is stale: another node has found its operations in doubt and settled them.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from adapters.foms.simulator import Mode
from tests.campaigns.accounting import Account, read_fund, settled, take_stock
from tests.campaigns.faults import no_more_faults, order
from tests.campaigns.load import Hospitals, client_session
from tests.support.processes import Pace, World, world

PACE = Pace(attempt=1.0, ask_after=0.2, lease=3.5, concurrency=4)
"""The lease outlives an attempt with its guard; what stands still longer than 3.5 seconds has lost it."""
_DEADLINE = 30.0
_CASES = 4


async def while_waiting_for_the_reply(folder: Path, database: str) -> Account:
    """Stopped after the fund has stored and before the reply is read: every stale write has to be refused."""
    async with _two_nodes(folder, database) as (built, session):
        await built.start(0)
        await order(session, built, "hang", count=_CASES)
        hospitals = Hospitals(session, built.urls[:1], built.organisations, seed=1)
        await hospitals.send(senders=_CASES, cases=_CASES)
        await _until(lambda: len(read_fund(built)) == _CASES)
        built.nodes[0].signal(signal.SIGSTOP)
        await _until(lambda: built.nodes[0].stopped)
        await no_more_faults(session, built)
        await built.start(1)
        await settled(session, built.urls[1], _DEADLINE)
        built.nodes[0].signal(signal.SIGCONT)
        await _until(lambda: built.nodes[0].stderr().count('"lease_lost"') == _CASES)
        return await take_stock(session, built, hospitals.ledger, node=1)


async def before_the_first_byte(folder: Path, database: str) -> Account:
    """Stopped between writing SENDING down and sending: on waking up nothing may leave any more."""
    async with _two_nodes(folder, database) as (built, session):
        sabotaged = {"KOPURO_TEST_POINTS": "attempt-due", "KOPURO_TEST_ACT": "pause"}
        await built.start(0, environment=sabotaged, module="tests.faults.sabotage")
        hospitals = Hospitals(session, built.urls[:1], built.organisations, seed=1)
        await hospitals.send(senders=1, cases=1)
        await _until(lambda: built.nodes[0].stopped)
        await built.start(1)
        await settled(session, built.urls[1], _DEADLINE)
        built.nodes[0].signal(signal.SIGCONT)
        # Whatever the sleeper still does is over once it has stopped in good order.
        await built.nodes[0].terminate()
        return await take_stock(session, built, hospitals.ledger, node=1)


@asynccontextmanager
async def _two_nodes(folder: Path, database: str) -> AsyncIterator[tuple[World, aiohttp.ClientSession]]:
    async with (
        world(folder, mode=Mode.QUERY, nodes=2, postgres_url=database, pace=PACE) as built,
        client_session() as session,
    ):
        yield built, session


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_DEADLINE):
        while not condition():
            await asyncio.sleep(0.02)
