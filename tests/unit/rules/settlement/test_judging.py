"""Decisions on lines: what may be decided, and what the line is worth afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.settlement.judging import (
    Ruling,
    change_by,
    check_clawback,
    check_dispute,
    check_not_compensable,
    check_recovery,
    check_ruling,
    most_of,
)
from gateway.rules.settlement.model import ReportState, Standing
from gateway.rules.settlement.signing import check_signature, is_complete
from schemas.errors import ErrorCode
from schemas.settlement.terms import SignerRole

TODAY = date(2026, 2, 3)
PAID = Standing(
    sold_on=date(2026, 1, 5),
    compensation=Decimal("360.00"),
    worth=Decimal("300.00"),
    held=Decimal("0.00"),
    recovered=Decimal("0.00"),
    is_reversal=False,
    is_reversed=False,
    outside_contract=False,
    not_compensable=False,
    report=ReportState.PAID,
)
UNREPORTED = replace(PAID, report=None)
MEMBERS = ("А", "Б", "В")
RULING = Ruling(
    amount=Decimal("360.00"), upheld=True, members=MEMBERS, protocol_number="П-1", protocol_date=date(2026, 2, 1)
)
FILED_ON = date(2026, 1, 20)


def codes(findings) -> list[ErrorCode]:
    return [finding.code for finding in findings]


@pytest.mark.clause("46")
@pytest.mark.parametrize("state", [None, *ReportState])
def test_clause_46_until_the_act_is_drawn(state: ReportState | None):
    before = state is None or state < ReportState.ACT_DRAFT
    assert codes(check_not_compensable(replace(PAID, report=state))) == ([] if before else [ErrorCode.LINE_STATE])


@pytest.mark.clause("47")
@pytest.mark.parametrize("check", [check_clawback, check_recovery])
@given(st.decimals("0.01", "500.00", places=2), st.decimals("0.00", "300.00", places=2))
def test_clause_47_never_more_than_is_left(check, amount: Decimal, recovered: Decimal):
    line = replace(PAID, recovered=recovered)
    findings = check(line, amount, "А-1", TODAY, TODAY)
    assert bool(findings) is (amount > Decimal("300.00") - recovered)
    if findings:
        assert findings[0].parameters["left"] == f"{Decimal('300.00') - recovered:.2f}"


@pytest.mark.clause("23", "47")
@pytest.mark.parametrize(
    ("number", "day", "sound"),
    [
        ("А-1", date(2026, 1, 5), True),
        ("А-1", TODAY, True),
        ("А-1", date(2026, 1, 4), False),
        ("А-1", date(2026, 2, 4), False),
        (None, TODAY, False),
        ("А-1", None, False),
    ],
)
def test_clause_47_nothing_without_an_inspection_act(number: str | None, day: date | None, *, sound: bool):
    findings = check_clawback(PAID, Decimal("1.00"), number, day, TODAY)
    assert codes(findings) == ([] if sound else [ErrorCode.INSPECTION_ACT_REQUIRED])


@pytest.mark.parametrize("line", [replace(PAID, is_reversed=True), replace(PAID, is_reversal=True)])
def test_what_was_taken_back_is_no_object_of_a_decision(line: Standing):
    assert codes(check_not_compensable(line)) == [ErrorCode.LINE_STATE]
    assert codes(check_clawback(line, Decimal(1), "А", TODAY, TODAY)) == [ErrorCode.LINE_STATE]
    assert codes(check_dispute(replace(line, report=None), date(2026, 1, 6))) == [ErrorCode.LINE_STATE]


@pytest.mark.clause("48")
@pytest.mark.parametrize(
    ("line", "today", "in_time"),
    [
        (UNREPORTED, date(2026, 1, 31), True),
        (UNREPORTED, date(2026, 2, 1), False),
        (UNREPORTED, date(2027, 1, 5), False),
        (replace(PAID, report=ReportState.OPEN), date(2026, 1, 31), False),
    ],
)
def test_clause_48_within_the_month_and_before_the_report(line: Standing, today: date, *, in_time: bool):
    assert codes(check_dispute(line, today)) == ([] if in_time else [ErrorCode.DISPUTE_TOO_LATE])


@pytest.mark.clause("49")
@pytest.mark.parametrize(
    ("members", "enough"),
    [(MEMBERS, True), (("А", "Б"), False), (("А", "Б", "а"), False), (("А Б", "а  б", "В"), False), ((), False)],
)
def test_clause_49_three_distinct_members(members: tuple[str, ...], *, enough: bool):
    findings = check_ruling(PAID, replace(RULING, members=members), FILED_ON, TODAY)
    assert codes(findings) == ([] if enough else [ErrorCode.COMMISSION_TOO_SMALL])


@pytest.mark.clause("50")
@pytest.mark.parametrize(
    "missing",
    [
        {"protocol_number": None},
        {"protocol_date": None},
        {"protocol_date": date(2026, 1, 19)},
        {"protocol_date": date(2026, 2, 4)},
    ],
)
def test_clause_50_no_effect_without_a_protocol(missing: dict[str, object]):
    assert codes(check_ruling(PAID, replace(RULING, **missing), FILED_ON, TODAY)) == [ErrorCode.PROTOCOL_MISSING]


@pytest.mark.clause("44", "50")
@given(
    st.decimals("0.00", "360.00", places=2),
    st.decimals("-360.00", "0.00", places=2),
    st.decimals("0.00", "360.00", places=2),
)
def test_clause_50_a_line_is_worth_what_the_protocol_says(worth: Decimal, held: Decimal, amount: Decimal):
    line = replace(PAID, worth=worth + held, held=held)
    assert line.worth + change_by(line, replace(RULING, amount=amount)) == amount
    assert line.worth + change_by(line, replace(RULING, amount=None, upheld=False)) == worth


@pytest.mark.clause("44", "53")
def test_clause_44_no_protocol_gives_more_than_the_compensation():
    assert most_of(PAID) == Decimal("360.00")
    assert most_of(replace(PAID, outside_contract=True)) == most_of(replace(PAID, is_reversed=True)) == 0
    more = replace(RULING, amount=Decimal("360.01"))
    assert codes(check_ruling(PAID, more, FILED_ON, TODAY)) == [ErrorCode.DISPUTE_AMOUNT]
    for amount, upheld in ((None, True), (Decimal(1), False)):
        ruling = replace(RULING, amount=amount, upheld=upheld)
        assert codes(check_ruling(PAID, ruling, FILED_ON, TODAY)) == [ErrorCode.DISPUTE_AMOUNT]


HEAD, ACCOUNTANT = SignerRole.PHARMACY_HEAD, SignerRole.CHIEF_ACCOUNTANT
ONE, OTHER = UUID(int=1), UUID(int=2)
BOTH = frozenset(SignerRole)


@pytest.mark.clause("45")
@pytest.mark.parametrize(
    ("role", "person", "held", "signed", "expected"),
    [
        (HEAD, ONE, {HEAD}, {}, []),
        (ACCOUNTANT, ONE, {HEAD}, {}, [ErrorCode.ACT_SIGNATURE_ROLE]),
        (HEAD, ONE, set(), {}, [ErrorCode.ACT_SIGNATURE_ROLE]),
        (ACCOUNTANT, OTHER, {ACCOUNTANT}, {HEAD: ONE}, []),
        (HEAD, ONE, {HEAD}, {HEAD: ONE}, []),
        (HEAD, OTHER, BOTH, {HEAD: ONE}, [ErrorCode.ACT_SIGNED_ALREADY]),
        (ACCOUNTANT, ONE, {HEAD}, {HEAD: ONE}, [ErrorCode.ACT_SAME_SIGNER]),
        (ACCOUNTANT, ONE, {ACCOUNTANT}, {HEAD: ONE}, [ErrorCode.ACT_SAME_SIGNER]),
        (ACCOUNTANT, ONE, BOTH, {HEAD: ONE}, []),
    ],
)
def test_clause_45_two_offices_two_signatures(role, person, held, signed, expected):
    assert codes(check_signature("700001-2026-01", role, person, frozenset(held), signed)) == expected


@pytest.mark.clause("45")
def test_clause_45_payable_only_with_both():
    assert not is_complete({})
    assert not is_complete({HEAD: ONE})
    assert is_complete({HEAD: ONE, ACCOUNTANT: OTHER})
