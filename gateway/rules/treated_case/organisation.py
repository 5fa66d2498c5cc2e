"""Who hands the case in: organisation, departments, channel (order on Sanarip Clinic, clauses 1 and 10, Annex 3)."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.rules.days import bishkek_day
from gateway.rules.findings import Finding
from gateway.rules.treated_case.engine import rule
from gateway.rules.treated_case.facts import DIRECT_ENTRY, CaseFacts
from gateway.rules.treated_case.identity import is_pilot
from schemas.errors import ErrorCode
from schemas.treated_case import TreatedCase


@rule(needs=("organisation",))
def organisation_is_known_and_own(case: TreatedCase, facts: CaseFacts) -> Iterator[Finding]:
    """The organisation stands in the register and the sender may speak for it (clause 1; Annex 3, clause 4)."""
    if facts.register.find(case.organisation) is None:
        yield Finding(ErrorCode.ORG_UNKNOWN, "$.organisation", {"organisation": case.organisation})
    elif facts.sender_organisations is not None and case.organisation not in facts.sender_organisations:
        yield Finding(ErrorCode.ORG_NOT_OWN, "$.organisation", {"organisation": case.organisation})


@rule(needs=("organisation",), judges=("department", "movements.department"))
def departments_are_known(case: TreatedCase, facts: CaseFacts) -> Iterator[Finding]:
    """Departments stand in the organisation's dictionary, where it is loaded (Annex 3, clause 3)."""
    organisation = facts.register.find(case.organisation)
    if organisation is None or not organisation.departments:
        return
    known = organisation.departments
    if case.department not in known:
        yield Finding(ErrorCode.DEPARTMENT_UNKNOWN, "$.department", {"department": case.department})
    for number, movement in enumerate(case.movements):
        if movement.department not in known:
            path = f"$.movements[{number}].department"
            yield Finding(ErrorCode.DEPARTMENT_UNKNOWN, path, {"department": movement.department})


@rule(needs=("department", "movements.department"))
def forming_department_treated_the_patient(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """The department that forms the КСФ is one of those of the stay, as a rule the last (Annex 3, clause 3).

    The clause does not say which of several departments forms the form. Our default: one that never had the patient is
    an error, another than the last only a warning.
    """
    if all(movement.department != case.department for movement in case.movements):
        yield Finding(ErrorCode.CASE_FORMING_DEPARTMENT, "$.department", {"department": case.department})
    elif case.movements[-1].department != case.department:
        last = case.movements[-1].department
        parameters = {"department": case.department, "last": last}
        yield Finding(ErrorCode.CASE_FORMING_DEPARTMENT_NOT_LAST, "$.department", parameters)


@rule(needs=("organisation",))
def direct_entry_only_until_equipped(case: TreatedCase, facts: CaseFacts) -> Iterator[Finding]:
    """Organisations without technical means enter cases directly «до оснащения», no longer (clause 10)."""
    if facts.channel != DIRECT_ENTRY:
        return
    organisation = facts.register.find(case.organisation)
    if organisation is None or not organisation.equipped:
        return
    since = organisation.equipped_since
    if since is None or since <= bishkek_day(facts.now):
        yield Finding(ErrorCode.FALLBACK_NOT_ALLOWED, "$.organisation", {"organisation": case.organisation})


@rule(needs=("external_number",))
def external_number_only_in_direct_entry(case: TreatedCase, facts: CaseFacts) -> Iterator[Finding]:
    """Only a case entered directly brings the fund database's own number: Annex 3 numbers what the System forms."""
    if case.external_number is not None and facts.channel != DIRECT_ENTRY:
        yield Finding(ErrorCode.EXTERNAL_NUMBER_NOT_ALLOWED, "$.external_number")


@rule(needs=("discharge.at",))
def pilot_before_the_duty(case: TreatedCase, facts: CaseFacts) -> Iterator[Finding]:
    """Cases discharged before 1 January 2026 are pilot ones (clauses 1 and 3(4)); the day of discharge decides."""
    if is_pilot(case, facts):
        yield Finding(ErrorCode.CASE_PILOT, "$.discharge.at", {"day": facts.pilot_until.isoformat()})


RULES = (
    organisation_is_known_and_own,
    departments_are_known,
    forming_department_treated_the_patient,
    direct_entry_only_until_equipped,
    external_number_only_in_direct_entry,
    pilot_before_the_duty,
)
