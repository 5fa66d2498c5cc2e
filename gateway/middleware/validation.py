"""The validation middleware, declared per route: the body within bounds, then the schema, then the rules of the КСФ."""

from __future__ import annotations

from typing import Final, NamedTuple

from aiohttp import web

from gateway.middleware.body import JSON, check_headers, read_body
from gateway.middleware.context import Handler, sender_of
from gateway.rules.findings import Finding, Refused
from gateway.rules.treated_case import CaseFacts, check_json
from gateway.services import SERVICES, Sender, Services
from schemas.treated_case import TreatedCase


class Validated(NamedTuple):
    """A case without errors, the warnings and notices on it, and what it was judged by."""

    case: TreatedCase
    remarks: tuple[Finding, ...]
    facts: CaseFacts


VALIDATED: Final = web.RequestKey("validated", Validated)


def facts_for(services: Services, sender: Sender) -> CaseFacts:
    """What the rules judge a case of this sender by, at this moment."""
    case = services.case
    return CaseFacts(
        now=services.clock.now(),
        sender_organisations=sender.organisations,
        channel=sender.channel,
        register=services.register,
        layout=case.layout,
        pilot_until=case.pilot_until,
        clock_tolerance=case.clock_tolerance,
    )


@web.middleware
async def treated_case(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the handler see only a case without errors; else refuse with every finding at once."""
    services = request.app[SERVICES]
    facts = facts_for(services, sender_of(request, services))
    check_headers(request, JSON)
    limits = services.limits
    body = await read_body(request, limit=limits.body_bytes, seconds=limits.body_seconds)
    checked = check_json(body, facts)
    if checked.case is None:
        raise Refused(checked.findings)
    request[VALIDATED] = Validated(checked.case, checked.findings, facts)
    return await handler(request)
