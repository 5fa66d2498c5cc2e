"""Connections: how many, and how long each may take over headers, body and reading the answer.

aiohttp bounds none of these: a connection that says nothing whole is closed only with those that are idle between two
requests. Here a protocol of our own stands between the transport and aiohttp's, sees what both do, and closes what
takes too long. While requests arrive and answers leave in one piece, which is nearly always, it sets no timer.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from aiohttp import web

from gateway.limits.addresses import Network, counted_as, is_within, parse_address
from gateway.limits.policy import ConnectionPolicy

_SEND_BUFFER: Final = 256 * 1024
"""Bytes of an answer that the system takes for a client that does not read; by itself it would take megabytes."""
_TIMED_OUT: Final = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_CROWDED: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


class ConnectionObserver(Protocol):
    """Who counts what was turned away. ``why`` is ``total``, ``address``, ``header``, ``body`` or ``write``."""

    def connection_refused(self, why: str) -> None:
        """A connection was closed before its first byte was read, for a limit of number."""
        ...

    def connection_timed_out(self, why: str) -> None:
        """A connection was closed for a limit of time."""
        ...


class ConnectionGate:
    """Counts connections, in all and by address, and watches over each.

    Connections from ``uncounted`` networks (trusted proxies, which stand for many clients) only count in all.
    """

    def __init__(
        self, policy: ConnectionPolicy, *, uncounted: Sequence[Network] = (), observer: ConnectionObserver | None = None
    ) -> None:
        self.policy = policy
        self.observer = observer
        self.open = 0
        """Connections open now."""
        self._uncounted = tuple(uncounted)
        self._by_address: Counter[str] = Counter()

    def admit(self, transport: asyncio.BaseTransport) -> str | None:
        """Count a new connection; under which address, or ``None`` when it is one too many. Pair with :meth:`leave`."""
        if self.open >= self.policy.total:
            self._refused("total")
            return None
        address = self._address(transport)
        if address and self._by_address[address] >= self.policy.per_address:
            self._refused("address")
            return None
        self.open += 1
        if address:
            self._by_address[address] += 1
        return address

    def leave(self, address: str) -> None:
        """A connection is closed."""
        self.open -= 1
        if not address:
            return
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def timed_out(self, why: str) -> None:
        """Tell the observer."""
        if self.observer is not None:
            self.observer.connection_timed_out(why)

    def _refused(self, why: str) -> None:
        if self.observer is not None:
            self.observer.connection_refused(why)

    def _address(self, transport: asyncio.BaseTransport) -> str:
        """Under what the connection is counted; empty when it is not counted by address."""
        peer = transport.get_extra_info("peername")
        if not isinstance(peer, tuple):
            return ""  # a Unix socket: its permissions say who may connect
        text = str(peer[0]).partition("%")[0]
        address = parse_address(text)
        if address is not None and is_within(address, self._uncounted):
            return ""
        return counted_as(text)


Watched = dict[web.RequestHandler, "WatchedProtocol"]
"""The connections of a server, by aiohttp's protocol."""


class WatchedProtocol(asyncio.Protocol):
    """Passes everything on to aiohttp's protocol and closes the transport when it takes too long."""

    __slots__ = (
        "_address", "_body", "_gate", "_http", "_loop", "_received", "_timer", "_transport", "_watched", "_writing",
    )  # fmt: skip

    def __init__(self, gate: ConnectionGate, http: web.RequestHandler, watched: Watched) -> None:
        self._gate = gate
        self._http = http
        self._watched = watched
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None
        self._address: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        """Runs while a request is awaited or not complete."""
        self._writing: asyncio.TimerHandle | None = None
        self._body: Any = None
        self._received = 0
        """Bytes since the timer over the body was set."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the connection in, or send it away."""
        self._transport = transport
        self._address = self._gate.admit(transport)
        if self._address is None:
            self._transport.write(_CROWDED)
            self._transport.close()
            return
        if (raw := transport.get_extra_info("socket")) is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self._watched[self._http] = self
        self._http.connection_made(transport)
        self._set_timer(self._gate.policy.header_seconds, self._headers_late)

    def data_received(self, data: bytes) -> None:
        """Pass bytes on. When nothing but a part of some headers is there, their time begins."""
        if self._address is None:
            return
        self._received += len(data)
        self._http.data_received(data)
        if (self._timer is None or self._body is not None) and awaits_headers(self._http):
            self._clear_timer()
            self._set_timer(self._gate.policy.header_seconds, self._headers_late)

    def request_begins(self, body: Any) -> None:
        """Its headers are complete. ``body`` is the stream of its body, which may not be."""
        self._clear_timer()
        if body.is_eof():
            return
        self._body = body
        self._received = 0
        self._set_timer(self._gate.policy.body_seconds, self._body_due)

    def eof_received(self) -> None:
        """The client sends no more."""
        if self._address is not None:
            self._http.eof_received()

    def pause_writing(self) -> None:
        """The send buffer is full: the client does not read."""
        self._writing = self._loop.call_later(self._gate.policy.write_seconds, self._write_late)
        self._http.pause_writing()

    def resume_writing(self) -> None:
        """It has been read, down to a little."""
        self._clear_writing()
        self._http.resume_writing()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Give the place up."""
        self._clear_timer()
        self._clear_writing()
        self._body = None
        if self._address is not None:
            self._gate.leave(self._address)
            del self._watched[self._http]
            self._http.connection_lost(exc)

    def _headers_late(self) -> None:
        self._timer = None
        self._gate.timed_out("header")
        self._transport.write(_TIMED_OUT)
        self._transport.close()

    def _body_due(self) -> None:
        """Look how far an incomplete body has come. While we ourselves hold the client back, it is not its fault."""
        self._timer = None
        policy = self._gate.policy
        if self._body is None or self._body.is_eof():
            self._body = None
        elif self._received < policy.body_seconds * policy.body_bytes_per_second and self._transport.is_reading():
            self._gate.timed_out("body")
            self._transport.abort()
        else:
            self._received = 0
            self._set_timer(policy.body_seconds, self._body_due)

    def _write_late(self) -> None:
        self._writing = None
        self._gate.timed_out("write")
        self._transport.abort()

    def _set_timer(self, seconds: float, act: Callable[[], None]) -> None:
        self._timer = self._loop.call_later(seconds, act)

    def _clear_timer(self) -> None:
        self._body = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _clear_writing(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None


def awaits_headers(http: Any) -> bool:
    """Whether aiohttp waits for the rest of some headers. It tells idle connections by the same attribute."""
    waiter = http._waiter  # noqa: SLF001 - there is no public word for it; the tests of this module fail if it goes
    return waiter is not None and not waiter.done()
