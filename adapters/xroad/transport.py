"""The HTTP transport to the security server: httpx in front, aiohttp's connection pool behind.

What matters here is the answer to «was it sent?». httpx's own pool slows down with its size, and the ready-made bridges
to aiohttp report a connection dropped after sending as a connect time-out, which would deliver a case twice. This one
promises:

* ``httpx.ConnectError`` and ``httpx.ConnectTimeout``: not one byte of the request left.
* ``httpx.ReadTimeout``, ``httpx.ReadError``, ``httpx.RemoteProtocolError`` and :class:`ReplyTooLarge`: it may have been
  executed.
* Nothing else escapes, no redirect is followed, no cookie kept, nothing decompressed, no deadline outlived.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Final

import aiohttp
import httpx
from yarl import URL

from adapters.xroad.settings import Deadlines, XRoadSettings

_KEEP_ALIVE_SECONDS: Final = 10.0
"""Well below the 30 s after which servers usually close idle connections: what is sent into that moment is in doubt."""

_REPLACED_HEADERS: Final = frozenset(
    (b"host", b"connection", b"content-length", b"transfer-encoding", b"accept-encoding", b"cookie")
)
_DROPPED_REPLY_HEADERS: Final = frozenset((b"set-cookie", b"transfer-encoding", b"connection", b"keep-alive"))


class ReplyTooLarge(httpx.RemoteProtocolError):
    """The reply is longer than the limit."""


@dataclass(slots=True)
class _Progress:
    """How far a request has come. Set by aiohttp's tracing before the first byte is written."""

    connected: bool = False


class PooledTransport(httpx.AsyncBaseTransport):
    """An httpx transport over one pooled aiohttp session. Bind it to one event loop and close it.

    It applies its own deadlines; those of the httpx client are ignored. ``reply_limit`` is in bytes.
    """

    def __init__(
        self, *, deadlines: Deadlines, connections: int, reply_limit: int, tls: ssl.SSLContext | None = None
    ) -> None:
        self._deadlines = deadlines
        self._connections = connections
        self._reply_limit = reply_limit
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request`` and read its whole reply; raises as the module's docstring says."""
        body = await request.aread()
        progress = _Progress()
        try:
            async with asyncio.timeout(self._deadlines.total):
                return await self._exchange(request, body, progress)
        except (TimeoutError, aiohttp.ClientError, OSError, EOFError) as error:
            raise _as_httpx_error(error, progress, request) from error

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _exchange(self, request: httpx.Request, body: bytes, progress: _Progress) -> httpx.Response:
        headers = [
            (name.decode("ascii"), value.decode("latin-1"))
            for name, value in request.headers.raw
            if name.lower() not in _REPLACED_HEADERS
        ]
        headers.append(("Accept-Encoding", "identity"))
        async with self._pool().request(
            request.method,
            URL(str(request.url), encoded=True),
            data=body or None,
            headers=headers,
            allow_redirects=False,
            skip_auto_headers=("User-Agent", "Content-Type"),
            trace_request_ctx=progress,
        ) as reply:
            content = await self._read(reply, request)
        return httpx.Response(
            reply.status,
            headers=[(name, value) for name, value in reply.raw_headers if name.lower() not in _DROPPED_REPLY_HEADERS],
            stream=httpx.ByteStream(content),
            request=request,
            extensions={
                "http_version": b"HTTP/1.1",
                "reason_phrase": (reply.reason or "").encode("latin-1", "replace"),
            },
        )

    async def _read(self, reply: aiohttp.ClientResponse, request: httpx.Request) -> bytes:
        encoding = reply.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("", "identity"):
            reply.close()
            raise httpx.RemoteProtocolError("the reply is compressed although it must not be", request=request)
        content = bytearray()
        async for piece in reply.content.iter_any():
            content += piece
            if len(content) > self._reply_limit:
                reply.close()
                raise ReplyTooLarge(f"the reply is longer than {self._reply_limit} bytes", request=request)
        return bytes(content)

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections,
                    ssl=self._tls if self._tls is not None else True,
                    keepalive_timeout=_KEEP_ALIVE_SECONDS,
                ),
                timeout=aiohttp.ClientTimeout(
                    total=None, connect=self._deadlines.connect, sock_read=self._deadlines.read
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trace_configs=[_progress_tracing()],
                trust_env=False,
            )
        return self._session


def _progress_tracing() -> aiohttp.TraceConfig:
    async def connected(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        context.trace_request_ctx.connected = True

    tracing = aiohttp.TraceConfig()
    tracing.on_connection_create_end.append(connected)
    tracing.on_connection_reuseconn.append(connected)
    return tracing


def _as_httpx_error(error: BaseException, progress: _Progress, request: httpx.Request) -> httpx.TransportError:
    timed_out = isinstance(error, TimeoutError)
    if not progress.connected:
        if timed_out:
            return httpx.ConnectTimeout("no connection in time", request=request)
        return httpx.ConnectError(_connect_failure(error), request=request)
    if timed_out:
        return httpx.ReadTimeout("no complete reply in time", request=request)
    if isinstance(error, OSError):
        return httpx.ReadError("the connection broke after the request was sent", request=request)
    return httpx.RemoteProtocolError("the reply is missing, broken off or not HTTP", request=request)


def _connect_failure(error: BaseException) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "the host name is unknown"
    if isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError)):
        return "TLS was refused"
    return "the connection was refused"


class _DirectClient(httpx.AsyncClient):
    """Hands requests straight to its transport.

    httpx looks at every answer for authentication, redirects and cookies. There are none here, and looking costs half
    as much as the exchange.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        no_deadlines = httpx.Timeout(None)  # the transport has them
        super().__init__(transport=transport, timeout=no_deadlines, follow_redirects=False, trust_env=False)
        self._direct = transport

    async def send(self, request: httpx.Request, **_: object) -> httpx.Response:
        """Send one request and read the whole answer; raises as the transport does."""
        if self.is_closed:
            raise RuntimeError("the client is closed")
        response = await self._direct.handle_async_request(request)
        await response.aread()
        return response


def http_client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """An httpx client that adds nothing of its own: no redirects, nothing from the environment, no second deadlines."""
    return _DirectClient(transport)


def open_http(xroad: XRoadSettings) -> httpx.AsyncClient:
    """An HTTP client of the security server, with a pool of its own; raises ``OSError`` for unusable TLS files."""
    transport = PooledTransport(
        deadlines=xroad.deadlines,
        connections=xroad.connections,
        reply_limit=xroad.reply_limit,
        tls=xroad.tls_context(),
    )
    return http_client(transport)
