"""The prescription half of validation, declared per route: the body within bounds, then the schema, then the rules."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from gateway.middleware.context import CONTEXT, Handler, sender_of, stepping_out
from gateway.middleware.idempotency import KEY
from gateway.middleware.messages import require_body_as
from gateway.programme.common import Caller
from gateway.programme.prescribing.model import IssuedAnswer, Requester, SoundOrder
from gateway.programme.prescribing.service import Prescriptions
from schemas.prescriptions import PrescriptionOrder

PRESCRIPTIONS: Final = web.AppKey("prescriptions", Prescriptions)
SOUND_ORDER: Final = web.RequestKey("sound_order", SoundOrder)
"""The order of this request, which no rule refuses."""
ISSUED_BEFORE: Final = web.RequestKey("issued_before", IssuedAnswer)
"""Instead of it, the original answer to the same request."""


def requester_of(request: web.Request) -> Requester:
    """Who asks, and whose prescriptions are its own."""
    sender, correlation = sender_of(request), request[CONTEXT].correlation
    caller = Caller(
        client=sender.name,
        actor_kind=sender.kind,
        request_id=correlation.request_id,
        traceparent=correlation.traceparent,
    )
    return Requester(caller=caller, organisations=sender.organisations)


@web.middleware
async def prescription_order(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the handler see only an order that no rule refuses; else refuse with every finding at once.

    A repeat under the same Idempotency-Key is not judged again: the handler sees the original answer.
    """
    requester = requester_of(request)
    order = await require_body_as(request, PrescriptionOrder)
    with stepping_out(request):  # the insurer may take its time
        prepared = await request.app[PRESCRIPTIONS].prepare(order, requester, request[KEY])
    if isinstance(prepared, SoundOrder):
        request[SOUND_ORDER] = prepared
    else:
        request[ISSUED_BEFORE] = prepared
    return await handler(request)
