"""From a request body to what the journal writes down, in one pure step that any process can take."""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from gateway.rules.findings import Finding, errors
from gateway.rules.treated_case.check import check_case, check_json
from gateway.rules.treated_case.facts import CaseFacts
from gateway.rules.treated_case.identity import canonical_payload, discharge_year, is_pilot, stay_key
from schemas.errors import ErrorCode


class PreparedCase(NamedTuple):
    """A case without errors, as the journal wants it.

    ``payload`` is its canonical JSON without the КСФ number and ``fingerprint`` the SHA-256 of it; ``ksf_number`` is
    the sender's own, if there is one; ``discharge_year`` is that of the Bishkek day; ``pin`` is the patient's;
    ``remarks`` are the warnings and notices on it.
    """

    organisation: str
    department: str
    discharge_year: int
    ksf_number: str | None
    stay_key: bytes
    fingerprint: bytes
    payload: bytes
    pilot: bool
    pin: str | None
    remarks: tuple[Finding, ...]


class RefusedCase(NamedTuple):
    """Every finding on a case that is refused."""

    findings: tuple[Finding, ...]


def prepare(body: bytes, facts: CaseFacts, correction_of: str | None = None) -> PreparedCase | RefusedCase:
    """Check a request body: schema and all rules. ``correction_of`` is the number of the case that it corrects.

    Never raises for anything a body may hold.
    """
    checked = check_json(body, facts)
    case, remarks = checked.case, checked.findings
    if case is None:
        return RefusedCase(remarks)
    if correction_of is not None:
        if case.ksf_number is None:
            # The body may leave the number out; the rules that tie number and case together judge it all the same.
            case = case.model_copy(update={"ksf_number": correction_of})
            remarks = check_case(case, facts)
        elif case.ksf_number != correction_of:
            remarks = (Finding(ErrorCode.CASE_NUMBER_CHANGED, "$.ksf_number"), *remarks)
        if errors(remarks):
            return RefusedCase(remarks)
    payload = canonical_payload(case)
    return PreparedCase(
        organisation=case.organisation,
        department=case.department,
        discharge_year=discharge_year(case),
        ksf_number=case.ksf_number,
        stay_key=stay_key(case),
        fingerprint=sha256(payload).digest(),
        payload=payload,
        pilot=is_pilot(case, facts),
        pin=case.patient.pin,
        remarks=remarks,
    )
