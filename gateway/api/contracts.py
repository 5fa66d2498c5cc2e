"""``/v1/contract-applications``, ``/v1/contracts``, ``/v1/contract-claims``: pharmacies' contracts with the fund."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import orjson
from aiohttp import web

from gateway.api import parameters
from gateway.api.access_services import author_of, request_id_of
from gateway.api.answers import answer
from gateway.api.auditing import note
from gateway.api.commands import read_command
from gateway.api.parameters import Query
from gateway.audit.actions import Action, Purpose
from gateway.middleware.context import CONTEXT, sender_of
from gateway.programme.contracts.applications import ApplicationDesk, FiledApplication
from gateway.programme.contracts.office import ContractOffice
from gateway.programme.contracts.records import StoredClaim, StoredContract
from gateway.rules.contracts import ApplicationState, ContractState
from gateway.rules.findings import Refused
from gateway.services import Limits
from schemas.contracts import (
    ApplicationDecision,
    ApplicationStateName,
    ContractApplication,
    ContractStateName,
    FileClaimCommand,
    SettleClaimCommand,
    TerminateContractCommand,
)
from schemas.errors import ErrorCode

APPLICATIONS: Final = web.AppKey("applications", ApplicationDesk)
CONTRACTS: Final = web.AppKey("contracts", ContractOffice)

_DEFAULT_PAGE: Final = 100

APPLICATION_ID: Final = parameters.identifier("application_id", "Id of the application.", place="path")
CONTRACT_ID: Final = parameters.identifier("contract_id", "Id of the contract.", place="path")
CLAIM_ID: Final = parameters.identifier("claim_id", "Id of the claim.", place="path")
STATE: Final = parameters.one_of("state", "Only applications in this state.", tuple(ApplicationStateName))
OVERDUE: Final = parameters.flag("overdue", "Whether only those are shown that should be decided by now.")
PHARMACY: Final = parameters.organisation_code("pharmacy", "Code of the pharmacy; all of one's own when left out.")
AFTER: Final = parameters.identifier("after", "The last page's `next`.", place="query")
LIMIT: Final = parameters.integer("limit", "Most items.", least=1, most=Limits().page, default=_DEFAULT_PAGE)
APPLICATION_FILTERS: Final = (STATE, OVERDUE, AFTER, LIMIT)
CONTRACT_FILTERS: Final = (PHARMACY, AFTER, LIMIT)


async def file_application(request: web.Request) -> web.Response:
    """``POST /v1/contract-applications``: a pharmacy applies for a contract."""
    desk = request.app[APPLICATIONS]
    form = await read_command(request, ContractApplication)
    filed = await desk.file(
        form, by=author_of(request), within=sender_of(request).organisations, request_id=request_id_of(request)
    )
    return answer(application_view(filed, desk.today()), status=201)


async def list_applications(request: web.Request) -> web.Response:
    """``GET /v1/contract-applications``: one's own, or all of them for the fund."""
    desk = request.app[APPLICATIONS]
    query = Query(request, APPLICATION_FILTERS)
    state, overdue = query.get(STATE), query.get(OVERDUE) or False
    after, limit = query.get(AFTER), query.get(LIMIT) or _DEFAULT_PAGE
    query.done()
    # A form names the pharmacy's head and chief accountant.
    await note(request, Action.CONTRACT_APPLICATIONS_LISTED, Purpose.PAYMENT)
    found = await desk.applications(
        within=sender_of(request).organisations,
        state=None if state is None else ApplicationState[state.upper()],
        overdue=overdue,
        after=after,
        limit=limit,
    )
    page = {
        "items": [application_view(filed, desk.today()) for filed in found],
        "next": found[-1].stored.id if len(found) == limit else None,
    }
    return answer(page)


async def decide_application(request: web.Request) -> web.Response:
    """``POST /v1/contract-applications/{application_id}/decision``: conclude a contract, or refuse."""
    desk = request.app[APPLICATIONS]
    application_id = APPLICATION_ID.of_path(request)
    decision = await read_command(request, ApplicationDecision)
    decided = await desk.decide(application_id, decision, by=author_of(request), request_id=request_id_of(request))
    language = request[CONTEXT].language
    body = {
        "application": application_view(decided.application, desk.today()),
        "contract": None if decided.contract is None else _contract_view(request, decided.contract),
        "findings": [finding.as_json(language) for finding in decided.findings],
    }
    return answer(body, language=language)


