"""``GET /metrics``: the exposition for Prometheus."""

from __future__ import annotations

from aiohttp import web

from gateway.services import SERVICES
from gateway.telemetry.metrics import CONTENT_TYPE


async def exposition(request: web.Request) -> web.Response:
    """All metrics, with the queues as they stand now."""
    services = request.app[SERVICES]
    services.metrics.standing(await services.dispatcher.statuses(), services.clock.now())
    services.metrics.protection(audit_head_age=services.audit_head_age(), shed=services.gate.shed)
    return web.Response(body=services.metrics.render(), headers={"Content-Type": CONTENT_TYPE})
