"""What handlers of settlement are given, and reading what they are asked."""

from __future__ import annotations

import re
from typing import Final, TypeVar
from uuid import UUID

from aiohttp import web

from gateway.access.principal import PrincipalKind
from gateway.api import parameters
from gateway.middleware.body import JSON, check_headers, read_body
from gateway.middleware.context import CONTEXT, sender_of
from gateway.middleware.messages import require_body_as
from gateway.programme.settlement.listing import read_listing
from gateway.programme.settlement.ports import Requester
from gateway.programme.settlement.service import Settlement
from gateway.rules.findings import Finding, Refused
from gateway.services import SERVICES, Limits
from schemas.base import Contract
from schemas.errors import ErrorCode
from schemas.settlement.requests import MONTH_PATTERN, Reconcile

SETTLEMENT: Final = web.AppKey("settlement", Settlement)

CSV: Final = "text/csv"
DEFAULT_PAGE: Final = 100
_LONGEST_COMMAND: Final = 64 * 1024
_LONGEST_LIST: Final = 8 * 1024 * 1024
"""A pharmacy's own list of a month: tens of thousands of rows."""


def _parse_month(sent: str) -> str:
    if re.fullmatch(MONTH_PATTERN, sent) is None:
        raise ValueError("month")
    return sent


REPORT_ID: Final = parameters.identifier("report_id", "Id of the report.", place="path")
ACT_ID: Final = parameters.identifier("act_id", "Id of the act.", place="path")
LINE_ID: Final = parameters.identifier("line_id", "Id of the line's dispense.", place="path")
DISPUTE_ID: Final = parameters.identifier("dispute_id", "Id of the dispute.", place="path")
PHARMACY: Final = parameters.organisation_code("pharmacy", "Code of the pharmacy; all of one's own when left out.")
MONTH: Final = parameters.Parameter(
    name="month",
    place="query",
    description="A month in Bishkek.",
    schema={"type": "string", "pattern": MONTH_PATTERN, "examples": ["2026-01"]},
    expected="2026-01",
    parse=_parse_month,
)
AFTER: Final = parameters.identifier("after", "The last page's `next`.", place="query")
LIMIT: Final = parameters.integer("limit", "Most items.", least=1, most=Limits().page, default=DEFAULT_PAGE)

Message = TypeVar("Message", bound=Contract)


def requester_of(request: web.Request) -> Requester:
    """Who asks, and whose settlement is its own."""
    sender = sender_of(request)
    return Requester(
        name=sender.name,
        kind=sender.kind,
        within=sender.organisations,
        request_id=request[CONTEXT].correlation.request_id,
    )


def person_of(request: web.Request) -> UUID:
    """The person who asks; raises ``Refused`` (ACT_SIGNATURE_ROLE) for a machine: it has no hand to sign with."""
    sender = sender_of(request)
    if sender.kind is not PrincipalKind.PERSON:
        raise Refused.because(ErrorCode.ACT_SIGNATURE_ROLE)
    return UUID(sender.name)


async def read_request(request: web.Request, model: type[Message]) -> Message:
    """A command in the body; raises ``Refused`` with all that is wrong with it."""
    return await require_body_as(request, model, limit=_LONGEST_COMMAND)


async def read_list(request: web.Request, pharmacy: str | None, month: str | None) -> Reconcile:
    """A pharmacy's own list: JSON that says all, or CSV with pharmacy and month beside it. Raises ``Refused``."""
    if check_headers(request, JSON, CSV) == JSON:
        return await require_body_as(request, Reconcile, limit=_LONGEST_LIST)
    if pharmacy is None or month is None:
        missing = PHARMACY if pharmacy is None else MONTH
        raise Refused((missing.refusal(),))
    seconds = request.app[SERVICES].limits.body_seconds
    rows = read_listing(await read_body(request, limit=_LONGEST_LIST, seconds=seconds))
    if findings := [row for row in rows if isinstance(row, Finding)]:
        raise Refused(findings)
    return Reconcile.model_validate({"pharmacy": pharmacy, "month": month, "rows": rows})
