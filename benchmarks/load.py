"""A closed loop of callers over HTTP, written to cost little: it shares the machine with what it measures."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from time import perf_counter
from typing import cast

from benchmarks.figures import Sample

_LENGTH = b"content-length:"
_END_OF_HEAD = b"\r\n\r\n"
_SETTLE_SECONDS = 0.3
"""Answers before this are not counted: connections are new, caches are cold."""


class Load:
    """Callers that each send the next request as soon as the last is answered, on connections of their own."""

    def __init__(self, port: int, requests: Iterator[bytes], *, expected: bytes = b"HTTP/1.1 202") -> None:
        self.port = port
        self.requests = requests
        self.expected = expected
        self.latencies: list[float] = []
        self.stopping = False
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.working = 0

    async def for_seconds(self, callers: int, seconds: float) -> Sample:
        """Keep ``callers`` busy and count what is answered within ``seconds``."""
        transports = await self._connect(callers)
        try:
            await self._unless_failed(_SETTLE_SECONDS)
            self.latencies.clear()
            began = perf_counter()
            await self._unless_failed(seconds)
            answered, took = self.latencies.copy(), perf_counter() - began
            self.stopping = True
            await self.finished
        finally:
            _close(transports)
        return Sample.of(answered, took)

    async def until_exhausted(self, callers: int) -> None:
        """Send every request there is."""
        transports = await self._connect(callers)
        try:
            await self.finished
        finally:
            _close(transports)

    async def _connect(self, callers: int) -> list[asyncio.Transport]:
        loop = asyncio.get_running_loop()
        self.working = callers
        made = [await loop.create_connection(lambda: _Caller(self), "127.0.0.1", self.port) for _ in range(callers)]
        for _, caller in made:
            caller.send()
        return [transport for transport, _ in made]

    async def _unless_failed(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self.finished), seconds)

    def end(self, failure: str | None = None) -> None:
        """One caller has stopped, or failed for all."""
        self.working -= 1
        if self.finished.done():
            return
        if failure is not None:
            self.finished.set_exception(RuntimeError(failure))
        elif self.working == 0:
            self.finished.set_result(None)


class _Caller(asyncio.Protocol):
    """One caller on one connection."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._transport: asyncio.Transport | None = None
        self._partial = b""
        self._sent_at = 0.0
        self._idle = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is none by inheritance

    def send(self) -> None:
        """Send the next request, or stop."""
        load = self._load
        request = None if load.stopping else next(load.requests, None)
        if request is None:
            self._idle = True
            load.end()
            return
        assert self._transport is not None
        self._idle = False
        self._sent_at = perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Take an answer, or a part of one."""
        if self._partial:
            data = self._partial + data
        end = data.find(_END_OF_HEAD)
        if end < 0 or len(data) < end + len(_END_OF_HEAD) + _content_length(data[:end]):
            self._partial = data
            return
        self._partial = b""
        if not data.startswith(self._load.expected):
            self._load.end(f"an unexpected answer: {data[:600]!r}")
            return
        self._load.latencies.append(perf_counter() - self._sent_at)
        self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        """The server may close a connection only when nothing is under way."""
        if not self._idle:
            self._load.end(f"the connection broke: {exc!r}")


def _content_length(head: bytes) -> int:
    lowered = head.lower()
    start = lowered.find(_LENGTH)
    if start < 0:
        raise ValueError("the answer has no Content-Length")
    return int(lowered[start + len(_LENGTH) :].partition(b"\r\n")[0])


def _close(transports: list[asyncio.Transport]) -> None:
    for transport in transports:
        transport.close()
