"""Listening with every connection under the gate of ``gateway.limits.connections``, and ceasing to without losing any.

The system makes connections on behalf of whoever listens, before they are taken: closing a port resets those that wait
in its queue, and their clients cannot know what became of what they sent. So the port first stops answering to new
ones, then takes what waits, and only then closes. A client who comes in between is refused at its next try, a second
later, and knows that nothing was sent.
"""

from __future__ import annotations

import asyncio
import ctypes
import socket
import ssl
import struct
import sys
from contextlib import suppress
from typing import Any, Final

from aiohttp import web

from gateway.limits.connections import ConnectionGate, Watched, WatchedProtocol

_SHUTDOWN_SECONDS: Final = 5.0
"""How long the end of a TLS connection may take."""
_ARRIVING_SECONDS: Final = 0.2
"""How long connections that had been begun may take to be made: a way there and back."""
_TAKING_SECONDS: Final = 3.0
"""How long it may take at most until all of them are taken: the loop takes one in each of its turns."""
_LOOK_SECONDS: Final = 0.02
"""Between two looks at what waits."""

_TCP_INFO_BYTES: Final = 32
_UNACKED: Final = struct.Struct("I")
_UNACKED_AT: Final = 24
"""The field's place in ``struct tcp_info``."""
_SO_ATTACH_FILTER: Final = 26
_NO_NEW_CONNECTIONS: Final = b"".join(
    struct.pack("HBBI", *instruction)
    for instruction in (
        (0x30, 0, 0, 13),  # load the flags of the TCP header
        (0x45, 0, 1, 0x02),  # is SYN among them?
        (0x06, 0, 0, 0),  # then the packet is dropped
        (0x06, 0, 0, 0xFFFF_FFFF),  # any other is let through
    )
)
"""A socket filter of Linux (``struct sock_filter``, kernel documentation «networking/filter»)."""


class GatedSite(web.BaseSite):
    """Listens on a TCP port as ``web.TCPSite`` does, with every connection passing a gate.

    One site a runner: the runner's server is told where requests begin.
    """

    __slots__ = ("_gate", "_host", "_listening", "_port", "_watched")

    def __init__(
        self,
        runner: web.BaseRunner,
        host: str,
        port: int,
        *,
        gate: ConnectionGate,
        tls: ssl.SSLContext | None = None,
        backlog: int = 1024,
    ) -> None:
        super().__init__(runner, ssl_context=tls, backlog=backlog)
        self._host = host
        self._port = port
        self._gate = gate
        self._watched: Watched = {}
        self._listening: asyncio.Server | None = None

    @property
    def name(self) -> str:
        """Scheme and address."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._ssl_context else 'http'}://{host}:{self._port}"

    async def start(self) -> None:
        """Listen. Raises ``OSError`` when the address cannot be had."""
        await super().start()
        server = self._runner.server
        assert server is not None
        make_request = server.request_factory

        def begin_request(message: Any, body: Any, http: Any, writer: Any, task: Any) -> web.BaseRequest:
            watched = self._watched.get(http)
            if watched is not None:
                watched.request_begins(body)
            return make_request(message, body, http, writer, task)

        server.request_factory = begin_request
        self._server = self._listening = await asyncio.get_running_loop().create_server(
            lambda: WatchedProtocol(self._gate, server(), self._watched),
            self._host,
            self._port,
            ssl=self._ssl_context,
            backlog=self._backlog,
            ssl_handshake_timeout=self._gate.policy.handshake_seconds if self._ssl_context else None,
            ssl_shutdown_timeout=_SHUTDOWN_SECONDS if self._ssl_context else None,
        )

    async def stop_gently(self) -> None:
        """Close the port, after what waits at it has been taken; ``stop`` closes it at once."""
        if self._listening is not None:
            await _take_what_waits(self._listening)
        await self.stop()


async def _take_what_waits(server: asyncio.Server) -> None:
    for listening in server.sockets:
        _let_no_new_connections_in(listening)
    await asyncio.sleep(_ARRIVING_SECONDS)
    for _ in range(round(_TAKING_SECONDS / _LOOK_SECONDS)):
        # Looked at before the sleep: what is taken last becomes a connection during it.
        empty = not any(_waiting(listening) for listening in server.sockets)
        await asyncio.sleep(_LOOK_SECONDS)
        if empty:
            return


def _let_no_new_connections_in(listening: Any) -> None:
    """Drop what would begin a connection. Only Linux can; elsewhere what waits is taken as far as time allows."""
    if sys.platform != "linux":
        return
    code = ctypes.create_string_buffer(_NO_NEW_CONNECTIONS)
    program = struct.pack("HP", len(_NO_NEW_CONNECTIONS) // 8, ctypes.addressof(code))
    with suppress(OSError):  # a sandbox may forbid it; then it is as elsewhere
        listening.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)


def _waiting(listening: Any) -> int:
    """How many connections are made and not yet taken (``tcpi_unacked`` of a socket that listens); 0 where not told."""
    if sys.platform != "linux":
        return 0
    with suppress(OSError, struct.error):  # as above
        told = listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
        return int(_UNACKED.unpack_from(told, _UNACKED_AT)[0])
    return 0
