"""The client of KNMDB: :class:`gateway.ports.Upstream` of sales and :class:`gateway.programme.ports.BoxSource`."""

from __future__ import annotations

import time
from typing import Final

import structlog
from pydantic import ValidationError

from adapters.knmdb import cancellations, sales
from adapters.knmdb.exchange import open_exchange
from adapters.knmdb.sessions import Sessions
from adapters.knmdb.settings import KnmdbSettings
from adapters.knmdb.track_and_trace import TrackAndTrace, failed
from adapters.xroad.outcomes import ExchangeFailed, Symptom, of_symptom
from gateway.operations.model import OperationKind, OutboundMessage, Result, Step
from gateway.programme.ports import BoxStanding
from schemas.programme.messages import BoxesReturned, BoxesSold

_log = structlog.get_logger(__name__)


class KnmdbClient:
    """Declares sales of boxes, cancels them, and asks for boxes."""

    name: Final = "knmdb"

    def __init__(self, knmdb: TrackAndTrace) -> None:
        self._knmdb = knmdb

    async def deliver(self, message: OutboundMessage) -> Result:
        """Declare a sale, or cancel one. See :meth:`gateway.ports.Upstream.deliver`."""
        return await self._handle(message, Step.SEND)

    async def ask(self, message: OutboundMessage) -> Result:
        """Ask for the boxes of an operation. See :meth:`gateway.ports.Upstream.ask`.

        Where parts of boxes were sold, and no whole box with them, the answer is ``CANNOT_ASK``: never sent again by
        itself, since nothing would keep a second sale out.
        """
        return await self._handle(message, Step.ASK)

    async def inquire(self, code: str) -> BoxStanding | None:
        """See :meth:`gateway.programme.ports.BoxSource.inquire`. Tried twice; why there was no answer is logged."""
        try:
            answer = await self._knmdb.box(code)
        except ExchangeFailed as error:
            _log.warning("box_inquiry_failed", reason=failed(error.failure).reason)
            return None
        return None if answer is None else answer.standing()

    async def close(self) -> None:
        """Release connections."""
        await self._knmdb.close()

    async def _handle(self, message: OutboundMessage, step: Step) -> Result:
        try:
            # Read as a model again, since the journal may hold what an earlier version of the gateway has written.
            if message.kind is OperationKind.DECLARE_SALE:
                sale = BoxesSold.model_validate_json(message.payload)
                return await (sales.declare if step is Step.SEND else sales.ask)(self._knmdb, message, sale)
            if message.kind is OperationKind.CANCEL_SALE:
                returned = BoxesReturned.model_validate_json(message.payload)
                handle = cancellations.cancel if step is Step.SEND else cancellations.ask
                return await handle(self._knmdb, message, returned)
        except ValidationError:
            return failed(of_symptom(Symptom.REQUEST_INVALID, "the payload is no message of this contract"))
        except ExchangeFailed as error:
            return failed(error.failure)
        return failed(of_symptom(Symptom.REQUEST_INVALID, "no operation of this upstream"))


def open_knmdb_client(settings: KnmdbSettings) -> KnmdbClient:
    """A client over pooled connections; raises ``OSError`` for an unusable file of authorities."""
    exchange = open_exchange(settings)
    sessions = Sessions(settings, exchange, time.monotonic)
    return KnmdbClient(TrackAndTrace(settings=settings, exchange=exchange, sessions=sessions))
