"""The Idempotency-Key header, demanded per route (draft-ietf-httpapi-idempotency-key-header-07)."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from gateway.middleware.context import Handler
from gateway.rules.findings import Refused
from schemas.errors import ErrorCode

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
LONGEST_KEY: Final = 255
KEY: Final = web.RequestKey("idempotency_key", str)


@web.middleware
async def idempotency_key(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Take the key from the request, or refuse it: 1 to 255 visible ASCII characters."""
    key = request.headers.get(HEADER)
    if key is None:
        raise Refused.because(ErrorCode.IDEMPOTENCY_KEY_MISSING, f"header:{HEADER}")
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable() or key.isspace():
        raise Refused.because(ErrorCode.IDEMPOTENCY_KEY_INVALID, f"header:{HEADER}")
    request[KEY] = key
    return await handler(request)
