"""The rules of a treated case (form 066/у, КСФ): all findings in one pass, each with its clause."""

from gateway.rules.treated_case.check import CheckedCase, check_case, check_json
from gateway.rules.treated_case.facts import DIRECT_ENTRY, CaseFacts, OrganisationEntry, OrganisationLookup
from gateway.rules.treated_case.identity import canonical_payload, discharge_year, is_pilot, stay_key
from gateway.rules.treated_case.preparing import PreparedCase, RefusedCase, prepare

__all__ = [
    "DIRECT_ENTRY",
    "CaseFacts",
    "CheckedCase",
    "OrganisationEntry",
    "OrganisationLookup",
    "PreparedCase",
    "RefusedCase",
    "canonical_payload",
    "check_case",
    "check_json",
    "discharge_year",
    "is_pilot",
    "prepare",
    "stay_key",
]
