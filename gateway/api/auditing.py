"""Writing down what a request did, before it is answered."""

from __future__ import annotations

from aiohttp import web

from gateway.audit.actions import Action, Purpose
from gateway.middleware.context import CONTEXT, sender_of
from gateway.ports import AuditEvent
from gateway.services import SERVICES


async def note(
    request: web.Request,
    action: Action,
    purpose: Purpose,
    *,
    target: str | None = None,
    organisation: str | None = None,
    pin: str | None = None,
) -> None:
    """Write down what the sender has done, to whose data; returns after COMMIT. The ПИН only becomes a blind index."""
    services, sender = request.app[SERVICES], sender_of(request)
    await services.audit.record(
        AuditEvent(
            action=action,
            actor=sender.name,
            actor_kind=sender.kind,
            organisation=organisation,
            subject=None if pin is None else services.index.of("pin", pin),
            target=target,
            purpose=purpose,
            request_id=request[CONTEXT].correlation.request_id,
        )
    )
