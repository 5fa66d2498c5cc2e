"""A port that closes: who came before is answered, who comes then is refused and knows that nothing was sent."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys

import pytest

from tests.service.limits.serving import PATIENCE, serving

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
WAITING = 40


async def test_what_waits_at_the_port_is_answered_before_it_closes():
    async with serving(per_address=WAITING) as served:
        with contextlib.ExitStack() as stack:
            clients = []
            for _ in range(WAITING):  # made by the system, not yet taken: this loop has had no turn
                client = stack.enter_context(socket.create_connection(("127.0.0.1", served.port), PATIENCE))
                client.sendall(REQUEST)
                clients.append(client)
            await served.site.stop_gently()
            for client in clients:
                assert (await asyncio.to_thread(client.recv, 4096)).startswith(b"HTTP/1.1 200")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can hold back new connections")
async def test_who_comes_while_the_port_closes_is_refused_before_anything_is_sent():
    async with serving() as served:
        closing = asyncio.create_task(served.site.stop_gently())
        await asyncio.sleep(0)
        with pytest.raises(ConnectionRefusedError):
            await served.connect()
        await closing
        assert served.gate.open == 0
