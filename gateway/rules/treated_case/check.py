"""The whole check of a treated case, from a model or straight from a request body."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from pydantic import ValidationError

from gateway.rules.findings import Finding, errors
from gateway.rules.treated_case import diagnoses, numbering, organisation, outcome, patient, times
from gateway.rules.treated_case.engine import Rule, run, run_on_intact
from gateway.rules.treated_case.facts import CaseFacts
from gateway.rules.treated_case.reading import repeated_fields
from gateway.rules.treated_case.salvage import salvage
from schemas.treated_case import TreatedCase

RULES: tuple[Rule, ...] = (
    *organisation.RULES,
    *numbering.RULES,
    *patient.RULES,
    *times.RULES,
    *diagnoses.RULES,
    *outcome.RULES,
)
"""Every rule of a treated case, in the order of their findings."""


@dataclass(frozen=True, slots=True)
class CheckedCase:
    """The outcome of a check. ``case`` is there unless a finding refuses it."""

    case: TreatedCase | None
    findings: tuple[Finding, ...]


def check_case(case: TreatedCase, facts: CaseFacts) -> tuple[Finding, ...]:
    """Everything the rules have to say of a case, warnings and notices included; never raises."""
    return tuple(run(RULES, case, facts))


def check_json(body: bytes, facts: CaseFacts) -> CheckedCase:
    """Read a request body and check it: schema and rules in one pass, so that one answer names every mistake.

    Where the schema refuses part of the case, the rules that do not depend on that part are run all the same. Malformed
    JSON has just this one finding. Never raises for anything a body may hold; no finding repeats a value of the body.
    """
    try:
        case = TreatedCase.model_validate_json(body)
    except ValidationError as refusal:
        salvaged = salvage(body, refusal)
        rest = () if salvaged.case is None else run_on_intact(RULES, salvaged.case, facts, salvaged.broken)
        return CheckedCase(None, (*salvaged.findings, *rest))
    found = tuple(chain(repeated_fields(body), run(RULES, case, facts)))
    return CheckedCase(None if errors(found) else case, found)
