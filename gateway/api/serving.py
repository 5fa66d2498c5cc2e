"""How aiohttp is run: what it says of malformed HTTP itself, before any middleware, quotes no byte of it."""

from __future__ import annotations

import logging
from typing import Any, Final

from aiohttp import web

from gateway.middleware.context import RequestContext
from gateway.middleware.language import preferred_language
from gateway.middleware.problems import problem
from gateway.ports import Ids
from gateway.rules.findings import Finding
from gateway.telemetry.correlation import correlate
from schemas.errors import ErrorCode

KEEP_ALIVE_SECONDS: Final = 75.0
"""Longer than a reverse proxy keeps idle connections, shorter than for ever."""
LINGER_SECONDS: Final = 1.0
"""How long the rest of a refused body is still read, so that the client gets to see the answer."""


class DiscreetRunner(web.AppRunner):
    """A runner whose logs name no path and quote no byte of a request, and whose every refusal is a problem."""

    __slots__ = ("_ids",)

    def __init__(self, application: web.Application, ids: Ids) -> None:
        super().__init__(
            application,
            access_log=None,
            logger=_protocol_logger(),
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            lingering_time=LINGER_SECONDS,
            handle_signals=False,
            auto_decompress=False,
        )
        self._ids = ids

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(self._ids, made.request_handler, request_factory=made.request_factory, **made._kwargs)  # noqa: SLF001 - aiohttp has no other way


class _Server(web.Server):
    def __init__(self, ids: Ids, handler: Any, **given: Any) -> None:
        super().__init__(handler, **given)
        self.ids = ids

    def __call__(self) -> web.RequestHandler:
        return _Protocol(self, loop=self._loop, **self._kwargs)


class _Protocol(web.RequestHandler):
    """One connection."""

    __slots__ = ("_ids",)

    def __init__(self, manager: _Server, **given: Any) -> None:
        super().__init__(manager, **given)
        self._ids = manager.ids

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it quotes what was sent
    ) -> web.StreamResponse:
        """Answer what no middleware has seen, and close the connection."""
        super().handle_error(request, status, exc)  # logs; raises ConnectionError when an answer has begun
        code = ErrorCode.INTERNAL_ERROR if status >= 500 else ErrorCode.REQUEST_HEADER
        context = RequestContext(correlate(self._ids.new(), None, None), preferred_language(None))
        response = problem((Finding(code),), context.language, context.correlation.request_id)
        context.mark(response)
        response.force_close()
        return response


def _protocol_logger() -> logging.Logger:
    """What aiohttp says of malformed HTTP. Its own text quotes the bytes; ours tells only that it happened."""
    logger = logging.getLogger("gateway.http")
    logger.setLevel(logging.WARNING)
    return logger
