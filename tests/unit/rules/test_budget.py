"""The arithmetic of budgets and of the limit, clause by clause."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.reference.organisations import RolloutRow
from gateway.rules.budget import (
    LARGEST_SUM,
    BudgetState,
    budget_sum,
    check_approval,
    check_closing,
    check_limit,
    check_transfer,
)
from schemas.budget import BudgetApproval, BudgetTransfer, PatientLimitCommand, RegionInsured, RegionName
from schemas.errors import ErrorCode

AMOUNTS = st.integers(0, 10**6)
NOTHING = BudgetState()


def codes(findings) -> list[ErrorCode]:
    return [finding.code for finding in findings]


def approval(*regions: tuple[RegionName, int], norm: str = "12.50") -> BudgetApproval:
    listed = tuple(RegionInsured(region=region, insured=insured) for region, insured in regions)
    return BudgetApproval(year=2026, norm=Decimal(norm), basis="П-1", regions=listed)


def transfer(amount: str = "1.00", **changes) -> BudgetTransfer:
    wanted = BudgetTransfer(
        year=2026, source=RegionName.OSH, target=RegionName.CHUI, amount=Decimal(amount), analysis="А-3"
    )
    return wanted.model_copy(update=changes)


def test_the_regions_are_the_rows_of_the_schedule():
    assert {one.value for one in RegionName} == {one.value for one in RolloutRow}


@pytest.mark.clause("7")
@given(st.integers(0, 10**7), st.decimals("0.01", "9999.99", places=2))
def test_clause_7_a_budget_is_the_insured_times_the_norm_exactly(insured: int, norm: Decimal):
    assert Decimal(budget_sum(insured, norm)) == insured * norm * 100


@pytest.mark.clause("7")
def test_clause_7_a_budget_is_approved_once():
    states = {"osh": BudgetState(approved=5), "chui": NOTHING}
    wanted = approval((RegionName.OSH, 10), (RegionName.CHUI, 10), (RegionName.CHUI, 11))
    found = check_approval(wanted, states)
    assert codes(found) == [ErrorCode.BUDGET_EXISTS] * 2
    assert [finding.path for finding in found] == ["$.regions[0]", "$.regions[2]"]


@pytest.mark.clause("7")
def test_clause_7_a_sum_without_room_is_refused():
    wanted = approval((RegionName.OSH, 100_000_000), norm="9999999999.99")
    assert codes(check_approval(wanted, {"osh": NOTHING})) == [ErrorCode.SCHEMA_VALUE]
    assert budget_sum(1, Decimal("9999999999.99")) == LARGEST_SUM


@pytest.mark.clause("8")
@given(AMOUNTS, st.integers(-1000, 1000), AMOUNTS, st.lists(AMOUNTS, max_size=20))
def test_clause_8_a_year_pays_up_to_its_budget_and_the_next_the_rest(
    approved: int, transferred: int, carried: int, amounts: list[int]
):
    state = BudgetState(approved=approved, transferred=max(transferred, -approved), carried=carried)
    total = state.total
    assert total is not None
    left = 0
    for amount in amounts:
        now, later = state.split(amount)
        assert now + later == amount
        assert min(now, later) >= 0
        state, left = state.with_charged(now), left + later
        if later:
            assert state.remaining == 0
    assert state.charged <= max(0, total - carried)
    assert left == max(0, sum(amounts) - max(0, total - carried))


@pytest.mark.clause("8")
@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_clause_8_nothing_is_charged_to_a_closed_year(approved: int, charged: int, amount: int):
    closed = BudgetState(approved=approved, charged=charged, closed=True)
    assert closed.remaining == 0
    assert closed.split(amount) == (0, amount)


@pytest.mark.clause("8")
def test_clause_8_without_a_budget_all_is_charged_to_the_year_and_counted():
    assert NOTHING.split(700) == (700, 0)
    charged = NOTHING.with_charged(700).with_carried(50)
    assert charged.unbudgeted == 750
    assert BudgetState(approved=1000, charged=700).unbudgeted == 0
    assert BudgetState(approved=600, charged=700).unbudgeted == 100
    assert BudgetState(approved=600, charged=700).split(5) == (0, 5)


@pytest.mark.clause("8")
def test_clause_8_a_year_is_closed_when_it_is_over_and_budgeted():
    sound = {"osh": BudgetState(approved=5), "chui": NOTHING}
    assert check_closing(2025, sound, 2026) == ()
    assert codes(check_closing(2026, sound, 2026)) == [ErrorCode.BUDGET_YEAR_OPEN]
    unbudgeted = sound | {"chui": NOTHING.with_charged(1)}
    assert codes(check_closing(2025, unbudgeted, 2026)) == [ErrorCode.BUDGET_NOT_FOUND]
    assert codes(check_closing(2025, {"osh": NOTHING}, 2026)) == [ErrorCode.BUDGET_NOT_FOUND]


@pytest.mark.clause("9")
def test_clause_9_a_transfer_needs_an_analysis():
    for missing in (None, ""):
        found = check_transfer(transfer(analysis=missing), BudgetState(approved=500), BudgetState(approved=1), 2026)
        assert codes(found) == [ErrorCode.BUDGET_ANALYSIS_REQUIRED]


@pytest.mark.clause("9")
@pytest.mark.parametrize("this_year", [2025, 2027])
def test_clause_9_a_transfer_is_made_within_the_year(this_year: int):
    found = check_transfer(transfer(), BudgetState(approved=500), BudgetState(approved=1), this_year)
    assert codes(found) == [ErrorCode.BUDGET_TRANSFER_YEAR]


@pytest.mark.clause("9")
@pytest.mark.parametrize(("carried", "charged"), [(0, 401), (401, 0), (1, 400)])
def test_clause_9_what_is_spent_is_not_transferred(carried: int, charged: int):
    source, target = BudgetState(approved=500, carried=carried, charged=charged), BudgetState(approved=0)
    (found,) = check_transfer(transfer("1.00"), source, target, 2026)
    assert (found.code, found.parameters["available"]) == (ErrorCode.BUDGET_TRANSFER_COMMITTED, "0.99")
    assert check_transfer(transfer("0.99"), source, target, 2026) == ()


@pytest.mark.clause("9")
def test_clause_9_all_that_stands_against_a_transfer_is_told_at_once():
    closed = BudgetState(approved=5, closed=True)
    found = check_transfer(transfer(target=RegionName.OSH, analysis=None), closed, closed, 2026)
    assert codes(found) == [
        ErrorCode.BUDGET_ANALYSIS_REQUIRED,
        ErrorCode.BUDGET_TRANSFER_REGIONS,
        ErrorCode.BUDGET_CLOSED,
        ErrorCode.BUDGET_CLOSED,
    ]
    assert codes(check_transfer(transfer(), NOTHING, NOTHING, 2026)) == [ErrorCode.BUDGET_NOT_FOUND] * 2


@pytest.mark.clause("21(1)")
def test_clause_21_1_the_limit_is_set_for_today_or_later():
    today = date(2026, 1, 15)
    for effective_on, expected in (
        (today - timedelta(days=1), [ErrorCode.MULTIPLIER_DATE]),
        (today, []),
        (today + timedelta(days=1), []),
    ):
        command = PatientLimitCommand(norm=Decimal("12.50"), effective_on=effective_on, reason="план")
        assert command.multiplier == 300
        assert codes(check_limit(command, today)) == expected


@pytest.mark.clause("21(1)")
def test_clause_21_1_a_limit_without_room_is_refused():
    command = PatientLimitCommand(
        norm=Decimal("9999999999.99"), multiplier=2, effective_on=date(2026, 1, 15), reason="x"
    )
    assert codes(check_limit(command, date(2026, 1, 15))) == [ErrorCode.SCHEMA_VALUE]
