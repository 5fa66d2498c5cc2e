"""``/v1/operations``: what became of what was accepted, and the decisions of operators."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final
from uuid import UUID

from aiohttp import web

from gateway.api import parameters
from gateway.api.answers import answer
from gateway.api.auditing import note
from gateway.api.commands import read_command
from gateway.api.parameters import Query
from gateway.api.views import STATES, operation_detail, operation_view
from gateway.audit.actions import Action, Purpose
from gateway.middleware.context import CONTEXT, sender_of
from gateway.operations.journal import Journal
from gateway.operations.model import AttemptRecord, OperationFilter, OperationRecord
from gateway.rules.findings import Refused
from gateway.services import SERVICES, Limits, Sender
from schemas.api import ReasonedCommand, ResolveCommand
from schemas.errors import ErrorCode

DEFAULT_PAGE: Final = 100

OPERATION_ID: Final = parameters.identifier("operation_id", "Id of the operation.", place="path")
BUSINESS_KEY: Final = parameters.text(
    "business_key", "What the upstream knows it by: the КСФ number of a treated case."
)
STATE: Final = parameters.states("state", "One or more states, with commas between.")
ORGANISATION: Final = parameters.text(
    "organisation", "Code of the organisation; a sender for several organisations, but not all, has to name one."
)
ACCEPTED_FROM: Final = parameters.instant("accepted_from", "Accepted at or after this instant.")
ACCEPTED_BEFORE: Final = parameters.instant("accepted_before", "Accepted before this instant.")
AFTER: Final = parameters.identifier("after", "The last page's `next`.", place="query")
LIMIT: Final = parameters.integer("limit", "Most items.", least=1, most=Limits().page, default=DEFAULT_PAGE)
FILTERS: Final = (BUSINESS_KEY, STATE, ORGANISATION, ACCEPTED_FROM, ACCEPTED_BEFORE, AFTER, LIMIT)


async def show(request: web.Request) -> web.Response:
    """``GET /v1/operations/{operation_id}``: one operation with its attempts."""
    services = request.app[SERVICES]
    operation_id = OPERATION_ID.of_path(request)
    sender = sender_of(request)
    operation, attempts = await services.reads.run(
        sender.name, ("operation", operation_id), partial(_with_attempts, services.journal, operation_id)
    )
    if operation is None or not sender.may_see(operation.organisation):
        raise Refused.because(ErrorCode.OPERATION_NOT_FOUND, "path:operation_id")
    language = request[CONTEXT].language
    return answer(operation_detail(operation, attempts, language), language=language)


async def _with_attempts(
    journal: Journal, operation_id: UUID
) -> tuple[OperationRecord | None, Sequence[AttemptRecord]]:
    operation = await journal.operation(operation_id)
    return operation, () if operation is None else await journal.attempts(operation_id)


async def index(request: web.Request) -> web.Response:
    """``GET /v1/operations``: operations by business key, state, organisation and time, page by page."""
    services = request.app[SERVICES]
    wanted = _filter(request, sender_of(request))
    found = await services.journal.operations(wanted)
    language = request[CONTEXT].language
    page = {
        "items": [operation_view(operation, language) for operation in found],
        "next": found[-1].id if len(found) == wanted.limit else None,
    }
    return answer(page, language=language)


async def retry(request: web.Request) -> web.Response:
    """``POST /v1/operations/{operation_id}/retry``: take it up again."""
    journal = request.app[SERVICES].journal
    return await _decide(request, journal.retry, Action.OPERATION_RETRIED)


async def park(request: web.Request) -> web.Response:
    """``POST /v1/operations/{operation_id}/park``: put it aside for a person."""
    journal = request.app[SERVICES].journal
    return await _decide(request, journal.park, Action.OPERATION_PARKED)


async def resolve(request: web.Request) -> web.Response:
    """``POST /v1/operations/{operation_id}/resolve``: end it by hand, by evidence."""
    operator = sender_of(request)
    operation_id = OPERATION_ID.of_path(request)
    command = await read_command(request, ResolveCommand)
    if command.state == "delivered" and command.record_number is None:
        raise Refused.because(ErrorCode.SCHEMA_REQUIRED, "$.record_number")
    operation = await request.app[SERVICES].journal.resolve(
        operation_id,
        by=operator.name,
        reason=command.reason,
        state=STATES[command.state],
        record_number=command.record_number,
    )
    await _note(request, operation, Action.OPERATION_RESOLVED)
    return _standing(request, operation)


async def _decide(
    request: web.Request, decision: Callable[..., Awaitable[OperationRecord]], action: Action
) -> web.Response:
    operator = sender_of(request)
    operation_id: UUID = OPERATION_ID.of_path(request)
    command = await read_command(request, ReasonedCommand)
    operation = await decision(operation_id, by=operator.name, reason=command.reason)
    await _note(request, operation, action)
    return _standing(request, operation)


async def _note(request: web.Request, operation: OperationRecord, action: Action) -> None:
    request.app[SERVICES].reads.part(sender_of(request).name)
    await note(request, action, Purpose.ADMINISTRATION, target=str(operation.id), organisation=operation.organisation)


def _standing(request: web.Request, operation: OperationRecord) -> web.Response:
    language = request[CONTEXT].language
    return answer(operation_view(operation, language), language=language)


def _filter(request: web.Request, sender: Sender) -> OperationFilter:
    query = Query(request, FILTERS)
    wanted = OperationFilter(
        business_key=query.get(BUSINESS_KEY),
        states=query.get(STATE) or (),
        organisation=query.get(ORGANISATION),
        accepted_from=query.get(ACCEPTED_FROM),
        accepted_before=query.get(ACCEPTED_BEFORE),
        after=query.get(AFTER),
        limit=query.get(LIMIT) or DEFAULT_PAGE,
    )
    query.done()
    if wanted.organisation is None and sender.organisations is not None:
        return _own_organisation(wanted, sender.organisations)
    if wanted.organisation is not None and not sender.may_see(wanted.organisation):
        raise Refused.because(ErrorCode.ACCESS_DENIED, "query:organisation")
    return wanted


def _own_organisation(wanted: OperationFilter, organisations: frozenset[str]) -> OperationFilter:
    """The filter bound to the sender's one organisation; a sender for several has to name which."""
    if len(organisations) != 1:
        raise Refused((ORGANISATION.refusal(),))
    return replace(wanted, organisation=next(iter(organisations)))
