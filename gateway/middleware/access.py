"""The access middleware, around every route: the sender is proven and its right looked up before anything is read.

What is let in is kept within bounds: so many requests at once, and none over and over in a loop.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web

from gateway.access.permissions import Permission
from gateway.limits.rates import OperationClass
from gateway.limits.storm import Repeated
from gateway.middleware.context import CONTEXT, Handler, Middleware
from gateway.rules.findings import Refused
from gateway.services import SERVICES, Services
from schemas.errors import ErrorCode

_COUNTED_ELSEWHERE: Final = frozenset(
    {ErrorCode.RX_NOT_FOUND, ErrorCode.LOOKUP_FACTOR_REQUIRED, ErrorCode.LOOKUP_THROTTLED}
)
"""Look-ups of prescriptions have no key that tells one from another, and a throttle of their own."""


def authorised(permission: Permission) -> Middleware:
    """Let only those through whom a row of the authorisation table allows."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        services = request.app[SERVICES]
        sender = await services.access.admit(request, permission)
        if sender is None:
            return await handler(request)
        request[CONTEXT].sender = sender
        if permission.rate is OperationClass.COMMANDS:
            # Operators are needed most when there is no room for anybody else.
            return await handler(request)
        return await _within_bounds(request, handler, services, sender.name)

    return middleware


async def _within_bounds(request: web.Request, handler: Handler, services: Services, sender: str) -> web.StreamResponse:
    """Raises ``Refused`` (OVERLOADED, CLIENT_LOOPING) besides what the handler raises."""
    storms = services.storms
    if storms.knows(sender):
        storms.check(sender, _repeated(request, services))
    await services.gate.enter()
    request[CONTEXT].gate = services.gate
    try:
        answer = await handler(request)
    except Refused as refused:
        if refused.findings[0].code not in _COUNTED_ELSEWHERE:
            storms.refused(sender, _repeated(request, services), refused.findings[0].code)
        raise
    finally:
        request[CONTEXT].gate = None
        services.gate.leave()
    if storms.knows(sender):
        storms.passed(sender, _repeated(request, services))
    return answer


def _repeated(request: web.Request, services: Services) -> Repeated:
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else ""
    key = request.headers.get("Idempotency-Key", "")
    return Repeated(request.method, route, services.storms.fingerprint(key, *request.match_info.values()))
