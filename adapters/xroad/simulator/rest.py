"""The simulated security server's handling of REST messages, after PR-REST 1.0."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote
from uuid import uuid4

import aiohttp
import orjson
from aiohttp import web

from adapters.xroad.simulator.soap import Spelling

_PARTS: Final = 5
"""Instance, class, member, subsystem and service: the version asked for here needs them all."""

_OWN_HEADERS: Final = frozenset(
    ("host", "user-agent", "server", "expect", "connection", "content-length", "transfer-encoding")
)


async def handle_rest(
    http: web.Request,
    clients: frozenset[str],
    addresses: Mapping[str, str],
    session: aiohttp.ClientSession,
    spelling: Spelling,
) -> web.Response:
    """Pass a REST message on to its provider, or answer with an error of X-Road's own."""
    parts = [unquote(part) for part in http.raw_path.partition("?")[0].removeprefix("/r1/").split("/")]
    client = unquote(http.headers.get("X-Road-Client", ""))
    # Both a missing client and a short path give 500, other than the protocol's document says.
    if not client or len(parts) < _PARTS:
        return _error(500, spelling.write("Server.ClientProxy.InternalError"), "The request cannot be read")
    if client not in clients:
        return _error(500, spelling.write("Server.ClientProxy.UnknownMember"), "The client is not registered here")
    address = addresses.get("/".join(parts[: _PARTS - 1]))
    if address is None:
        return _error(500, spelling.write("Server.ClientProxy.UnknownMember"), "The provider is unknown")
    headers = {name: value for name, value in http.headers.items() if name.lower() not in _OWN_HEADERS}
    body = await http.read()
    target = "/".join([address.rstrip("/"), *parts[_PARTS - 1 :]])
    if http.query_string:
        target = f"{target}?{http.query_string}"
    try:
        async with session.request(
            http.method, target, data=body or None, headers=headers, allow_redirects=False
        ) as reply:
            content = await reply.read()
    except (aiohttp.ClientError, TimeoutError, OSError):
        code = spelling.write("Server.ServerProxy.ServiceFailed.NetworkError")
        return _error(500, code, "The provider cannot be reached")
    return web.Response(
        status=reply.status,
        body=content,
        headers={
            "Content-Type": reply.headers.get("Content-Type", "application/octet-stream"),
            "X-Road-Client": client,
            "X-Road-Service": "/".join(parts[:_PARTS]),
            "X-Road-Id": http.headers.get("X-Road-Id", str(uuid4())),
            "X-Road-Request-Id": str(uuid4()),
            "X-Road-Request-Hash": base64.b64encode(hashlib.sha512(body).digest()).decode("ascii"),
        },
    )


def _error(status: int, code: str, message: str) -> web.Response:
    body = orjson.dumps({"type": code, "message": message, "detail": str(uuid4())})
    return web.Response(status=status, body=body, content_type="application/json", headers={"X-Road-Error": code})
