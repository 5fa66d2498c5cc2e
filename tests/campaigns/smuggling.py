"""Request smuggling through the sample proxies: pairs of messages that proxy and gateway might cut apart differently.

Each pair is a message with ambiguous framing, whose body looks like a second request, and behind it an honest request
on the same connection. Meanwhile honest clients ask through the same proxy, which uses its connections to the gateway
for all of them. Desynchronised is: the gateway sees another request than the proxy says it passes on, or anyone gets an
answer that is not to a request of his own.

``python -m tests.campaigns.smuggling --pairs 2000 --proxy nginx --proxy haproxy``
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import re
import ssl
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aiohttp import web

from gateway.api.application import make_runner
from gateway.limits.addresses import parse_networks
from gateway.limits.connections import ConnectionGate
from gateway.limits.listening import GatedSite
from gateway.limits.policy import ConnectionPolicy
from tests.support import proxies
from tests.support.certificates import client_context

PROXIES: Final = {"nginx": proxies.nginx, "haproxy": proxies.haproxy}
_ATTACKERS: Final = 8
_PATIENCE_SECONDS: Final = 0.25
_ANSWER: Final = re.compile(rb"^HTTP/1\.[01] (\d{3})", re.MULTILINE)
_SEEN: Final = re.compile(rb"<<([^>]*)>>")


@dataclass(slots=True)
class Verdict:
    """What came of it."""

    pairs: int = 0
    smuggled: list[str] = field(default_factory=list)
    """Requests the gateway saw and the proxy did not pass on."""
    mixed_up: list[str] = field(default_factory=list)
    """Answers to somebody else's request."""
    honest: int = 0
    """Answers to honest clients."""
    statuses: Counter[int] = field(default_factory=Counter)
    """What the messages themselves were answered with; 0 for nothing."""

    @property
    def desynchronised(self) -> int:
        """How many of both."""
        return len(self.smuggled) + len(self.mixed_up)


class Origin:
    """The gateway's HTTP stack, with handlers that say which request they saw."""

    def __init__(self) -> None:
        self.smuggled: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        told = request.headers.getall(proxies.TOLD, ())
        if list(told) != [request.raw_path]:
            self.smuggled.append(f"{request.method} {request.raw_path}, and the proxy says {list(told)}")
        return web.Response(text=f"<<{request.path}>>{len(body)}")

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[int]:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self.answer)
        runner = make_runner(application)
        await runner.setup()
        gate = ConnectionGate(ConnectionPolicy(), uncounted=parse_networks(["127.0.0.0/8"]))
        await GatedSite(runner, "127.0.0.1", 0, gate=gate).start()
        try:
            yield runner.addresses[0][1]
        finally:
            await runner.cleanup()


def ambiguous(chance: random.Random, number: int) -> bytes:
    """A message whose end can be understood in more than one way, with a request inside."""
    inside = f"GET /smuggled/{number} HTTP/1.1\r\nHost: {proxies.HOST}\r\nX-Rest: ".encode()
    body = chance.choice(_BODIES)(inside)
    lengths = [0, 1, 3, len(body), len(body) - len(inside), len(body) + chance.randrange(1, 60)]
    fields = [b"Host: " + proxies.HOST.encode()]
    fields += [chance.choice(_LENGTHS)(max(0, chance.choice(lengths))) for _ in range(chance.choice((0, 1, 1, 1, 2)))]
    fields += [chance.choice(_CODINGS) for _ in range(chance.choice((0, 1, 1, 1, 2)))]
    chance.shuffle(fields)
    method = chance.choice((b"POST", b"POST", b"PUT", b"GET", b"HEAD", b"OPTIONS"))
    version = chance.choice((b"HTTP/1.1",) * 8 + (b"HTTP/1.0", b"HTTP/1.1 ", b"HTTP/1.2", b"http/1.1"))
    target = chance.choice((b"/v1/treated-cases/check", b"/outside"))
    end = chance.choice((b"\r\n",) * 9 + (b"\n", b"\r\r\n"))
    return method + b" " + target + b" " + version + b"\r\n" + end.join(fields) + end + end + body


