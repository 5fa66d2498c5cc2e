"""The КСФ number against the case it names: order on Sanarip Clinic, Annex 3."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from gateway.rules import ksf
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Finding
from gateway.rules.treated_case.engine import rule
from gateway.rules.treated_case.facts import CaseFacts
from schemas.errors import ErrorCode
from schemas.treated_case import TreatedCase

_PATH = "$.ksf_number"
_FIRST_YEAR = 25
"""The System starts in 2025 (order on Sanarip Clinic, clauses 1 and 3)."""


@rule(needs=("ksf_number",))
def number_is_one(case: TreatedCase, facts: CaseFacts) -> tuple[Finding, ...]:
    """A number that is given has the digits it must have (clauses 1 and 2)."""
    return () if case.ksf_number is None else ksf.check_format(case.ksf_number, _PATH, facts.layout)


@rule(needs=("ksf_number", "department", "organisation"))
def number_names_the_department(case: TreatedCase, facts: CaseFacts) -> Iterator[Finding]:
    """Digits 8 and 9 are the department that formed the form (clause 3)."""
    number = _number(case, facts)
    if number is None or number.department == case.department:
        return
    organisation = facts.register.find(case.organisation)
    if organisation is not None and organisation.departments and number.department not in organisation.departments:
        code = ErrorCode.KSF_DEPARTMENT_UNKNOWN
    else:
        code = ErrorCode.KSF_DEPARTMENT_MISMATCH
    positions = facts.layout.department_positions
    yield Finding(code, _PATH, {"positions": positions, "found": number.department, "department": case.department})


@rule(needs=("ksf_number", "organisation"))
def number_names_the_organisation(case: TreatedCase, facts: CaseFacts) -> Iterator[Finding]:
    """Digits 10 to 15 are the organisation the department belongs to (clause 4)."""
    number = _number(case, facts)
    if number is None or number.organisation == case.organisation:
        return
    is_known = facts.register.find(number.organisation) is not None
    code = ErrorCode.KSF_ORG_MISMATCH if is_known else ErrorCode.KSF_ORG_UNKNOWN
    positions = facts.layout.organisation_positions
    yield Finding(
        code, _PATH, {"positions": positions, "found": number.organisation, "organisation": case.organisation}
    )


@rule(needs=("ksf_number", "discharge.at"))
def number_names_the_year(case: TreatedCase, facts: CaseFacts) -> Iterator[Finding]:
    """Digits 16 and 17 are the year of discharge, not of admission or of forming (clause 5)."""
    number = _number(case, facts)
    if number is None:
        return
    expected = bishkek_day(case.discharge.at).year
    if number.discharge_year != expected:
        positions = facts.layout.year_positions
        yield Finding(
            ErrorCode.KSF_YEAR_MISMATCH,
            _PATH,
            {"positions": positions, "found": number.year, "expected": f"{expected % 100:02d}", "year": expected},
        )
    elif int(number.year) < _FIRST_YEAR:
        yield Finding(ErrorCode.KSF_YEAR_EARLY, _PATH, {"year": expected})


def _number(case: TreatedCase, facts: CaseFacts) -> ksf.KsfNumber | None:
    return None if case.ksf_number is None else _parsed(case.ksf_number, facts.layout)


@lru_cache(maxsize=64)
def _parsed(text: str, layout: ksf.KsfLayout) -> ksf.KsfNumber | None:
    """The number in its parts; ``None`` for what :func:`number_is_one` finds fault with."""
    return None if ksf.check_format(text, layout=layout) else ksf.split(text, layout)


RULES = (number_is_one, number_names_the_department, number_names_the_organisation, number_names_the_year)
