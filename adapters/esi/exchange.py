"""Requests to ESI and its answers in JSON. Nothing is followed, nothing long is read, nothing is sent twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import httpx
import orjson

from adapters.esi.settings import EsiSettings
from adapters.esi.sign_in import EsiUnavailable
from adapters.xroad.transport import PooledTransport, http_client

REPLY_LIMIT: Final = 100 * 1024
"""Longest answer in bytes."""

_JSON_TYPES: Final = frozenset(("application/json", "application/jwk-set+json"))
Form = Mapping[str, str]


class Answer(NamedTuple):
    """A JSON answer: its HTTP status and the object in it."""

    status: int
    content: Mapping[str, Any]


class Exchange:
    """One GET or POST at a time to ESI. Every failure is :class:`EsiUnavailable`, told in fixed words."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def get(self, url: str, *, bearer: str | None = None) -> Answer:
        """GET an object; ``bearer`` is an access token (RFC 6750, section 2.1)."""
        headers = {"Accept": "application/json"}
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        return await self._send(httpx.Request("GET", url, headers=headers))

    async def post(self, url: str, form: Form, *, authorization: str) -> Answer:
        """POST a form with an ``Authorization`` header."""
        headers = {"Accept": "application/json", "Authorization": authorization}
        return await self._send(httpx.Request("POST", url, data=dict(form), headers=headers))

    async def close(self) -> None:
        """Release connections."""
        await self._http.aclose()

    async def _send(self, request: httpx.Request) -> Answer:
        try:
            response = await self._http.send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise EsiUnavailable("no connection to ESI") from None
        except httpx.TransportError:
            raise EsiUnavailable("no complete answer from ESI") from None
        if response.status_code >= 500:
            raise EsiUnavailable("ESI answered with a server error")
        if response.headers.get("Content-Type", "").partition(";")[0].strip().lower() not in _JSON_TYPES:
            raise EsiUnavailable("ESI's answer is no JSON")
        try:
            content = orjson.loads(response.content)
        except orjson.JSONDecodeError:
            raise EsiUnavailable("ESI's answer is no JSON") from None
        if not isinstance(content, dict):
            raise EsiUnavailable("ESI's answer is no JSON object")
        return Answer(response.status_code, content)


def open_exchange(settings: EsiSettings) -> Exchange:
    """An exchange over pooled connections; raises ``OSError`` for an unusable file of authorities."""
    transport = PooledTransport(
        deadlines=settings.deadlines,
        connections=settings.connections,
        reply_limit=REPLY_LIMIT,
        tls=settings.tls_context(),
    )
    return Exchange(http_client(transport))
