"""Short exact stories, each aimed at one guarantee: whole, they keep it; with the guarantee taken out, they must not.

The mutation check of the accounting: a test that cannot fail proves nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

import aiohttp

from adapters.foms.simulator import Mode
from tests.campaigns.accounting import Account, read_fund, settled, take_stock
from tests.campaigns.faults import no_more_faults, order
from tests.campaigns.load import Hospitals, client_session
from tests.support.processes import Pace, World, world

_CASES = 4
_DEADLINE = 30.0
_PACE = Pace(attempt=2.0, ask_after=0.2, concurrency=_CASES)
_Story = Callable[[World, aiohttp.ClientSession, Hospitals], Awaitable[None]]


async def _killed_as_soon_as_it_has_answered(
    built: World, _session: aiohttp.ClientSession, hospitals: Hospitals
) -> None:
    await hospitals.submit(hospitals.new_case())
    built.nodes[0].kill()


async def _killed_while_sending(built: World, session: aiohttp.ClientSession, hospitals: Hospitals) -> None:
    there = len(read_fund(built))
    await order(session, built, "hang", count=_CASES)
    await hospitals.send(senders=_CASES, cases=_CASES)
    async with asyncio.timeout(_DEADLINE):
        while len(read_fund(built)) < there + _CASES:
            await asyncio.sleep(0.01)
    built.nodes[0].kill()
    await no_more_faults(session, built)


async def _lost_before_the_fund(built: World, session: aiohttp.ClientSession, hospitals: Hospitals) -> None:
    await order(session, built, "lost-before-store", count=_CASES)
    await hospitals.send(senders=_CASES, cases=_CASES)


async def _sent_again(_built: World, _session: aiohttp.ClientSession, hospitals: Hospitals) -> None:
    case = hospitals.new_case()
    await hospitals.submit(case)
    await hospitals.submit(case)
    await hospitals.submit(case, key="another-key")


STORIES: Final[Mapping[str, _Story]] = {
    "answer-before-commit": _killed_as_soon_as_it_has_answered,
    "sending-not-marked": _killed_while_sending,
    "anything-is-delivered": _lost_before_the_fund,
    "no-unique-index": _sent_again,
}
"""For each breakage of ``tests.faults.sabotage`` the story that finds it."""


async def tell(folder: Path, *stories: str, broken: str = "") -> Account:
    """Tell stories one after the other, with a whole gateway or one that is ``broken`` so, and account for them."""
    async with world(folder, mode=Mode.QUERY, pace=_PACE) as built, client_session() as session:
        hospitals = Hospitals(session, built.urls, built.organisations, seed=1)
        await built.start(environment={"KOPURO_TEST_BREAK": broken}, module="tests.faults.sabotage")
        for story in stories:
            await STORIES[story](built, session, hospitals)
            if not built.nodes[0].running:
                await built.start()
            await settled(session, built.urls[0], _DEADLINE)
        return await take_stock(session, built, hospitals.ledger)
