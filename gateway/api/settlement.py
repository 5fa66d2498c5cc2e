"""``/v1/settlement/reports`` and ``/v1/settlement/acts``: from a month's dispenses to the fund's payment."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from gateway.api import parameters
from gateway.api.answers import answer
from gateway.api.auditing import note
from gateway.api.parameters import Query
from gateway.api.settlement_requests import (
    ACT_ID,
    AFTER,
    DEFAULT_PAGE,
    LIMIT,
    MONTH,
    PHARMACY,
    REPORT_ID,
    SETTLEMENT,
    person_of,
    read_request,
    requester_of,
)
from gateway.api.settlement_views import act_view, report_detail, report_view
from gateway.audit.actions import Action, Purpose
from gateway.middleware.context import CONTEXT, stepping_out
from gateway.programme.settlement.reading import ActWithEntries
from gateway.programme.settlement.records import Act
from gateway.rules.settlement.model import ReportState
from schemas.settlement.requests import FormReport, PayAct, SignAct, first_day
from schemas.settlement.terms import ReportStateName

STATE: Final = parameters.one_of("state", "Only reports in this state.", tuple(ReportStateName))
FILTERS: Final = (PHARMACY, MONTH, STATE, AFTER, LIMIT)
LINE_FILTERS: Final = (AFTER, LIMIT)


async def index(request: web.Request) -> web.Response:
    """``GET /v1/settlement/reports``: the reports of one's pharmacies."""
    query = Query(request, FILTERS)
    pharmacy, month, state = query.get(PHARMACY), query.get(MONTH), query.get(STATE)
    after, limit = query.get(AFTER), query.get(LIMIT) or DEFAULT_PAGE
    query.done()
    await note(request, Action.SETTLEMENT_READ, Purpose.PAYMENT, organisation=pharmacy)
    reports = await request.app[SETTLEMENT].reading.reports(
        requester_of(request),
        pharmacy=pharmacy,
        month=None if month is None else first_day(month),
        state=None if state is None else ReportState[state.upper().replace("-", "_")],
        after=after,
        limit=limit,
    )
    language = request[CONTEXT].language
    page = {
        "items": [report_view(report, language) for report in reports],
        "next": reports[-1].id if len(reports) == limit else None,
    }
    return answer(page, language=language)


async def show(request: web.Request) -> web.Response:
    """``GET /v1/settlement/reports/{report_id}``: a report with a page of its lines."""
    query = Query(request, LINE_FILTERS)
    after, limit = query.get(AFTER), query.get(LIMIT) or DEFAULT_PAGE
    query.done()
    report_id = REPORT_ID.of_path(request)
    found = await request.app[SETTLEMENT].reading.page(report_id, requester_of(request), after=after, limit=limit)
    await note(
        request,
        Action.SETTLEMENT_READ,
        Purpose.PAYMENT,
        target=str(report_id),
        organisation=found.report.pharmacy,
    )
    language = request[CONTEXT].language
    return answer(report_detail(found, limit, language), language=language)


async def form(request: web.Request) -> web.Response:
    """``POST /v1/settlement/reports``: form a report now, or go on with it."""
    order = await read_request(request, FormReport)
    with stepping_out(request):  # a large pharmacy's month takes its seconds
        report = await request.app[SETTLEMENT].forming.form(
            order.pharmacy, first_day(order.month), requester_of(request)
        )
    language = request[CONTEXT].language
    headers = {"Location": f"/v1/settlement/reports/{report.id}"}
    return answer(report_view(report, language), language=language, headers=headers)


async def submit(request: web.Request) -> web.Response:
    """``POST /v1/settlement/reports/{report_id}/submission``: hand a formed report in (clause 51)."""
    report = await request.app[SETTLEMENT].acts.submit(REPORT_ID.of_path(request), requester_of(request))
    language = request[CONTEXT].language
    return answer(report_view(report, language), language=language)


async def draw(request: web.Request) -> web.Response:
    """``POST /v1/settlement/reports/{report_id}/act``: draw the act on a submitted report."""
    act = await request.app[SETTLEMENT].acts.draw(REPORT_ID.of_path(request), requester_of(request))
    return await _act(request, act, headers={"Location": f"/v1/settlement/acts/{act.id}"})


async def show_act(request: web.Request) -> web.Response:
    """``GET /v1/settlement/acts/{act_id}``."""
    act_id = ACT_ID.of_path(request)
    found = await request.app[SETTLEMENT].reading.act(act_id, requester_of(request))
    pharmacy = found.act.report.pharmacy
    await note(request, Action.SETTLEMENT_READ, Purpose.PAYMENT, target=str(act_id), organisation=pharmacy)
    return answer(act_view(found))


async def sign(request: web.Request) -> web.Response:
    """``POST /v1/settlement/acts/{act_id}/signatures``: sign as the pharmacy's head or its chief accountant."""
    act_id = ACT_ID.of_path(request)
    person = person_of(request)
    order = await read_request(request, SignAct)
    act = await request.app[SETTLEMENT].acts.sign(
        act_id, order.role, bytes.fromhex(order.digest), person, requester_of(request)
    )
    return await _act(request, act)


async def pay(request: web.Request) -> web.Response:
    """``POST /v1/settlement/acts/{act_id}/payment``: the fund has paid."""
    act_id = ACT_ID.of_path(request)
    order = await read_request(request, PayAct)
    return await _act(request, await request.app[SETTLEMENT].acts.pay(act_id, order.reference, requester_of(request)))


async def _act(request: web.Request, act: Act, headers: dict[str, str] | None = None) -> web.Response:
    found = await request.app[SETTLEMENT].reading.act(act.id, requester_of(request))
    return answer(act_view(ActWithEntries(act, found.entries)), headers=headers)
