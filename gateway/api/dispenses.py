"""``/v1/prescriptions/lookup``, ``/v1/dispenses``, ``/v1/holds``: what a pharmacy does with a prescription."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from aiohttp import web

from gateway.api import parameters
from gateway.api.answers import answer
from gateway.api.auditing import note
from gateway.api.dispense_views import dispense_view, found_view, page_view, quote_view, released_view
from gateway.api.parameters import Parameter, Query
from gateway.audit.actions import Action, Purpose
from gateway.middleware.context import CONTEXT, sender_of
from gateway.middleware.idempotency import KEY, REPLAYED
from gateway.middleware.messages import require_body_as
from gateway.middleware.prescription_validation import requester_of
from gateway.programme.dispensing.records import DispenseFilter, PlaceInList, receipt_key
from gateway.programme.dispensing.sales import Dispensed
from gateway.programme.dispensing.services import DispensingServices
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Refused
from gateway.services import SERVICES, Limits
from schemas.dispensing import DispenseOrder, LookUp, QuoteRequest, ReversalOrder
from schemas.errors import ErrorCode

DISPENSING: Final = web.AppKey("dispensing", DispensingServices)

_DEFAULT_PAGE: Final = 100
_A_MONTH: Final = timedelta(days=31)


def _parse_place(sent: str) -> PlaceInList:
    day, _, identifier = sent.partition(".")
    return PlaceInList(date.fromisoformat(day), UUID(identifier))


DISPENSE_ID: Final = parameters.identifier("dispense_id", "Id of the dispense.", place="path")
HOLD_ID: Final = parameters.identifier("hold_id", "Id of the hold, as the quote told it.", place="path")
PHARMACY: Final = parameters.organisation_code(
    "pharmacy", "Code of the pharmacy; needed where one answers for several."
)
FIRST: Final = parameters.day("from", "First Bishkek day of sale; a month before the last one when left out.")
LAST: Final = parameters.day("to", "Last Bishkek day of sale; today when left out.")
RECORDED_FIRST: Final = parameters.day(
    "recorded_from", "First Bishkek day of recording; with it or `recorded_to`, days of sale are bounded only if named."
)
RECORDED_LAST: Final = parameters.day("recorded_to", "Last Bishkek day of recording.")
MINE: Final = parameters.flag("mine", "Only what the asking client has recorded itself: one till of several.")
RECEIPT: Final = parameters.text("receipt", "Number of the receipt.")
AFTER: Final = Parameter(
    name="after",
    place="query",
    description="The last page's `next`.",
    schema={"type": "string", "maxLength": 47},
    expected="2026-01-03.UUID",
    parse=_parse_place,
)
LIMIT: Final = parameters.integer("limit", "Most items.", least=1, most=Limits().page, default=_DEFAULT_PAGE)
FILTERS: Final = (PHARMACY, FIRST, LAST, RECORDED_FIRST, RECORDED_LAST, MINE, RECEIPT, AFTER, LIMIT)


async def look_up(request: web.Request) -> web.Response:
    """``POST /v1/prescriptions/lookup``: open a prescription by ПИН and number."""
    wanted = await require_body_as(request, LookUp)
    _own(request, wanted.pharmacy)
    found = await request.app[DISPENSING].look_ups.look_up(wanted, requester_of(request).caller)
    language = request[CONTEXT].language
    return answer(found_view(found, language), language=language)


async def quote(request: web.Request) -> web.Response:
    """``POST /v1/dispenses/quote``: what a sale would come to, with a hold if that is wanted."""
    wanted = await require_body_as(request, QuoteRequest)
    _own(request, wanted.pharmacy)
    quoted = await request.app[DISPENSING].quotes.quote(wanted, requester_of(request).caller)
    language = request[CONTEXT].language
    return answer(quote_view(quoted, language), status=201, language=language)


async def release(request: web.Request) -> web.Response:
    """``POST /v1/holds/{hold_id}/release``: let others dispense again."""
    hold = HOLD_ID.of_path(request)
    released = await request.app[DISPENSING].holds.release(
        hold, within=sender_of(request).organisations, caller=requester_of(request).caller
    )
    return answer(released_view(released))


async def dispense(request: web.Request) -> web.Response:
    """``POST /v1/dispenses``: record a sale."""
    order = await require_body_as(request, DispenseOrder)
    _own(request, order.pharmacy)
    return _dispensed(
        request, await request.app[DISPENSING].dispensing.dispense(order, request[KEY], requester_of(request).caller)
    )


async def reverse(request: web.Request) -> web.Response:
    """``POST /v1/dispenses/{dispense_id}/reversal``: take a sale back."""
    taken_back = DISPENSE_ID.of_path(request)
    order = await require_body_as(request, ReversalOrder)
    answered = await request.app[DISPENSING].reversing.reverse(
        taken_back, order, request[KEY], within=sender_of(request).organisations, caller=requester_of(request).caller
    )
    return _dispensed(request, answered)


async def show(request: web.Request) -> web.Response:
    """``GET /v1/dispenses/{dispense_id}``: one dispense or reversal of one's own, as it stands."""
    record = await request.app[DISPENSING].dispensing.find(
        DISPENSE_ID.of_path(request), within=sender_of(request).organisations
    )
    if record is None:
        raise Refused.because(ErrorCode.DISPENSE_NOT_FOUND, "path:dispense_id")
    await note(
        request,
        Action.DISPENSE_READ,
        Purpose.TREATMENT,
        target=str(record.row.id),
        organisation=record.row.pharmacy,
        pin=record.kept.sold.pin,
    )
    language = request[CONTEXT].language
    return answer(dispense_view(record, language), language=language)