_Shape = Callable[[bytes], bytes]

_BODIES: Final[Sequence[_Shape]] = (
    lambda inside: inside,
    lambda inside: b"0\r\n\r\n" + inside,
    lambda inside: b"1\r\nZ\r\n0\r\n\r\n" + inside,
    lambda inside: b"%x\r\n%s\r\n0\r\n\r\n" % (len(inside), inside),
    lambda inside: b"%x;a=b\r\n%s\r\n0\r\n\r\n" % (len(inside), inside),
    lambda inside: b"%X \r\n%s\r\n0\r\n\r\n" % (len(inside), inside),
    lambda inside: b"0x%x\r\n%s\r\n0\r\n\r\n" % (len(inside), inside),
    lambda inside: b"+%x\r\n%s\r\n0\r\n\r\n" % (len(inside), inside),
    lambda inside: b"1\nZ\n0\n\n" + inside,
    lambda inside: b"2\r\nZZZZ\r\n0\r\n\r\n" + inside,
    lambda inside: b"0\r\nX-Trailer: y\r\n\r\n" + inside,
    lambda inside: b"0\r\nContent-Length: 5\r\n\r\n" + inside,
    lambda inside: b"5;\n" + inside + b"\r\n0\r\n\r\n",
    lambda inside: b"fffffffffffffffff0\r\n" + inside + b"\r\n0\r\n\r\n",
    lambda inside: b"-1\r\n" + inside + b"\r\n0\r\n\r\n",
    lambda inside: b"\r\n0\r\n\r\n" + inside,
)

_Length = Callable[[int], bytes]

_LENGTHS: Final[Sequence[_Length]] = (
    lambda n: b"Content-Length: %d" % n,
    lambda n: b"Content-Length: %d" % n,
    lambda n: b"Content-Length:%d" % n,
    lambda n: b"Content-Length : %d" % n,
    lambda n: b"Content-Length: +%d" % n,
    lambda n: b"Content-Length: -%d" % n,
    lambda n: b"Content-Length: 0%d" % n,
    lambda n: b"Content-Length: 0x%x" % n,
    lambda n: b"Content-Length: %d, %d" % (n, n),
    lambda n: b"Content-Length: %d, %d" % (n, n + 1),
    lambda n: b"Content-Length: %d\r\nContent-Length: %d" % (n, n + 7),
    lambda n: b"Content-Length: %d\x0b" % n,
    lambda n: b"Content-Length:\r\n %d" % n,
    lambda n: b"content_length: %d" % n,
    lambda n: b"\x00Content-Length: %d" % n,
    lambda n: b" Content-Length: %d" % n,
    lambda n: b"X: y\nContent-Length: %d" % n,
    lambda n: b"X: y\rContent-Length: %d" % n,
    lambda n: b"Content-Length: %d\xc2\xa0" % n,
    lambda n: b"Content-Length: 1_%d" % n,
)

_CODINGS: Final[Sequence[bytes]] = (
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: chunked",
    b"transfer-encoding:chunked",
    b"Transfer-Encoding : chunked",
    b"Transfer-Encoding: Chunked",
    b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding: chunked, identity",
    b"Transfer-Encoding: identity, chunked",
    b"Transfer-Encoding: identity",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: chunked, chunked",
    b"Transfer-Encoding: \tchunked",
    b"Transfer-Encoding:\x0bchunked",
    b"Transfer-Encoding: chunked\x00",
    b"Transfer-Encoding: 'chunked'",
    b'Transfer-Encoding: "chunked"',
    b"Transfer-Encoding: chunk",
    b"Transfer_Encoding: chunked",
    b"Transfer-Encoding:\r\n chunked",
    b" Transfer-Encoding: chunked",
    b"X: y\nTransfer-Encoding: chunked",
    b"X: y\rTransfer-Encoding: chunked",
    b"Transfer-Encoding: ,chunked",
    b"Transfer-Encoding: chunked,",
    b"Transfer-Encoding: chunked;q=1",
    b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: cow",
    b"\xefTransfer-Encoding: chunked",
    b"Connection: Content-Length",
    b"Connection: Transfer-Encoding",
    b"Expect: 100-continue",
    b"Upgrade: websocket\r\nConnection: Upgrade",
    b"TE: trailers\r\nTrailer: Content-Length",
)


