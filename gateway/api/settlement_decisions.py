"""Decisions in settlement: lines, clawbacks, recoveries, disputes, and reconciliation."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from gateway.api import parameters
from gateway.api.answers import answer
from gateway.api.auditing import note
from gateway.api.parameters import Query
from gateway.api.settlement_requests import (
    AFTER,
    DEFAULT_PAGE,
    DISPUTE_ID,
    LIMIT,
    LINE_ID,
    MONTH,
    PHARMACY,
    SETTLEMENT,
    read_list,
    read_request,
    requester_of,
)
from gateway.api.settlement_views import dispute_view, entry_view, reconciliation_view
from gateway.audit.actions import Action, Purpose
from gateway.middleware.context import stepping_out
from gateway.rules.findings import Refused
from gateway.rules.settlement.model import DisputeState
from schemas.errors import ErrorCode
from schemas.settlement.requests import ClawBack, DecideDispute, FileDispute, MarkNotCompensable, Recover, first_day
from schemas.settlement.terms import DisputeStateName

DISPUTE_STATE: Final = parameters.one_of("state", "Only disputes in this state.", tuple(DisputeStateName))
DISPUTE_FILTERS: Final = (PHARMACY, DISPUTE_STATE, AFTER, LIMIT)
LIST_OF: Final = (PHARMACY, MONTH)
"""Whose list it is, and of which month, where the body is CSV."""


async def mark_not_compensable(request: web.Request) -> web.Response:
    """``POST /v1/settlement/lines/{line_id}/not-compensable``: the wrong medicine was dispensed (clause 46)."""
    line_id = LINE_ID.of_path(request)
    order = await read_request(request, MarkNotCompensable)
    judging = request.app[SETTLEMENT].judging
    return answer(entry_view(await judging.mark_not_compensable(line_id, order.source, requester_of(request))))


async def claw_back(request: web.Request) -> web.Response:
    """``POST /v1/settlement/clawbacks``: take compensation back by inspection act (clause 47)."""
    order = await read_request(request, ClawBack)
    return answer(entry_view(await request.app[SETTLEMENT].judging.claw_back(order, requester_of(request))))


async def recover(request: web.Request) -> web.Response:
    """``POST /v1/settlement/recoveries``: the prescriber or the organisation makes good (clause 23)."""
    order = await read_request(request, Recover)
    return answer(entry_view(await request.app[SETTLEMENT].judging.recover(order, requester_of(request))))


async def index_disputes(request: web.Request) -> web.Response:
    """``GET /v1/settlement/disputes``: the disputes of one's pharmacies."""
    query = Query(request, DISPUTE_FILTERS)
    pharmacy, state = query.get(PHARMACY), query.get(DISPUTE_STATE)
    after, limit = query.get(AFTER), query.get(LIMIT) or DEFAULT_PAGE
    query.done()
    await note(request, Action.SETTLEMENT_READ, Purpose.PAYMENT, organisation=pharmacy)
    disputes = await request.app[SETTLEMENT].disputes.found(
        requester_of(request),
        pharmacy=pharmacy,
        state=None if state is None else DisputeState[state.upper()],
        after=after,
        limit=limit,
    )
    page = {
        "items": [dispute_view(dispute) for dispute in disputes],
        "next": disputes[-1].id if len(disputes) == limit else None,
    }
    return answer(page)


async def file_dispute(request: web.Request) -> web.Response:
    """``POST /v1/settlement/disputes``: a written application, within the month of the dispense (clause 48)."""
    application = await read_request(request, FileDispute)
    dispute = await request.app[SETTLEMENT].disputes.file(application, requester_of(request))
    return answer(dispute_view(dispute), status=201)


async def decide_dispute(request: web.Request) -> web.Response:
    """``POST /v1/settlement/disputes/{dispute_id}/decision``: the commission's protocol (clauses 49, 50)."""
    dispute_id = DISPUTE_ID.of_path(request)
    decision = await read_request(request, DecideDispute)
    dispute = await request.app[SETTLEMENT].disputes.decide(dispute_id, decision, requester_of(request))
    return answer(dispute_view(dispute))


async def reconcile(request: web.Request) -> web.Response:
    """``POST /v1/settlement/reconciliations``: compare the pharmacy's list, our journal and the fund's."""
    query = Query(request, LIST_OF)
    pharmacy, month = query.get(PHARMACY), query.get(MONTH)
    query.done()
    order = await read_list(request, pharmacy, month)
    if not requester_of(request).may_see(order.pharmacy):
        raise Refused.because(ErrorCode.ACCESS_DENIED, "$.pharmacy")
    with stepping_out(request):  # the fund takes its time
        found = await request.app[SETTLEMENT].reconciling.reconcile(order.pharmacy, first_day(order.month), order.rows)
    await note(request, Action.SETTLEMENT_READ, Purpose.PAYMENT, organisation=order.pharmacy)
    return answer(reconciliation_view(found))