async def index(request: web.Request) -> web.Response:
    """``GET /v1/dispenses``: dispenses and reversals of a pharmacy of one's own."""
    services = request.app[DISPENSING]
    query = Query(request, FILTERS)
    pharmacy, first, last = query.get(PHARMACY), query.get(FIRST), query.get(LAST)
    recorded_first, recorded_last = query.get(RECORDED_FIRST), query.get(RECORDED_LAST)
    mine = query.get(MINE) or False
    receipt, after, limit = query.get(RECEIPT), query.get(AFTER), query.get(LIMIT) or _DEFAULT_PAGE
    query.done()
    pharmacy = pharmacy or _only_one(request)
    if recorded_first is None and recorded_last is None:
        last = last or bishkek_day(request.app[SERVICES].clock.now())
        first = first or last - _A_MONTH
    wanted = DispenseFilter(
        pharmacy=pharmacy,
        first=first,
        last=last,
        recorded_first=recorded_first,
        recorded_last=recorded_last,
        recorded_by=sender_of(request).name if mine else None,
        receipt_key=None if receipt is None else receipt_key(services.surroundings.index, pharmacy, receipt),
        after=after,
        limit=limit,
    )
    await note(request, Action.DISPENSES_LISTED, Purpose.TREATMENT, organisation=pharmacy)
    # Another's pharmacy and none at all have nothing to list.
    own = sender_of(request).may_see(pharmacy)
    records = await services.dispensing.list(wanted) if own else ()
    language = request[CONTEXT].language
    return answer(page_view(records, limit, language), language=language)


def _only_one(request: web.Request) -> str:
    """The sender's pharmacy, where it answers for one alone."""
    organisations = sender_of(request).organisations
    if organisations is None or len(organisations) != 1:
        raise Refused((PHARMACY.refusal(),))
    return next(iter(organisations))


def _own(request: web.Request, pharmacy: str) -> None:
    if not sender_of(request).may_see(pharmacy):
        raise Refused.because(ErrorCode.ACCESS_DENIED, "$.pharmacy")


def _dispensed(request: web.Request, answered: Dispensed) -> web.Response:
    services, language = request.app[SERVICES], request[CONTEXT].language
    headers = {"Location": f"/v1/dispenses/{answered.record.row.id}"}
    if answered.repeated:
        services.metrics.repeated()
        headers[REPLAYED] = "true"
    else:
        services.metrics.accepted(sender_of(request).channel)
    return answer(dispense_view(answered.record, language), status=201, language=language, headers=headers)
