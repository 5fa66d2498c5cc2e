"""``/v1/prescriptions``: subsidised prescriptions («жеңилдетилген рецепт»), issued, read, cancelled and printed."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from gateway.api.answers import answer
from gateway.api.auditing import note
from gateway.api.parameters import Query, flag, identifier, one_of
from gateway.api.prescription_views import broken_view, check_view, issued_view, prescription_view
from gateway.audit.actions import Action, Purpose
from gateway.documents.contents import Sheet
from gateway.middleware.context import CONTEXT, sender_of, stepping_out
from gateway.middleware.idempotency import KEY, REPLAYED
from gateway.middleware.messages import read_body_as, require_body_as
from gateway.middleware.prescription_validation import (
    ISSUED_BEFORE,
    PRESCRIPTIONS,
    SOUND_ORDER,
    requester_of,
)
from gateway.programme.common import Opened
from gateway.rules.days import bishkek_day
from gateway.services import SERVICES
from schemas.errors import Language
from schemas.prescriptions import Cancellation, PrescriptionOrder

PRESCRIPTION_ID: Final = identifier("prescription_id", "The prescription's id.", place="path")
LANGUAGE: Final = one_of("language", "Language of the sheet.", (Language.KY, Language.RU), default=Language.KY)
REQUESTED: Final = flag("requested_by_patient", "The patient asks for it on paper now (clause 15).")
PDF: Final = "application/pdf"


async def issue(request: web.Request) -> web.Response:
    """``POST /v1/prescriptions``: issue a prescription; number, course dose and last day are formed here."""
    issued = request.get(ISSUED_BEFORE)
    if issued is None:
        issued = await request.app[PRESCRIPTIONS].issue(request[SOUND_ORDER], requester_of(request), request[KEY])
    services, language = request.app[SERVICES], request[CONTEXT].language
    headers = {"Location": f"/v1/prescriptions/{issued.id}"}
    if issued.repeated:
        services.metrics.repeated()
        headers[REPLAYED] = "true"
    else:
        services.metrics.accepted(sender_of(request).channel)
    return answer(issued_view(issued, language), status=201, language=language, headers=headers)


async def check(request: web.Request) -> web.Response:
    """``POST /v1/prescriptions/check``: what would be said of an order."""
    language = request[CONTEXT].language
    order = await read_body_as(request, PrescriptionOrder)
    if isinstance(order, tuple):
        return answer(broken_view(order, language), language=language)
    with stepping_out(request):  # the insurer may take its time
        judged = await request.app[PRESCRIPTIONS].judge(order, requester_of(request))
    return answer(check_view(judged, language), language=language)


async def show(request: web.Request) -> web.Response:
    """``GET /v1/prescriptions/{prescription_id}``: a prescription of one's own organisation as it stands."""
    found = await request.app[PRESCRIPTIONS].find(PRESCRIPTION_ID.of_path(request), requester_of(request))
    await note(
        request,
        Action.PRESCRIPTION_READ,
        Purpose.TREATMENT,
        target=str(found.row.id),
        organisation=found.row.organisation,
        pin=found.kept.message.order.patient.pin,
    )
    return _view(request, found)


async def cancel(request: web.Request) -> web.Response:
    """``POST /v1/prescriptions/{prescription_id}/cancellation``: take it back while nothing of it is dispensed."""
    prescription = PRESCRIPTION_ID.of_path(request)
    cancellation = await require_body_as(request, Cancellation)
    cancelled = await request.app[PRESCRIPTIONS].cancel(prescription, cancellation.reason, requester_of(request))
    if not cancelled.repeated:
        request.app[SERVICES].metrics.accepted(sender_of(request).channel)
    return _view(request, cancelled.found)


async def sheet(request: web.Request) -> web.Response:
    """``GET /v1/prescriptions/{prescription_id}/sheet``: on paper, at the patient's demand (clause 15)."""
    prescription = PRESCRIPTION_ID.of_path(request)
    query = Query(request, SHEET_PARAMETERS)
    language, requested = query.get(LANGUAGE), query.get(REQUESTED)
    query.done()
    printed = await request.app[PRESCRIPTIONS].print_sheet(
        prescription, requester_of(request), requested=bool(requested)
    )
    organisation = request.app[SERVICES].register.find(printed.message.order.organisation)
    drawn = Sheet(
        message=printed.message,
        organisation_name=None if organisation is None else organisation.name,
        language=Language(language or Language.KY),
        is_copy=printed.is_copy,
    )
    # Drawing takes some tens of milliseconds, for which nobody else shall wait.
    document = await asyncio.to_thread(_drawn, drawn)
    headers = {"Content-Disposition": f'inline; filename="{prescription}.pdf"', "Content-Language": drawn.language}
    return web.Response(body=document, content_type=PDF, headers=headers)


SHEET_PARAMETERS: Final = (LANGUAGE, REQUESTED)


def _drawn(printed: Sheet) -> bytes:
    from gateway.documents.sheet import draw_sheet  # noqa: PLC0415 - slow to import, needed for paper only

    return draw_sheet(printed)


def _view(request: web.Request, found: Opened) -> web.Response:
    now, language = request.app[SERVICES].clock.now(), request[CONTEXT].language
    return answer(prescription_view(found, now, bishkek_day(now), language), language=language)
