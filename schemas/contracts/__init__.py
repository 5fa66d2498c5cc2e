"""Pharmacies' contracts with the fund: contract v1."""

from schemas.contracts.requests import (
    ApplicationDecision,
    ContractApplication,
    ContractTerms,
    FileClaimCommand,
    Party,
    PharmacyLicence,
    RefusalTerms,
    SettleClaimCommand,
    TaxCheck,
    TerminateContractCommand,
)
from schemas.contracts.views import (
    ApplicationPage,
    ApplicationStateName,
    ApplicationView,
    ClaimView,
    ContractPage,
    ContractStateName,
    ContractView,
    DecidedApplication,
)

__all__ = [
    "ApplicationDecision",
    "ApplicationPage",
    "ApplicationStateName",
    "ApplicationView",
    "ClaimView",
    "ContractApplication",
    "ContractPage",
    "ContractStateName",
    "ContractTerms",
    "ContractView",
    "DecidedApplication",
    "FileClaimCommand",
    "Party",
    "PharmacyLicence",
    "RefusalTerms",
    "SettleClaimCommand",
    "TaxCheck",
    "TerminateContractCommand",
]
