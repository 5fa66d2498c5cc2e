"""The routes of pharmacies' contracts with the fund, for the table of routes."""

from __future__ import annotations

from typing import Final

from gateway.api import contracts
from gateway.api.contract import BODY_ERRORS, SCHEMA_ERRORS, Reply, Route
from schemas.contracts import (
    ApplicationDecision,
    ApplicationPage,
    ApplicationView,
    ContractApplication,
    ContractPage,
    ContractView,
    DecidedApplication,
    FileClaimCommand,
    SettleClaimCommand,
    TerminateContractCommand,
)
from schemas.errors import ErrorCode

_TAG: Final = "Pharmacy contracts"
_STORE: Final = (ErrorCode.STORE_UNAVAILABLE,)
_LISTED: Final = (ErrorCode.REQUEST_PARAMETER, *_STORE)
_COMMAND: Final = (*BODY_ERRORS, *SCHEMA_ERRORS, *_STORE)
_OF_CONTRACT: Final = (ErrorCode.CONTRACT_NOT_FOUND, ErrorCode.REQUEST_PARAMETER)

CONTRACT_ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/contract-applications",
        handler=contracts.file_application,
        name="fileContractApplication",
        tag=_TAG,
        summary="Apply for a contract",
        description="The pharmacy's own application in the fund's form. The fund decides within three calendar days.",
        body=ContractApplication,
        replies=(Reply(201, "It is filed.", ApplicationView),),
        errors=(
            *_COMMAND,
            ErrorCode.APPLICATION_INCOMPLETE,
            ErrorCode.APPLICATION_STATE,
            ErrorCode.PHARMACY_LICENCE,
            ErrorCode.INN_FORMAT,
            ErrorCode.INN_DATE,
        ),
    ),
    Route(
        method="GET",
        path="/v1/contract-applications",
        handler=contracts.list_applications,
        name="listContractApplications",
        tag=_TAG,
        summary="List applications",
        description="A pharmacy's own, or all for the fund; with `overdue` those that should be decided by now.",
        parameters=contracts.APPLICATION_FILTERS,
        replies=(Reply(200, "Applications in the order they were filed.", ApplicationPage),),
        errors=_LISTED,
    ),
    Route(
        method="POST",
        path="/v1/contract-applications/{application_id}/decision",
        handler=contracts.decide_application,
        name="decideContractApplication",
        tag=_TAG,
        summary="Decide on an application",
        description=(
            "Either `contract` with the `tax_check` of today, or `refusal` with reasons. A contract lasts a year. A "
            "refusal after the third day is recorded with the warning REFUSAL_LATE."
        ),
        parameters=(contracts.APPLICATION_ID,),
        body=ApplicationDecision,
        replies=(Reply(200, "The decision.", DecidedApplication),),
        errors=(
            *_COMMAND,
            ErrorCode.REQUEST_PARAMETER,
            ErrorCode.APPLICATION_NOT_FOUND,
            ErrorCode.APPLICATION_STATE,
            ErrorCode.PHARMACY_LICENCE,
            ErrorCode.TAX_CHECK_REQUIRED,
            ErrorCode.TAX_DEBT,
            ErrorCode.REFUSAL_REASON_REQUIRED,
            ErrorCode.CONTRACT_NUMBER,
            ErrorCode.CONTRACT_DATES,
            ErrorCode.CONTRACT_OVERLAP,
        ),
    ),
    Route(
        method="GET",
        path="/v1/contracts",
        handler=contracts.list_contracts,
        name="listContracts",
        tag=_TAG,
        summary="List contracts",
        description="A pharmacy's own, or all for the fund, with what the parties claim of each other.",
        parameters=contracts.CONTRACT_FILTERS,
        replies=(Reply(200, "Contracts in the order they were concluded.", ContractPage),),
        errors=_LISTED,
    ),
    Route(
        method="POST",
        path="/v1/contracts/{contract_id}/prolongation",
        handler=contracts.prolong,
        name="prolongContract",
        tag=_TAG,
        summary="Prolong a contract",
        description="By a year, in its last year, while no claim is open.",
        parameters=(contracts.CONTRACT_ID,),
        replies=(Reply(200, "The contract as it stands now.", ContractView),),
        errors=(
            *_OF_CONTRACT,
            *_STORE,
            ErrorCode.CONTRACT_STATE,
            ErrorCode.CONTRACT_CLAIMS_OPEN,
            ErrorCode.CONTRACT_OVERLAP,
        ),
    ),
    Route(
        method="POST",
        path="/v1/contracts/{contract_id}/termination",
        handler=contracts.terminate,
        name="terminateContract",
        tag=_TAG,
        summary="Terminate a contract",
        description="From a day on, today at the earliest. What was sold within it before stays within it.",
        parameters=(contracts.CONTRACT_ID,),
        body=TerminateContractCommand,
        replies=(Reply(200, "The contract as it stands now.", ContractView),),
        errors=(
            *_COMMAND,
            *_OF_CONTRACT,
            ErrorCode.REASON_REQUIRED,
            ErrorCode.CONTRACT_STATE,
            ErrorCode.CONTRACT_DATES,
        ),
    ),
    Route(
        method="POST",
        path="/v1/contracts/{contract_id}/claims",
        handler=contracts.file_claim,
        name="fileContractClaim",
        tag=_TAG,
        summary="File a claim",
        description="While a claim is open the contract is not prolonged.",
        parameters=(contracts.CONTRACT_ID,),
        body=FileClaimCommand,
        replies=(Reply(201, "The contract with its claims.", ContractView),),
        errors=(*_COMMAND, *_OF_CONTRACT),
    ),
    Route(
        method="POST",
        path="/v1/contract-claims/{claim_id}/settlement",
        handler=contracts.settle_claim,
        name="settleContractClaim",
        tag=_TAG,
        summary="Settle a claim",
        parameters=(contracts.CLAIM_ID,),
        body=SettleClaimCommand,
        replies=(Reply(200, "The contract with its claims.", ContractView),),
        errors=(*_COMMAND, ErrorCode.CLAIM_NOT_FOUND, ErrorCode.REQUEST_PARAMETER),
    ),
)
