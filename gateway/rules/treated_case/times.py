"""The order of time in a stay. The order on Sanarip Clinic asks for authentic and correct data (clause 3(6))."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from gateway.rules.days import bishkek_day
from gateway.rules.findings import Finding
from gateway.rules.ksf import check_discharge_year
from gateway.rules.treated_case.engine import rule
from gateway.rules.treated_case.facts import CaseFacts
from schemas.errors import ErrorCode
from schemas.treated_case import TreatedCase


@rule(needs=("admission.at", "discharge.at"))
def admission_before_discharge(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """A patient is admitted before leaving; both may be the same instant."""
    if case.admission.at > case.discharge.at:
        yield Finding(ErrorCode.CASE_ADMISSION_AFTER_DISCHARGE, "$.discharge.at")


@rule(
    judges=(
        "admission.at",
        "discharge.at",
        "movements.entered_at",
        "movements.left_at",
        "operations.at",
        "referral.issued_on",
    )
)
def nothing_in_future(case: TreatedCase, facts: CaseFacts) -> Iterator[Finding]:
    """What is reported has happened; a sender's clock may run ahead by the tolerance."""
    latest = facts.now + facts.clock_tolerance
    if case.admission.at > latest:
        yield Finding(ErrorCode.CASE_IN_FUTURE, "$.admission.at")
    for number, movement in enumerate(case.movements):
        if movement.entered_at > latest:
            yield Finding(ErrorCode.CASE_IN_FUTURE, f"$.movements[{number}].entered_at")
        if movement.left_at > latest:
            yield Finding(ErrorCode.CASE_IN_FUTURE, f"$.movements[{number}].left_at")
    for number, operation in enumerate(case.operations):
        if operation.at > latest:
            yield Finding(ErrorCode.CASE_IN_FUTURE, f"$.operations[{number}].at")
    if case.discharge.at > latest:
        yield Finding(ErrorCode.CASE_IN_FUTURE, "$.discharge.at")
    if case.referral.issued_on is not None and case.referral.issued_on > bishkek_day(latest):
        yield Finding(ErrorCode.CASE_IN_FUTURE, "$.referral.issued_on")


@rule(needs=("patient.birth_date", "admission.at"))
def born_before_admission(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """A patient is born by the Bishkek day of admission; the newborn of the hospital on that very day."""
    if case.patient.birth_date > bishkek_day(case.admission.at):
        yield Finding(ErrorCode.CASE_BIRTH_AFTER_ADMISSION, "$.patient.birth_date")


@rule(needs=("discharge.at",))
def discharge_year_has_a_number(case: TreatedCase, _: CaseFacts) -> tuple[Finding, ...]:
    """The КСФ number says the year in two digits, which we read as 2000 to 2099 (Annex 3, clause 5)."""
    return check_discharge_year(bishkek_day(case.discharge.at).year, "$.discharge.at")


@rule(needs=("movements.entered_at", "movements.left_at"))
def movements_in_order(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """Every movement ends after it begins, and each begins when the one before ended («движение по отделениям»)."""
    before: datetime | None = None
    for number, movement in enumerate(case.movements):
        if movement.left_at < movement.entered_at:
            yield Finding(ErrorCode.CASE_MOVEMENT_ORDER, f"$.movements[{number}].left_at")
        if before is not None and movement.entered_at != before:
            yield Finding(
                ErrorCode.CASE_MOVEMENT_GAP,
                f"$.movements[{number}].entered_at",
                {"minutes": _minutes(movement.entered_at - before)},
            )
        before = movement.left_at


@rule(needs=("admission.at", "discharge.at", "movements.entered_at", "movements.left_at"))
def movements_fill_the_stay(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """The first movement begins with the admission and the last ends with the discharge; none reaches beyond."""
    admission, discharge = case.admission.at, case.discharge.at
    last = len(case.movements) - 1
    for number, movement in enumerate(case.movements):
        begins, ends = movement.entered_at, movement.left_at
        if begins != admission if number == 0 else not admission <= begins <= discharge:
            yield Finding(ErrorCode.CASE_MOVEMENT_BOUNDS, f"$.movements[{number}].entered_at")
        if ends != discharge if number == last else not admission <= ends <= discharge:
            yield Finding(ErrorCode.CASE_MOVEMENT_BOUNDS, f"$.movements[{number}].left_at")


@rule(needs=("admission.at", "discharge.at", "operations.at"))
def operations_inside_the_stay(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """A patient is operated on between admission and discharge."""
    for number, operation in enumerate(case.operations):
        if not case.admission.at <= operation.at <= case.discharge.at:
            yield Finding(ErrorCode.CASE_OPERATION_OUTSIDE_STAY, f"$.operations[{number}].at")


@rule(needs=("sick_leave", "sick_leave.opened_on", "sick_leave.closed_on", "discharge.at"))
def sick_leave_days(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """The sheet of a stay is opened by the day of discharge, perhaps before admission, and not closed before that."""
    sheet = case.sick_leave
    if sheet is None:
        return
    if sheet.opened_on > bishkek_day(case.discharge.at):
        yield Finding(ErrorCode.CASE_SICK_LEAVE_DATES, "$.sick_leave.opened_on")
    if sheet.closed_on is not None and sheet.closed_on < sheet.opened_on:
        yield Finding(ErrorCode.CASE_SICK_LEAVE_DATES, "$.sick_leave.closed_on")


def _minutes(between: timedelta) -> int:
    """Whole minutes, away from zero, so that a difference never reads as none."""
    seconds = abs(between.total_seconds())
    return max(1, round(seconds / 60))


RULES = (
    admission_before_discharge,
    nothing_in_future,
    born_before_admission,
    discharge_year_has_a_number,
    movements_in_order,
    movements_fill_the_stay,
    operations_inside_the_stay,
    sick_leave_days,
)
