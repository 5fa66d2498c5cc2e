"""The access middleware, around every route: the sender is proven and its right looked up before anything is read."""

from __future__ import annotations

from aiohttp import web

from gateway.access.table import Permission
from gateway.middleware.context import CONTEXT, Handler, Middleware
from gateway.services import SERVICES


def authorised(permission: Permission) -> Middleware:
    """Let only those through whom a row of the authorisation table allows."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[CONTEXT].sender = await request.app[SERVICES].access.admit(request, permission)
        return await handler(request)

    return middleware
