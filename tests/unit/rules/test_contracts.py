"""The rules of pharmacies' contracts, clause by clause."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.contracts import (
    ContractDays,
    ContractState,
    check_application,
    check_conclusion,
    check_decision,
    check_prolongation,
    check_refusal,
    check_termination,
    last_day_of,
    one_year_from,
    refusal_due,
)
from schemas.contracts import (
    ApplicationDecision,
    ContractApplication,
    ContractTerms,
    PharmacyLicence,
    RefusalTerms,
    TaxCheck,
)
from schemas.errors import ErrorCode, Severity

TODAY = date(2026, 1, 15)
DAY = timedelta(days=1)
DAYS = st.dates(date(2020, 1, 1), date(2100, 12, 31))

FORM = ContractApplication(
    pharmacy="700001",
    legal_name="ОсОО «Шипаа»",
    inn="01505201010001",
    licence=PharmacyLicence(number="Л-77", valid_until=date(2027, 6, 30)),
    head="Өмүрова Үмүт",
    chief_accountant="Эңсегенов Өскөн",
    email="apteka@example.kg",
    phone="+996 312 000000",
    form_signed=True,
)
TERMS = ContractTerms(number="ДА-2026/1", starts_on=TODAY, report_deadline_days=10)
NO_DEBT = TaxCheck(checked_on=TODAY, source="ГНС", reference="55-1", debt=Decimal("0.00"))


def codes(findings) -> list[ErrorCode]:
    return [finding.code for finding in findings]


def changed(model, **values):
    return model.model_copy(update=values)


@pytest.mark.clause("28")
def test_clause_28_a_complete_form_passes():
    assert check_application(FORM, TODAY) == ()


@pytest.mark.clause("28")
def test_clause_28_everything_that_is_missing_is_told_at_once():
    found = check_application(ContractApplication(pharmacy="700001"), TODAY)
    assert set(codes(found)) == {ErrorCode.APPLICATION_INCOMPLETE}
    assert [finding.path for finding in found] == [
        *("$.legal_name", "$.inn", "$.licence", "$.head", "$.chief_accountant", "$.email", "$.phone", "$.form_signed")
    ]


@pytest.mark.clause("28")
def test_clause_28_the_taxpayers_number_must_be_one():
    assert codes(check_application(changed(FORM, inn="123"), TODAY)) == [ErrorCode.INN_FORMAT]


@pytest.mark.clause("27")
@pytest.mark.parametrize(("until", "lawful"), [(TODAY - DAY, False), (TODAY, True), (None, True)])
def test_clause_27_the_licence_is_in_force(until: date | None, lawful: bool):  # noqa: FBT001
    form = changed(FORM, licence=PharmacyLicence(number="Л-1", valid_until=until))
    expected = [] if lawful else [ErrorCode.PHARMACY_LICENCE]
    assert codes(check_application(form, TODAY)) == expected
    assert codes(check_conclusion(TERMS, NO_DEBT, form, TODAY)) == expected


@pytest.mark.clause("27")
def test_clause_27_the_licence_has_to_last_until_the_contract_starts():
    later = changed(TERMS, starts_on=date(2027, 7, 1))
    assert codes(check_conclusion(later, NO_DEBT, FORM, TODAY)) == [ErrorCode.PHARMACY_LICENCE]


@pytest.mark.clause("29")
@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 1, 15), date(2027, 1, 14)),
        (date(2026, 3, 1), date(2027, 2, 28)),
        (date(2027, 3, 1), date(2028, 2, 29)),
        (date(2028, 2, 28), date(2029, 2, 27)),
        (date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_clause_29_a_contract_lasts_one_year_both_days_included(starts_on: date, ends_on: date):
    days = one_year_from(starts_on)
    assert days.ends_on == ends_on
    assert days.covers(starts_on)
    assert days.covers(ends_on)
    assert not days.covers(starts_on - DAY)
    assert not days.covers(ends_on + DAY)


@pytest.mark.clause("29")
@given(DAYS, st.integers(1, 12))
def test_clause_29_the_next_term_begins_on_the_day_after_and_never_shifts(starts_on: date, years: int):
    last = last_day_of(starts_on, years)
    assert 365 <= (last_day_of(starts_on, years + 1) - last).days <= 366
    anniversary = last + DAY
    assert anniversary.year == starts_on.year + years
    if (starts_on.month, starts_on.day) != (2, 29):
        assert (anniversary.month, anniversary.day) == (starts_on.month, starts_on.day)
    else:
        assert (anniversary.month, anniversary.day) in {(2, 29), (3, 1)}


@pytest.mark.clause("29")
def test_clause_29_debts_are_checked_on_the_day_of_conclusion():
    assert check_conclusion(TERMS, NO_DEBT, FORM, TODAY) == ()
    assert codes(check_conclusion(TERMS, None, FORM, TODAY)) == [ErrorCode.TAX_CHECK_REQUIRED]
    for other in (TODAY - DAY, TODAY + DAY):
        check = changed(NO_DEBT, checked_on=other)
        assert codes(check_conclusion(TERMS, check, FORM, TODAY)) == [ErrorCode.TAX_CHECK_REQUIRED]


@pytest.mark.clause("29")
def test_clause_29_a_debt_of_one_tyiyn_is_a_debt():
    check = changed(NO_DEBT, debt=Decimal("0.01"))
    assert codes(check_conclusion(TERMS, check, FORM, TODAY)) == [ErrorCode.TAX_DEBT]


@pytest.mark.clause("29")
def test_clause_29_all_that_stands_against_a_contract_is_told_at_once():
    check = TaxCheck(checked_on=TODAY - DAY, source="ГНС", reference="1", debt=Decimal("10.00"))
    found = check_conclusion(changed(TERMS, starts_on=TODAY - DAY), check, FORM, TODAY)
    assert codes(found) == [ErrorCode.CONTRACT_DATES, ErrorCode.TAX_CHECK_REQUIRED, ErrorCode.TAX_DEBT]


@pytest.mark.clause("29")
def test_clause_29_prolonging_needs_settled_claims():
    days = one_year_from(date(2025, 6, 1))
    assert check_prolongation(days, 0, TODAY) == ()
    assert codes(check_prolongation(days, 2, TODAY)) == [ErrorCode.CONTRACT_CLAIMS_OPEN]


@pytest.mark.clause("29")
@given(DAYS, st.integers(0, 5))
def test_clause_29_a_contract_is_prolonged_once_a_year(starts_on: date, prolongations: int):
    days = one_year_from(starts_on)
    for _ in range(prolongations):
        days = days.prolonged()
    assert days.prolongations == prolongations
    assert days.ends_on == last_day_of(starts_on, prolongations + 1)
    longer = days.prolonged()
    assert check_prolongation(days, 0, days.ends_on) == ()
    assert codes(check_prolongation(longer, 0, days.ends_on)) == [ErrorCode.CONTRACT_STATE]
    assert check_prolongation(longer, 0, days.ends_on + DAY) == ()
    assert codes(check_prolongation(days, 0, days.ends_on + DAY)) == [ErrorCode.CONTRACT_STATE]
    assert longer.state(days.ends_on) is ContractState.PROLONGED


@pytest.mark.clause("29")
def test_clause_29_a_terminated_contract_is_not_prolonged():
    days = ContractDays(starts_on=TODAY, ends_on=last_day_of(TODAY), terminated_from=TODAY + 9 * DAY)
    assert codes(check_prolongation(days, 0, TODAY)) == [ErrorCode.CONTRACT_STATE]


@pytest.mark.clause("30")
@pytest.mark.parametrize("filed_on", [date(2026, 1, 15), date(2026, 1, 30), date(2028, 2, 27), date(2026, 12, 30)])
def test_clause_30_a_refusal_is_in_time_for_three_days(filed_on: date):
    refusal, due = RefusalTerms(reasons=("Лицензия токтотулган",)), refusal_due(filed_on)
    assert due - filed_on == timedelta(days=3)
    assert check_refusal(refusal, due, due) == ()
    late = check_refusal(refusal, due, due + DAY)
    assert codes(late) == [ErrorCode.REFUSAL_LATE]
    assert late[0].severity is Severity.WARNING


@pytest.mark.clause("30")
@pytest.mark.parametrize("reasons", [(), ("",), ("себеп", "")])
def test_clause_30_a_refusal_has_reasons(reasons: tuple[str, ...]):
    assert codes(check_refusal(RefusalTerms(reasons=reasons), TODAY, TODAY)) == [ErrorCode.REFUSAL_REASON_REQUIRED]


@pytest.mark.clause("30")
def test_clause_30_a_decision_is_a_contract_or_a_refusal():
    refusal = RefusalTerms(reasons=("x",))
    assert check_decision(ApplicationDecision(contract=TERMS, tax_check=NO_DEBT)) == ()
    assert check_decision(ApplicationDecision(refusal=refusal)) == ()
    for none_or_both in (
        ApplicationDecision(),
        ApplicationDecision(tax_check=NO_DEBT),
        ApplicationDecision(contract=TERMS, refusal=refusal),
        ApplicationDecision(tax_check=NO_DEBT, refusal=refusal),
    ):
        assert codes(check_decision(none_or_both)) == [ErrorCode.SCHEMA_VALUE]


@pytest.mark.clause("53")
@given(DAYS, st.integers(-5, 380), st.integers(-5, 800))
def test_clause_53_nothing_counts_from_the_day_of_termination_on(starts_on: date, ended: int, later: int):
    terminated_from, day = starts_on + ended * DAY, starts_on + later * DAY
    days = ContractDays(starts_on=starts_on, ends_on=last_day_of(starts_on), terminated_from=terminated_from)
    assert days.covers(day) == (starts_on <= day <= last_day_of(starts_on) and day < terminated_from)


@pytest.mark.clause("53")
def test_clause_53_a_termination_changes_nothing_of_the_past():
    days = one_year_from(TODAY - 10 * DAY)
    assert check_termination(days, TODAY, TODAY) == ()
    assert check_termination(days, days.ends_on, TODAY) == ()
    for day in (TODAY - DAY, days.ends_on + DAY):
        assert codes(check_termination(days, day, TODAY)) == [ErrorCode.CONTRACT_DATES]


@pytest.mark.clause("53")
def test_clause_53_a_contract_ends_once():
    over = one_year_from(date(2024, 1, 1))
    terminated = ContractDays(starts_on=TODAY, ends_on=last_day_of(TODAY), terminated_from=TODAY)
    for days in (over, terminated):
        assert codes(check_termination(days, TODAY, TODAY)) == [ErrorCode.CONTRACT_STATE]
    assert over.state(TODAY) is ContractState.EXPIRED
    assert terminated.state(TODAY) is ContractState.TERMINATED


@given(DAYS, st.integers(-800, 800), st.none() | st.integers(-5, 380))
def test_contracts_overlap_when_a_day_is_in_both(starts_on: date, apart: int, ended: int | None):
    one = ContractDays(
        starts_on=starts_on,
        ends_on=last_day_of(starts_on),
        terminated_from=None if ended is None else starts_on + ended * DAY,
    )
    other = one_year_from(starts_on + apart * DAY)
    shared = any(other.covers(starts_on + n * DAY) for n in range(367) if one.covers(starts_on + n * DAY))
    assert one.overlaps(other) == other.overlaps(one) == shared
