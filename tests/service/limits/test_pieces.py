"""Long answers in pieces: whole for who reads, and hardly any memory for who does not."""

from __future__ import annotations

import tracemalloc

import aiohttp

from tests.service.limits.serving import LARGE, Served, serving

CONNECTIONS = 20


def stalled(served: Served) -> int:
    return sum(one._writing is not None for one in served.site._watched.values())


async def test_they_arrive_whole():
    async with serving() as served, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{served.port}/pieces"
        async with session.get(url) as response:
            assert response.headers["Content-Length"] == str(len(LARGE))
            assert await response.read() == LARGE
        async with session.head(url) as response:
            assert response.headers["Content-Length"] == str(len(LARGE))


async def test_who_does_not_read_costs_little_memory():
    async with serving(per_address=CONNECTIONS) as served:
        tracemalloc.start()
        try:
            for _ in range(CONNECTIONS):
                _, writer = await served.connect()
                writer.transport.pause_reading()
                writer.write(b"GET /pieces HTTP/1.1\r\nHost: x\r\n\r\n")
            await served.until(lambda: stalled(served) == CONNECTIONS)
            used, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert used < CONNECTIONS * 512 * 1024
