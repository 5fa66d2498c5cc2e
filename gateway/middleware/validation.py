"""The validation middleware, declared per route: the body within bounds, then the schema, then the rules of the КСФ."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from gateway.middleware.body import JSON, check_headers, read_body
from gateway.middleware.context import Handler, sender_of
from gateway.rules.findings import Refused
from gateway.rules.ksf import check_format
from gateway.rules.treated_case import CaseFacts, PreparedCase, RefusedCase
from gateway.services import SERVICES, Sender, Services

NUMBER_PATH: Final = "path:ksf_number"
PREPARED: Final = web.RequestKey("prepared", PreparedCase)


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


def number_in_path(request: web.Request) -> str | None:
    """The КСФ number of the address, if it has one: digits only. Raises ``Refused`` with what is wrong with it."""
    number = request.match_info.get("ksf_number")
    if number is not None and (found := check_format(number, NUMBER_PATH, request.app[SERVICES].case.layout)):
        raise Refused(found)
    return number


@web.middleware
async def treated_case(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the handler see only a case without errors; else refuse with every finding at once.

    On a route with a КСФ number in its path, the case is a correction of that one.
    """
    services = request.app[SERVICES]
    facts = facts_for(services, sender_of(request))
    corrected = number_in_path(request)
    check_headers(request, JSON)
    limits = services.limits
    body = await read_body(request, limit=limits.body_bytes, seconds=limits.body_seconds)
    prepared = await services.checks.prepare(body, facts, corrected)
    if isinstance(prepared, RefusedCase):
        raise Refused(prepared.findings)
    request[PREPARED] = prepared
    return await handler(request)
