"""Listening with every connection under the gate of ``gateway.limits.connections``."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, Final

from aiohttp import web

from gateway.limits.connections import ConnectionGate, Watched, WatchedProtocol

_SHUTDOWN_SECONDS: Final = 5.0
"""How long the end of a TLS connection may take."""


class GatedSite(web.BaseSite):
    """Listens on a TCP port as ``web.TCPSite`` does, with every connection passing a gate.

    One site a runner: the runner's server is told where requests begin.
    """

    __slots__ = ("_gate", "_host", "_port", "_watched")

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
        self._server = await asyncio.get_running_loop().create_server(
            lambda: WatchedProtocol(self._gate, server(), self._watched),
            self._host,
            self._port,
            ssl=self._ssl_context,
            backlog=self._backlog,
            ssl_handshake_timeout=self._gate.policy.handshake_seconds if self._ssl_context else None,
            ssl_shutdown_timeout=_SHUTDOWN_SECONDS if self._ssl_context else None,
        )
