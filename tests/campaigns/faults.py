"""Orders to the simulated security server."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests.support.processes import World


async def order(session: aiohttp.ClientSession, world: World, fault: str, **how: Any) -> None:
    """From now on this fault happens to submissions: ``count`` times, or with a ``probability`` and a ``seed``."""
    wanted = {"id": fault, "operation": "SubmitTreatedCase", **how}
    async with session.post(f"{world.security_server}/simulator/faults", json=wanted) as response:
        response.raise_for_status()


async def lose_replies(session: aiohttp.ClientSession, world: World, share: float, seed: int) -> None:
    """Lose this share of requests before the fund stores them, and the same share of replies after it did."""
    await order(session, world, "lost-reply-after-store", probability=share, seed=seed)
    await order(session, world, "lost-before-store", probability=share, seed=seed + 1)


async def no_more_faults(session: aiohttp.ClientSession, world: World) -> None:
    """Everything works again."""
    async with session.delete(f"{world.security_server}/simulator/faults") as response:
        response.raise_for_status()
