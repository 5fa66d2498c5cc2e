"""Requests at a steady pace, whatever the answers take: what a till waits while others are at work too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from time import perf_counter
from typing import Final

_CONNECTIONS: Final = 16
_LENGTH: Final = b"content-length:"
_WARM_UP: Final = 20
"""Answers that are not counted: connections are new, caches are cold."""

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def latencies_at(
    port: int, requests: Iterator[bytes], expected: bytes, *, per_second: float, seconds: float
) -> list[float]:
    """Send ``per_second`` requests a second for so long; how long each was waited for, sorted, in seconds.

    The wait begins when a request is due, not when a connection is free: a gateway that falls behind is seen to.
    """
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(_CONNECTIONS):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    try:
        for _ in range(_WARM_UP):
            await _exchange(free, next(requests), expected, perf_counter())
        began = perf_counter()
        async with asyncio.TaskGroup() as group:
            waits = []
            for number in range(round(per_second * seconds)):
                due = began + number / per_second
                await asyncio.sleep(due - perf_counter())
                waits.append(group.create_task(_exchange(free, next(requests), expected, due)))
    finally:
        while not free.empty():
            free.get_nowait()[1].close()
    return sorted(wait.result() for wait in waits)


async def _exchange(free: asyncio.Queue[Connection], request: bytes, expected: bytes, due: float) -> float:
    reader, writer = connection = await free.get()
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(expected):
        raise RuntimeError(f"an unexpected answer: {head!r}")
    _, _, rest = head.lower().partition(_LENGTH)
    await reader.readexactly(int(rest.partition(b"\r\n")[0]))
    free.put_nowait(connection)
    return perf_counter() - due
