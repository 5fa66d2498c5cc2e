"""Reading a body as a message of the contract."""

from __future__ import annotations

from typing import TypeVar

from aiohttp import web

from gateway.middleware.body import JSON, check_headers, read_body
from gateway.rules.findings import Finding, Refused
from gateway.rules.shape import read_message
from gateway.services import SERVICES
from schemas.base import Contract

Message = TypeVar("Message", bound=Contract)


async def read_body_as(
    request: web.Request, model: type[Message], *, limit: int | None = None
) -> Message | tuple[Finding, ...]:
    """The message in a body within bounds, or all that is wrong with its shape; raises ``Refused`` for other bodies.

    ``limit`` is the largest body in bytes, else that of the service.
    """
    check_headers(request, JSON)
    limits = request.app[SERVICES].limits
    body = await read_body(request, limit=limits.body_bytes if limit is None else limit, seconds=limits.body_seconds)
    return read_message(body, model)


async def require_body_as(request: web.Request, model: type[Message], *, limit: int | None = None) -> Message:
    """The message in a body; raises ``Refused`` with all that is wrong with its shape."""
    read = await read_body_as(request, model, limit=limit)
    if isinstance(read, tuple):
        raise Refused(read)
    return read
