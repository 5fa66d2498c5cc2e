"""Tells Sanarip Clinic what became of its cases: status events, POSTed to its callback address.

The body is ``{"items": [event, …]}`` with events as in ``GET /v1/events``. Any 2xx answer means that all were taken.
Events may come again; the receiver recognises repeats by ``position``.
"""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import structlog

from adapters.sanarip.settings import SanaripSettings
from adapters.xroad.settings import Deadlines
from adapters.xroad.transport import PooledTransport
from config.secret import SecretUnavailable
from gateway.api.answers import encode
from gateway.api.views import event_view
from gateway.operations.model import Event

log = structlog.get_logger(__name__)

_REPLY_LIMIT = 64 * 1024
"""Longest reply in bytes: nothing of it is needed."""


class SanaripCallback:
    """A :class:`gateway.ports.EventSink` that POSTs to Sanarip Clinic. The caller keeps the cursor and tries again."""

    def __init__(self, settings: SanaripSettings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        if settings.callback_url is None:
            raise ValueError("without a callback URL there is no callback")
        self._url = str(settings.callback_url)
        self._token = settings.callback_token
        self._batch = settings.batch
        self._client = httpx.AsyncClient(transport=transport or _transport(settings), trust_env=False)

    @property
    def name(self) -> str:
        """The name under which its cursor is kept."""
        return "sanarip-callback"

    async def publish(self, events: Sequence[Event]) -> bool:
        """Hand events over, oldest first; true when all were taken."""
        for start in range(0, len(events), self._batch):
            if not await self._post(events[start : start + self._batch]):
                return False
        return True

    async def close(self) -> None:
        """Release connections."""
        await self._client.aclose()

    async def _post(self, events: Sequence[Event]) -> bool:
        headers = {"Content-Type": "application/json"}
        try:
            if self._token is not None:
                headers["Authorization"] = f"Bearer {self._token.read().get_secret_value()}"
        except SecretUnavailable:
            log.warning("callback_token_unavailable")
            return False
        body = encode({"items": [event_view(event) for event in events]})
        try:
            response = await self._client.post(self._url, content=body, headers=headers)
        except httpx.TransportError:
            return False
        return response.is_success


def _transport(settings: SanaripSettings) -> PooledTransport:
    deadlines = Deadlines(connect=settings.connect_seconds, read=settings.total_seconds, total=settings.total_seconds)
    return PooledTransport(deadlines=deadlines, connections=1, reply_limit=_REPLY_LIMIT)
