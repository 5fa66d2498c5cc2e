"""The rows of the authorisation table that belong to the additional drug programme.

Who may do what: regulation on the additional drug programme, clauses 12, 13, 16, 21(1), 27 to 31, 34, 45 to 56.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.access.permissions import Permission, country, own, public
from gateway.access.principal import Role, Scope
from gateway.limits.rates import OperationClass

_PRESCRIBERS: Final = (Role.FAMILY_DOCTOR, Role.ONCOLOGIST, Role.PSYCHIATRIST, Role.FAP_HEAD)
_FUND: Final = (Role.PROGRAM_ADMIN, Role.FOMS_CONTROL, Role.COMMISSION)
_PHARMACY_HEADS: Final = (Role.PHARMACY_HEAD, Role.CHIEF_ACCOUNTANT)

_PRESCRIBING: Final = own(Scope.PRESCRIPTIONS_WRITE, *_PRESCRIBERS, rate=OperationClass.SUBMISSIONS)
_PRESCRIPTIONS: Final = own(Scope.PRESCRIPTIONS_READ, *_PRESCRIBERS, Role.FOMS_CONTROL, rate=OperationClass.LOOKUPS)
_LOOKING_UP: Final = own(Scope.DISPENSES_WRITE, Role.PHARMACIST, Role.PHARMACY_HEAD, rate=OperationClass.LOOKUPS)
_DISPENSING: Final = own(Scope.DISPENSES_WRITE, Role.PHARMACIST, Role.PHARMACY_HEAD, rate=OperationClass.SUBMISSIONS)
_DISPENSES: Final = own(
    Scope.DISPENSES_READ, Role.PHARMACIST, *_PHARMACY_HEADS, Role.FOMS_CONTROL, rate=OperationClass.LOOKUPS
)
_APPLYING: Final = own(Scope.CONTRACTS_APPLY, Role.PHARMACY_HEAD, rate=OperationClass.COMMANDS)
_CONTRACTS: Final = own(Scope.CONTRACTS_APPLY, *_PHARMACY_HEADS, *_FUND, rate=OperationClass.READS)
_CONTRACTING: Final = country(Scope.CONTRACTS_MANAGE, Role.PROGRAM_ADMIN, rate=OperationClass.COMMANDS)
_FIGURES: Final = country(Scope.PROGRAMME_READ, *_FUND, rate=OperationClass.READS)
_MANAGING: Final = country(Scope.PROGRAMME_MANAGE, Role.PROGRAM_ADMIN, rate=OperationClass.COMMANDS)
_REPORTS: Final = own(Scope.SETTLEMENT_READ, *_PHARMACY_HEADS, *_FUND, rate=OperationClass.READS)
_REPORTING: Final = own(Scope.SETTLEMENT_WRITE, *_PHARMACY_HEADS, rate=OperationClass.COMMANDS)
_SETTLING: Final = country(Scope.SETTLEMENT_MANAGE, Role.PROGRAM_ADMIN, rate=OperationClass.COMMANDS)
_CONTROL: Final = country(Scope.SETTLEMENT_MANAGE, Role.FOMS_CONTROL, rate=OperationClass.COMMANDS)
_COMMISSION: Final = country(Scope.SETTLEMENT_MANAGE, Role.COMMISSION, rate=OperationClass.COMMANDS)

REFERENCE: Final[Mapping[str, Permission]] = MappingProxyType(
    {
        "listMedicines": public(OperationClass.PAGES),
        "getMedicine": public(OperationClass.PAGES),
        "exportMedicines": public(OperationClass.PAGES),
    }
)
"""The reference of medicines is for everybody (clause 13)."""

PROGRAMME_TABLE: Final[Mapping[str, Permission]] = MappingProxyType(
    {
        "issuePrescription": _PRESCRIBING,
        "checkPrescription": _PRESCRIBING,
        "cancelPrescription": _PRESCRIBING,
        "getPrescription": _PRESCRIPTIONS,
        "getPrescriptionSheet": _PRESCRIPTIONS,
        "lookUpPrescription": _LOOKING_UP,
        "quoteDispense": _LOOKING_UP,
        "releaseHold": _DISPENSING,
        "commitDispense": _DISPENSING,
        "reverseDispense": _DISPENSING,
        "getDispense": _DISPENSES,
        "listDispenses": _DISPENSES,
        "fileContractApplication": _APPLYING,
        "listContractApplications": _CONTRACTS,
        "decideContractApplication": _CONTRACTING,
        "listContracts": _CONTRACTS,
        "prolongContract": _CONTRACTING,
        "terminateContract": _CONTRACTING,
        "fileContractClaim": _CONTRACTING,
        "settleContractClaim": _CONTRACTING,
        "getBudget": _FIGURES,
        "approveBudget": _MANAGING,
        "transferBudget": _MANAGING,
        "closeBudgetYear": _MANAGING,
        "getPatientLimit": _FIGURES,
        "setPatientLimit": _MANAGING,
        "getPriceStatistics": _FIGURES,
        "getPriceChart": _FIGURES,
        "listSettlementReports": _REPORTS,
        "getSettlementReport": _REPORTS,
        "getSettlementReportDocument": _REPORTS,
        "formSettlementReport": _SETTLING,
        "submitSettlementReport": _REPORTING,
        "drawSettlementAct": _REPORTING,
        "getSettlementAct": _REPORTS,
        "getSettlementActDocument": _REPORTS,
        "signSettlementAct": own(Scope.SETTLEMENT_WRITE, *_PHARMACY_HEADS, rate=OperationClass.COMMANDS),
        "paySettlementAct": _SETTLING,
        "listDisputes": _REPORTS,
        "fileDispute": _REPORTING,
        "decideDispute": _COMMISSION,
        "markNotCompensable": _CONTROL,
        "clawBackCompensation": _CONTROL,
        "recoverFromPrescriber": _CONTROL,
        "reconcileSettlement": _REPORTING,
    }
)
"""By the operation's name in OpenAPI; where the programme is not configured none of these is there."""
