"""How the stay ended: outcome, result, death and transfer say the same («исход, результат»; form 066/у)."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.rules.findings import Finding
from gateway.rules.treated_case.engine import rule
from gateway.rules.treated_case.facts import CaseFacts
from schemas.errors import ErrorCode
from schemas.treated_case import DischargeOutcome, TreatedCase, TreatmentResult


@rule(needs=("discharge.outcome", "death"))
def death_has_a_cause(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """Who died has a cause of death, and nobody else has."""
    died = case.discharge.outcome is DischargeOutcome.DIED
    if died and case.death is None:
        yield Finding(ErrorCode.DEATH_CAUSE_REQUIRED, "$.death")
    if not died and case.death is not None:
        yield Finding(ErrorCode.DEATH_UNEXPECTED, "$.death")


@rule(needs=("discharge.outcome", "discharge.result"))
def result_agrees_with_outcome(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """The result of the treatment is death exactly when the stay ended with it."""
    died = case.discharge.outcome is DischargeOutcome.DIED
    if died != (case.discharge.result is TreatmentResult.DIED):
        yield Finding(ErrorCode.CASE_RESULT_MISMATCH, "$.discharge.result")


@rule(needs=("discharge.outcome", "discharge.transferred_to"))
def transfer_has_a_target(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """Who was transferred was transferred somewhere, and nobody else was."""
    transferred = case.discharge.outcome is DischargeOutcome.TRANSFERRED
    if transferred != (case.discharge.transferred_to is not None):
        yield Finding(ErrorCode.CASE_TRANSFER_TARGET, "$.discharge.transferred_to")


RULES = (death_has_a_cause, result_agrees_with_outcome, transfer_has_a_target)
