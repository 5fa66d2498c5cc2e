"""Connections over real sockets: their number, and the time of headers, bodies and answers."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from pathlib import Path

import pytest

from gateway.limits.addresses import parse_networks
from gateway.limits.connections import awaits_headers
from gateway.tls import TlsFiles, server_context
from tests.service.limits.serving import PATIENCE, Served, serving
from tests.support.certificates import Authority, client_context

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
LATE = 0.3
"""The time limits of these tests, in seconds."""


async def answer(reader: asyncio.StreamReader) -> bytes:
    """The headers of the next answer and its body, which is short."""
    async with asyncio.timeout(PATIENCE):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        return head + await reader.readexactly(length)


async def end(reader: asyncio.StreamReader) -> bytes:
    """All that still comes until the server closes."""
    async with asyncio.timeout(PATIENCE):
        try:
            return await reader.read()
        except ConnectionError:
            return b""


@pytest.fixture(params=["plain", "tls"])
def scheme(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[ssl.SSLContext | None, ssl.SSLContext | None]:
    """The contexts of server and client."""
    if request.param == "plain":
        return None, None
    authority = Authority("Test servers")
    certificate, key = authority.issue("localhost", server=True).write(tmp_path, "server")
    return server_context(TlsFiles(certificate=certificate, key=key)), client_context(authority, tmp_path)


async def test_requests_pass_in_any_pieces():
    async with serving(header_seconds=PATIENCE) as served:
        reader, writer = await served.connect()
        for piece in (GET[:3], GET[3:20], GET[20:] + GET + GET[:7], GET[7:]):
            writer.write(piece)
            await asyncio.sleep(0.01)
        for _ in range(3):
            assert (await answer(reader)).startswith(b"HTTP/1.1 200")
        writer.write(POST % 6 + b"abc")
        await asyncio.sleep(0.01)
        writer.write(b"def" + GET)
        assert (await answer(reader)).endswith(b"abcdef")
        assert (await answer(reader)).startswith(b"HTTP/1.1 200")
        writer.close()
        await served.until(lambda: served.gate.open == 0)
        assert not served.site._watched


@pytest.mark.parametrize(
    "sent", [b"", b"GET", b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n", b"\r\n\r\n", b"POST / HTTP/1.1\r\nHost:"]
)
async def test_headers_that_do_not_end_are_cut_off(sent: bytes, scheme: tuple[ssl.SSLContext | None, ...]):
    server, client = scheme
    async with serving(tls=server, header_seconds=LATE) as served:
        reader, writer = await served.connect(client)
        begun = time.monotonic()
        writer.write(sent)
        assert (await end(reader)).startswith(b"HTTP/1.1 408")
        assert LATE * 0.9 < time.monotonic() - begun < LATE + 2
        assert served.seen.timed_out == {"header": 1}
        writer.close()
        await served.until(lambda: served.gate.open == 0)


async def test_headers_that_trickle_are_cut_off_all_the_same():
    async with serving(header_seconds=LATE) as served:
        reader, writer = await served.connect()
        finished = asyncio.create_task(end(reader))
        writer.write(b"GET / HTTP/1.1\r\n")
        begun = time.monotonic()
        while not finished.done():
            writer.write(b"X-A: b\r\n")
            await asyncio.sleep(0.02)
        assert time.monotonic() - begun < LATE + 2
        writer.close()


async def test_between_requests_a_connection_may_idle_and_then_has_its_time_again():
    async with serving(header_seconds=LATE) as served:
        reader, writer = await served.connect()
        for _ in range(2):
            writer.write(GET)
            assert (await answer(reader)).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(LATE * 2)
        assert served.seen.timed_out == {}
        writer.write(GET[:10])
        assert (await end(reader)).startswith(b"HTTP/1.1 408")
        writer.close()


async def test_a_pipelined_piece_of_headers_ends_with_the_keep_alive_at_the_latest():
    async with serving(header_seconds=LATE, keepalive=LATE) as served:
        reader, writer = await served.connect()
        writer.write(GET + GET[:10])
        assert (await answer(reader)).startswith(b"HTTP/1.1 200")
        await end(reader)
        writer.close()


async def test_a_body_that_stops_is_cut_off(scheme: tuple[ssl.SSLContext | None, ...]):
    server, client = scheme
    async with serving(tls=server, body_seconds=LATE, body_bytes_per_second=1000) as served:
        reader, writer = await served.connect(client)
        writer.write(POST % 100_000 + b"x" * 1000)
        assert await end(reader) == b""
        assert served.seen.timed_out == {"body": 1}
        writer.close()


async def test_a_body_that_trickles_is_cut_off_and_one_that_flows_is_not():
    async with serving(body_seconds=LATE, body_bytes_per_second=1000) as served:

        async def send(piece: bytes) -> bytes:
            reader, writer = await served.connect()
            writer.write(POST % (len(piece) * 40))
            for _ in range(40):
                if not writer.is_closing():
                    writer.write(piece)
                await asyncio.sleep(0.025)
            try:
                return await answer(reader)
            except (asyncio.IncompleteReadError, ConnectionError):
                return b""
            finally:
                writer.close()

        trickled, flowed = await asyncio.gather(send(b"x"), send(b"x" * 500))
        assert trickled == b""
        assert flowed.startswith(b"HTTP/1.1 200")
        assert served.seen.timed_out == {"body": 1}


async def test_a_client_that_does_not_read_is_cut_off(scheme: tuple[ssl.SSLContext | None, ...]):
    server, client = scheme
    async with serving(tls=server, write_seconds=LATE) as served:
        reader, writer = await served.connect(client)
        writer.transport.pause_reading()
        # With TLS the layer below takes the first answer whole; the second one stands before it.
        writer.write(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
        await served.until(lambda: served.seen.timed_out == {"write": 1})
        await served.until(lambda: served.gate.open == 0)
        writer.transport.resume_reading()
        await end(reader)
        writer.close()


async def test_a_client_that_reads_slowly_but_reads_gets_all():
    async with serving(write_seconds=PATIENCE) as served:
        reader, writer = await served.connect()
        writer.write(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        assert len(await answer(reader)) > 32 * 1024 * 1024
        writer.close()


async def test_a_handshake_that_does_not_go_on_is_cut_off(tmp_path: Path):
    authority = Authority("Test servers")
    certificate, key = authority.issue("localhost", server=True).write(tmp_path, "server")
    context = server_context(TlsFiles(certificate=certificate, key=key))
    async with serving(tls=context, handshake_seconds=LATE) as served:
        reader, writer = await served.connect()
        writer.write(b"\x16\x03\x01")
        begun = time.monotonic()
        await end(reader)
        assert time.monotonic() - begun < LATE + 2
        writer.close()


async def opened(served: Served, count: int, local: str) -> list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    return [await served.connect(local=local) for _ in range(count)]


async def status(pair: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> int:
    reader, writer = pair
    writer.write(GET)
    return int((await answer(reader)).split()[1])


async def test_one_address_has_so_many_connections_and_others_have_theirs():
    async with serving(per_address=3) as served:
        first = await opened(served, 5, "127.0.0.2")
        assert sorted([await status(pair) for pair in first]) == [200, 200, 200, 503, 503]
        second = await opened(served, 3, "127.0.0.3")
        assert [await status(pair) for pair in second] == [200, 200, 200]
        assert (served.seen.refused, served.gate.open) == ({"address": 2}, 6)
        for _, writer in (*first, *second):
            writer.close()
        await served.until(lambda: served.gate.open == 0)
        assert not served.gate._by_address
        again = await opened(served, 3, "127.0.0.2")
        assert [await status(pair) for pair in again] == [200, 200, 200]
        for _, writer in again:
            writer.close()


async def test_connections_of_trusted_proxies_count_only_in_all():
    async with serving(per_address=1, total=5, uncounted=parse_networks(["127.0.0.9"])) as served:
        pairs = await opened(served, 6, "127.0.0.9")
        assert sorted([await status(pair) for pair in pairs]) == [200] * 5 + [503]
        assert served.seen.refused == {"total": 1}
        for _, writer in pairs:
            writer.close()


async def test_places_are_not_lost_to_connections_that_break():
    async with serving(per_address=5, header_seconds=PATIENCE) as served:
        for round_number in range(40):
            reader, writer = await served.connect()
            if round_number % 4 == 1:
                writer.write(GET[:9])
            elif round_number % 4 == 2:
                writer.write(b"\x00\xff nonsense\r\n\r\n")
                await end(reader)
            elif round_number % 4 == 3:
                writer.write(POST % 100)
            linger = writer.get_extra_info("socket")
            linger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            writer.transport.abort()
            await served.until(lambda: served.gate.open == 0)
        assert not served.site._watched


async def test_aiohttp_still_tells_what_we_look_at():
    async with serving() as served:
        reader, writer = await served.connect()
        await served.until(lambda: served.gate.open == 1)
        (http,) = served.site._watched
        await served.until(lambda: awaits_headers(http))
        writer.write(GET)
        await answer(reader)
        await served.until(lambda: awaits_headers(http))
        writer.close()
