"""``/v1/treated-cases``: accepting, correcting and reading treated cases («пролеченный случай», form 066/у)."""

from __future__ import annotations

from functools import partial

import orjson
from aiohttp import web

from gateway.api.answers import answer
from gateway.api.auditing import note
from gateway.api.views import case_view, operation_view
from gateway.api.waiting import preferred_wait, unless_draining
from gateway.audit.actions import Action, Purpose
from gateway.middleware.context import CONTEXT, sender_of, stepping_out
from gateway.middleware.idempotency import KEY, REPLAYED
from gateway.middleware.validation import NUMBER_PATH, PREPARED, number_in_path
from gateway.operations.model import Acceptance, CaseSubmission
from gateway.rules.findings import Refused
from gateway.services import SERVICES, Sender, Services
from schemas.errors import ErrorCode


async def submit(request: web.Request) -> web.Response:
    """``POST /v1/treated-cases``: accept a case durably; its number is the sender's own or formed here."""
    return await _accept(request, correction_of=None)


async def correct(request: web.Request) -> web.Response:
    """``PUT /v1/treated-cases/{ksf_number}``: the next revision of a case, under the same number."""
    return await _accept(request, correction_of=number_in_path(request))


async def show(request: web.Request) -> web.Response:
    """``GET /v1/treated-cases/{ksf_number}``: the newest revision and how it stands at the fund."""
    services = request.app[SERVICES]
    number = number_in_path(request)
    assert number is not None
    sender = sender_of(request)
    case = await services.reads.run(sender.name, ("case", number), partial(services.journal.case, number))
    if case is None or not sender.may_see(case.organisation):
        raise Refused.because(ErrorCode.CASE_NOT_FOUND, NUMBER_PATH)
    await note(
        request,
        Action.CASE_READ,
        Purpose.PAYMENT,
        target=number,
        organisation=case.organisation,
        pin=orjson.loads(case.payload)["patient"].get("pin"),
    )
    language = request[CONTEXT].language
    return answer(case_view(case, language), language=language)


async def _accept(request: web.Request, *, correction_of: str | None) -> web.Response:
    services = request.app[SERVICES]
    sender = sender_of(request)
    submission = _submission(request, sender, correction_of)
    acceptance = await services.journal.submit_case(submission)
    services.reads.part(sender.name)
    if acceptance.repeated:
        services.metrics.repeated()
    else:
        services.metrics.accepted(sender.channel)
    prefer = request.headers.get("Prefer")
    if prefer is None:
        return _accepted(request, acceptance, status=202, headers={})
    return await _waited(request, services, acceptance, preferred_wait(prefer, services.limits.wait_seconds))


def _submission(request: web.Request, sender: Sender, correction_of: str | None) -> CaseSubmission:
    case, correlation = request[PREPARED], request[CONTEXT].correlation
    return CaseSubmission(
        client=sender.name,
        idempotency_key=request[KEY],
        channel=sender.channel,
        organisation=case.organisation,
        department=case.department,
        discharge_year=case.discharge_year,
        ksf_number=case.ksf_number,
        correction_of=correction_of,
        stay_key=case.stay_key,
        fingerprint=case.fingerprint,
        payload=case.payload,
        pilot=case.pilot,
        findings=case.remarks,
        traceparent=correlation.traceparent,
        subject=None if case.pin is None else request.app[SERVICES].index.of("pin", case.pin),
        actor_kind=sender.kind,
        request_id=correlation.request_id,
    )


async def _waited(request: web.Request, services: Services, acceptance: Acceptance, seconds: int) -> web.Response:
    """The final result if it comes within ``seconds``, else the acceptance."""
    if seconds == 0:
        return _accepted(request, acceptance, status=202, headers={})
    operation = acceptance.operation
    if not operation.state.is_final:
        wait = services.journal.wait_for_end(operation.id, seconds)
        with stepping_out(request):
            ended = await unless_draining(services.lifecycle, wait)
        operation = ended or operation
    return _accepted(
        request,
        Acceptance(operation, acceptance.repeated),
        status=200 if operation.state.is_final else 202,
        headers={"Preference-Applied": f"wait={seconds}"},
    )


def _accepted(request: web.Request, acceptance: Acceptance, *, status: int, headers: dict[str, str]) -> web.Response:
    operation = acceptance.operation
    language = request[CONTEXT].language
    headers["Location"] = f"/v1/operations/{operation.id}"
    if acceptance.repeated:
        headers[REPLAYED] = "true"
    body = {
        "ksf_number": operation.business_key,
        "revision": operation.revision,
        "operation": operation_view(operation, language),
    }
    return answer(body, status=status, language=language, headers=headers)
