"""Waiting on behalf of a client: the Prefer header (RFC 7240), and waits that end when the process is told to stop."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from gateway.services import Lifecycle

T = TypeVar("T")
_WAIT: Final = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?([0-9]{1,6})\"?\s*(?=$|[,;])", re.ASCII | re.IGNORECASE)


def preferred_wait(prefer: str | None, most: int) -> int:
    """Seconds a client is ready to wait for the final result, at most ``most``; 0 without a usable preference."""
    if prefer is None or (found := _WAIT.search(prefer)) is None:
        return 0
    return min(int(found[1]), most)


async def unless_draining(lifecycle: Lifecycle, wait: Coroutine[Any, Any, T]) -> T | None:
    """What ``wait`` returns, or ``None`` as soon as the process is told to stop."""
    waiting = asyncio.ensure_future(wait)
    draining = asyncio.ensure_future(lifecycle.draining())
    try:
        await asyncio.wait({waiting, draining}, return_when=asyncio.FIRST_COMPLETED)
        return waiting.result() if waiting.done() else None
    finally:
        for task in (waiting, draining):
            task.cancel()
        await asyncio.gather(waiting, draining, return_exceptions=True)
