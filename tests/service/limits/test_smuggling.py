"""Request smuggling through the sample proxies, the short form, and a proxy that would not withstand it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.limits.addresses import parse_networks
from gateway.limits.proxies import TrustedProxies
from tests.campaigns.smuggling import Origin, campaign, exchange
from tests.support import proxies
from tests.support.certificates import client_context

PAIRS = 120


def available(name: str) -> object:
    why = proxies.missing(name)
    return pytest.param(name, marks=pytest.mark.skipif(why is not None, reason=why or ""))


@pytest.mark.slow
@pytest.mark.parametrize("proxy", [available("nginx"), available("haproxy")])
async def test_no_request_is_cut_apart_differently(tmp_path: Path, proxy: str):
    verdict = await campaign(tmp_path, proxy, pairs=PAIRS, seed=7)
    assert (verdict.smuggled, verdict.mixed_up) == ([], [])
    assert (verdict.pairs, verdict.honest) == (PAIRS, PAIRS)
    assert verdict.statuses[200]  # some were read, not all refused


@asynccontextmanager
async def blind_proxy(authorities: proxies.Authorities, gateway_port: int) -> AsyncIterator[int]:
    """Ends TLS and passes bytes on, saying its word once a connection."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(authorities.folder / "server.pem", authorities.folder / "server.key")

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(0.5):
                inner, outer = await asyncio.open_connection("127.0.0.1", gateway_port)
                try:
                    line, _, rest = (await reader.read(65536)).partition(b"\r\n")
                    target = line.split()[1]
                    outer.write(line + f"\r\n{proxies.TOLD}: ".encode() + target + b"\r\n" + rest)
                    writer.write(await inner.read(65536))
                    writer.write(await inner.read(65536))
                finally:
                    outer.close()
        writer.close()

    server = await asyncio.start_server(relay, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_the_campaign_finds_a_proxy_that_lets_requests_through(tmp_path: Path):
    authorities = proxies.Authorities.make(tmp_path)
    origin = Origin()
    async with origin.serving() as gateway_port, blind_proxy(authorities, gateway_port) as port:
        message = f"POST /outside HTTP/1.1\r\nHost: {proxies.HOST}\r\nContent-Length: 0\r\n\r\n"
        inside = f"GET /smuggled/1 HTTP/1.1\r\nHost: {proxies.HOST}\r\n\r\n"
        await exchange(port, client_context(authorities.servers, tmp_path), (message + inside).encode(), patience=1.0)
    assert origin.smuggled == ["GET /smuggled/1, and the proxy says []"]


@pytest.mark.parametrize("proxy", [available("nginx"), available("haproxy")])
@pytest.mark.parametrize("shown", [True, False])
async def test_what_the_samples_say_of_a_client_is_theirs(tmp_path: Path, proxy: str, *, shown: bool):
    """Address and certificate come from the proxy, whatever the client writes in their place."""
    authorities = proxies.Authorities.make(tmp_path)
    card = authorities.clients.issue("sanarip")
    told = TrustedProxies(parse_networks(["127.0.0.1"]), certificate_header="Client-Cert")
    seen: list[tuple[str, str | None]] = []

    class Told(Origin):
        async def answer(self, request):
            certificate = told.client_certificate(request)
            seen.append((told.client_address(request), certificate.thumbprint if certificate else None))
            return await super().answer(request)

    start = {"nginx": proxies.nginx, "haproxy": proxies.haproxy}[proxy]
    another = authorities.clients.issue("another")
    async with Told().serving() as gateway_port, start(authorities, gateway_port) as port:
        context = client_context(authorities.servers, tmp_path, card if shown else None)
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname=proxies.HOST, local_addr=("127.0.0.77", 0)
        )
        pem = another.pem.replace("\n", "%0A")
        writer.write(
            f"GET / HTTP/1.1\r\nHost: {proxies.HOST}\r\nX-Forwarded-For: 203.0.113.1\r\nForwarded: for=203.0.113.1\r\n"
            f"Client-Cert: {pem}\r\nClient_Cert: {pem}\r\nclient-cert: {pem}\r\nConnection: close\r\n\r\n".encode()
        )
        await reader.read()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    assert seen == [("127.0.0.77", card.thumbprint if shown else None)]