async def list_contracts(request: web.Request) -> web.Response:
    """``GET /v1/contracts``: one's own, or all of them for the fund."""
    sender = sender_of(request)
    query = Query(request, CONTRACT_FILTERS)
    pharmacy, after, limit = query.get(PHARMACY), query.get(AFTER), query.get(LIMIT) or _DEFAULT_PAGE
    query.done()
    if pharmacy is not None and not sender.may_see(pharmacy):
        raise Refused.because(ErrorCode.ACCESS_DENIED, "query:pharmacy")
    found = await request.app[CONTRACTS].contracts(
        within=sender.organisations, pharmacy=pharmacy, after=after, limit=limit
    )
    page = {
        "items": [_contract_view(request, contract) for contract in found],
        "next": found[-1].id if len(found) == limit else None,
    }
    return answer(page)


async def prolong(request: web.Request) -> web.Response:
    """``POST /v1/contracts/{contract_id}/prolongation``: another year."""
    contract_id = CONTRACT_ID.of_path(request)
    contract = await request.app[CONTRACTS].prolong(
        contract_id, by=author_of(request), request_id=request_id_of(request)
    )
    return answer(_contract_view(request, contract))


async def terminate(request: web.Request) -> web.Response:
    """``POST /v1/contracts/{contract_id}/termination``: end it before its time."""
    contract_id = CONTRACT_ID.of_path(request)
    command = await read_command(request, TerminateContractCommand)
    contract = await request.app[CONTRACTS].terminate(
        contract_id, command, by=author_of(request), request_id=request_id_of(request)
    )
    return answer(_contract_view(request, contract))


async def file_claim(request: web.Request) -> web.Response:
    """``POST /v1/contracts/{contract_id}/claims``: a claim of one party against the other."""
    contract_id = CONTRACT_ID.of_path(request)
    command = await read_command(request, FileClaimCommand)
    contract = await request.app[CONTRACTS].file_claim(
        contract_id, command, by=author_of(request), request_id=request_id_of(request)
    )
    return answer(_contract_view(request, contract), status=201)


async def settle_claim(request: web.Request) -> web.Response:
    """``POST /v1/contract-claims/{claim_id}/settlement``: how a claim ended."""
    claim_id = CLAIM_ID.of_path(request)
    command = await read_command(request, SettleClaimCommand)
    contract = await request.app[CONTRACTS].settle_claim(
        claim_id, command, by=author_of(request), request_id=request_id_of(request)
    )
    return answer(_contract_view(request, contract))


def application_view(filed: FiledApplication, today: date) -> dict[str, Any]:
    """``ApplicationView``."""
    stored = filed.stored
    return {
        "id": stored.id,
        "state": ApplicationStateName[stored.state.name],
        "application": orjson.Fragment(filed.form.model_dump_json()),
        "filed_at": stored.filed_at,
        "due_on": stored.due_on,
        "overdue": stored.overdue(today),
        "decided_at": stored.decided_at,
        "reasons": stored.reasons,
    }


def contract_view(contract: StoredContract, claims: list[dict[str, Any]], today: date) -> dict[str, Any]:
    """``ContractView``."""
    days = contract.days
    state: ContractState = days.state(today)
    return {
        "id": contract.id,
        "number": contract.number,
        "application": contract.application,
        "pharmacy": contract.pharmacy,
        "state": ContractStateName[state.name],
        "in_force": days.covers(today),
        "concluded_on": contract.concluded_on,
        "starts_on": days.starts_on,
        "ends_on": days.ends_on,
        "prolongations": days.prolongations,
        "terminated_from": days.terminated_from,
        "termination_reason": contract.termination_reason,
        "report_deadline_days": contract.report_deadline_days,
        "tax_source": contract.tax_source,
        "tax_reference": contract.tax_reference,
        "claims": claims,
    }


def _contract_view(request: web.Request, contract: StoredContract) -> dict[str, Any]:
    office = request.app[CONTRACTS]
    claims = [_claim_view(office, claim) for claim in contract.claims]
    return contract_view(contract, claims, office.today())


def _claim_view(office: ContractOffice, claim: StoredClaim) -> dict[str, Any]:
    text = office.claim_text(claim)
    return {
        "id": claim.id,
        "party": claim.party,
        "substance": text.substance,
        "filed_at": claim.filed_at,
        "settlement": text.settlement,
        "settled_at": claim.settled_at,
    }