async def attack(port: int, tls: ssl.SSLContext, pairs: int, seed: int) -> Verdict:
    """Send so many pairs through the proxy at ``port``, eight at a time, and have honest clients ask meanwhile."""
    verdict = Verdict()
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    numbers = iter(range(pairs))

    async def attacker() -> None:
        for number in numbers:
            await _pair(port, tls, ambiguous(chance, number), number, verdict)
            await _honest(port, tls, number, verdict)

    await asyncio.gather(*(attacker() for _ in range(_ATTACKERS)))
    return verdict


async def _pair(port: int, tls: ssl.SSLContext, message: bytes, number: int, verdict: Verdict) -> None:
    follower = f"GET /follower/{number} HTTP/1.1\r\nHost: {proxies.HOST}\r\nConnection: close\r\n\r\n".encode()
    said = await exchange(port, tls, message + follower)
    verdict.pairs += 1
    answered = _ANSWER.search(said)
    verdict.statuses[int(answered[1]) if answered else 0] += 1
    own = {"/v1/treated-cases/check", "/outside", f"/follower/{number}", f"/smuggled/{number}"}
    verdict.mixed_up += [path for path in _paths(said) if path not in own]


async def _honest(port: int, tls: ssl.SSLContext, number: int, verdict: Verdict) -> None:
    request = f"GET /honest/{number} HTTP/1.1\r\nHost: {proxies.HOST}\r\nConnection: close\r\n\r\n".encode()
    paths = _paths(await exchange(port, tls, request, patience=5.0))
    verdict.honest += paths == [f"/honest/{number}"]
    if paths != [f"/honest/{number}"]:
        verdict.mixed_up.append(f"honest {number}: {paths}")


async def exchange(port: int, tls: ssl.SSLContext, data: bytes, patience: float = _PATIENCE_SECONDS) -> bytes:
    """All that comes back until the proxy closes, or nothing more comes for a while."""
    said = b""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname=proxies.HOST)
    with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError):
        writer.write(data)
        while True:
            async with asyncio.timeout(patience):
                piece = await reader.read(65536)
            if not piece:
                break
            said += piece
    writer.transport.abort()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return said


def _paths(said: bytes) -> list[str]:
    return [path.decode(errors="replace") for path in _SEEN.findall(said)]


async def campaign(folder: Path, proxy: str, *, pairs: int, seed: int = 1) -> Verdict:
    """The whole of it, with one proxy. ``folder`` is one that the proxy's own user can enter."""
    authorities = proxies.Authorities.make(folder)
    tls = client_context(authorities.servers, folder)
    origin = Origin()
    async with origin.serving() as gateway_port, PROXIES[proxy](authorities, gateway_port) as port:
        verdict = await attack(port, tls, pairs, seed)
    verdict.smuggled = origin.smuggled
    return verdict


def main() -> None:
    """Run it and print what came of it; fails when anything was desynchronised."""
    parser = argparse.ArgumentParser(description="request smuggling through the sample proxies")
    parser.add_argument("--pairs", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--proxy", action="append", choices=sorted(PROXIES))
    options = parser.parse_args()
    bad = 0
    for proxy in options.proxy or sorted(PROXIES):
        if why := proxies.missing(proxy):
            sys.stdout.write(f"{proxy}: skipped: {why}\n")
            continue
        with tempfile.TemporaryDirectory() as folder:
            verdict = asyncio.run(campaign(Path(folder), proxy, pairs=options.pairs, seed=options.seed))
        bad += verdict.desynchronised
        statuses = ", ".join(f"{status}: {count}" for status, count in sorted(verdict.statuses.items()))
        sys.stdout.write(
            f"{proxy}: {verdict.pairs} pairs, {verdict.desynchronised} desynchronised; "
            f"{verdict.honest} honest requests answered; answers {statuses}\n"
        )
        sys.stdout.writelines(f"  {line}\n" for line in (*verdict.smuggled, *verdict.mixed_up)[:20])
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
