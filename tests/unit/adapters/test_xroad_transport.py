"""The transport over real sockets: was it sent? Every fault is made byte by byte."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import socket
import ssl
import struct
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from adapters.xroad.settings import Deadlines, TlsFiles
from adapters.xroad.transport import PooledTransport, ReplyTooLarge, http_client

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

DEADLINES = Deadlines(connect=0.5, read=0.3, total=0.6)
LIMIT = 64 * 1024
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def raw_server(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server that does with each connection what ``handler`` says."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"{'https' if tls else 'http'}://localhost:{port}/"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return head + await reader.readexactly(int(lengths[0]) if lengths else 0)


def answering(content: bytes) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(content)
        await writer.drain()

    return handler


def client(tls: ssl.SSLContext | None = None) -> httpx.AsyncClient:
    return http_client(PooledTransport(deadlines=DEADLINES, connections=4, reply_limit=LIMIT, tls=tls))


async def outcome_of(url: str, tls: ssl.SSLContext | None = None) -> httpx.Response | httpx.TransportError:
    async with client(tls) as http:
        try:
            return await http.post(url, content=b"<request/>")
        except httpx.TransportError as error:
            return error


async def test_a_reply_arrives_whole_with_status_and_headers():
    async with raw_server(answering(OK)) as url:
        response = await outcome_of(url)
    assert isinstance(response, httpx.Response)
    assert (response.status_code, response.content, response.headers["Content-Type"]) == (200, b"ok", "text/xml")


async def test_a_refused_connection_was_not_sent():
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        assert type(await outcome_of(f"http://127.0.0.1:{reserved.getsockname()[1]}/")) is httpx.ConnectError


async def test_an_unknown_host_was_not_sent():
    assert type(await outcome_of("http://security-server.invalid/")) is httpx.ConnectError


async def test_a_connection_that_does_not_come_about_was_not_sent():
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        # With the queue of waiting connections full, the next one hangs in its handshake.
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)  # noqa: FBT003 - the standard library's own signature
            one.connect_ex(address)
        try:
            assert type(await outcome_of(f"http://127.0.0.1:{address[1]}/")) is httpx.ConnectTimeout
        finally:
            for one in waiting:
                one.close()


async def test_a_refused_tls_handshake_was_not_sent():
    seen = bytearray()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.extend(await reader.read(64 * 1024))
        writer.write(b"HTTP/1.1 400 plain text spoken here\r\n\r\n")
        await writer.drain()

    async with raw_server(handler) as url:
        error = await outcome_of(url.replace("http:", "https:"), ssl.create_default_context())
    assert type(error) is httpx.ConnectError
    assert b"<request/>" not in seen


async def test_a_connection_dropped_after_sending_may_have_been_executed():
    async def handler(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await read_request(reader)

    async with raw_server(handler) as url:
        assert type(await outcome_of(url)) is httpx.RemoteProtocolError


async def test_a_reset_after_sending_may_have_been_executed():
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with raw_server(handler) as url:
        assert type(await outcome_of(url)) in (httpx.ReadError, httpx.RemoteProtocolError)


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nonly",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbad chunk\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"no HTTP at all\r\n\r\n",
    ],
    ids=["short", "chunk-cut", "bad-chunk", "headers-cut", "garbage"],
)
async def test_a_broken_reply_may_have_been_executed(reply: bytes):
    async with raw_server(answering(reply)) as url:
        assert type(await outcome_of(url)) is httpx.RemoteProtocolError


async def test_silence_after_sending_is_a_read_timeout():
    async def handler(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await read_request(reader)
        await asyncio.Event().wait()

    async with raw_server(handler) as url:
        assert type(await outcome_of(url)) is httpx.ReadTimeout


async def test_a_trickle_ends_at_the_total_deadline():
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with raw_server(handler) as url:
        started = asyncio.get_running_loop().time()
        assert type(await outcome_of(url)) is httpx.ReadTimeout
        assert asyncio.get_running_loop().time() - started < DEADLINES.total + 1


@pytest.mark.parametrize(
    "length", [b"Content-Length: 99999999", b"Connection: close"], ids=["announced", "unannounced"]
)
async def test_a_reply_over_the_limit_is_dropped_while_it_comes(length: bytes):
    sent = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n\r\n")
        while True:
            writer.write(b"x" * 16_384)
            await writer.drain()
            sent += 16_384

    async with raw_server(handler) as url:
        assert type(await outcome_of(url)) is ReplyTooLarge
    assert sent < 50_000_000


async def test_a_compressed_reply_is_not_unpacked():
    bomb = gzip.compress(b"0" * 10_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    async with raw_server(answering(head + bomb)) as url:
        assert type(await outcome_of(url)) is httpx.RemoteProtocolError


async def test_no_redirect_is_followed_and_no_cookie_kept():
    requests: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            requests.append(await read_request(reader))
            writer.write(b"HTTP/1.1 302 Found\r\nLocation: /other\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()

    async with raw_server(handler) as url, client() as http:
        for _ in range(2):
            response = await http.post(url, content=b"x")
            assert response.status_code == 302
    assert len(requests) == 2
    assert all(b"cookie" not in one.lower() and one.startswith(b"POST / ") for one in requests)


async def test_connections_are_used_again_and_compression_is_not_asked_for():
    connections = 0
    requests: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while True:
            requests.append(await read_request(reader))
            writer.write(OK)
            await writer.drain()

    async with raw_server(handler) as url, client() as http:
        for _ in range(3):
            await http.post(url, content=b"<request/>")
    assert connections == 1
    assert all(one.lower().count(b"accept-encoding: identity") == 1 for one in requests)


async def test_a_post_is_never_sent_a_second_time_by_itself():
    """A server that closes an idle connection just when it is used again leaves a POST in doubt, not repeated."""
    requests = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        await read_request(reader)
        requests += 1
        writer.write(OK)
        await writer.drain()
        await read_request(reader)
        requests += 1

    async with raw_server(handler) as url, client() as http:
        await http.post(url, content=b"1")
        with pytest.raises(httpx.RemoteProtocolError):
            await http.post(url, content=b"2")
    assert requests == 2


async def test_a_full_pool_is_not_sent():
    taken, release = asyncio.Event(), asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        taken.set()
        await release.wait()
        writer.write(OK)
        await writer.drain()

    transport = PooledTransport(deadlines=Deadlines(connect=0.2, read=5, total=5), connections=1, reply_limit=LIMIT)
    async with raw_server(handler) as url, http_client(transport) as http:
        first = asyncio.create_task(http.post(url, content=b"1"))
        await asyncio.wait_for(taken.wait(), 5)
        with pytest.raises(httpx.ConnectTimeout):
            await http.post(url, content=b"2")
        release.set()
        assert (await first).content == b"ok"


async def test_cancelled_calls_leave_a_usable_pool():
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            request = await read_request(reader)
            if request.endswith(b"wait"):
                await asyncio.Event().wait()
            writer.write(OK)
            await writer.drain()

    async with raw_server(handler) as url, client() as http:
        waiting = [asyncio.create_task(http.post(url, content=b"wait")) for _ in range(4)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        replies = await asyncio.gather(*(http.post(url, content=b"go") for _ in range(8)))
    assert [reply.content for reply in replies] == [b"ok"] * 8


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the openssl program makes this test's certificates")
    options = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -addext subjectAltName=DNS:localhost"
    for name in ("server", "gateway", "stranger"):
        files = ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}"]
        command = [openssl, "req", "-x509", *options.split(), *files]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


async def test_mutual_tls_to_the_security_server(certificates: Path):
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificates / "gateway.pem"))
    server.load_cert_chain(certificates / "server.pem", certificates / "server.key")
    server.verify_mode = ssl.CERT_REQUIRED
    server.maximum_version = ssl.TLSVersion.TLSv1_2  # refuses a wrong certificate within the handshake

    def files(authority: str, own: str | None) -> ssl.SSLContext:
        paths = {} if own is None else {"certificate": certificates / f"{own}.pem", "key": certificates / f"{own}.key"}
        return TlsFiles.model_validate({"authorities": certificates / f"{authority}.pem", **paths}).context()

    async with raw_server(answering(OK), server) as url:
        good = await outcome_of(url, files("server", "gateway"))
        assert isinstance(good, httpx.Response)
        assert good.content == b"ok"
        for authority, own in (("stranger", "gateway"), ("server", None), ("server", "stranger")):
            assert type(await outcome_of(url, files(authority, own))) is httpx.ConnectError, (authority, own)
