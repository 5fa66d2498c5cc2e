"""The accounting itself: it finds each kind of mistake, and nothing where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.foms.simulator import Mode
from tests.campaigns.accounting import Operation, StoredAtFund, account
from tests.campaigns.load import Acknowledged, Ledger

FIRST, SECOND = "00000011895017425", "00000021895017425"


def operation(number: str = FIRST, **changes: object) -> Operation:
    delivered = Operation(
        id=f"op-{number}", number=number, revision=1, state="delivered", reason="OK", record_number=f"R-{number}"
    )
    return replace(delivered, **changes)


def stored(number: str = FIRST, **changes: object) -> StoredAtFund:
    return replace(
        StoredAtFund(operation=f"op-{number}", number=number, revision=1, record_number=f"R-{number}"), **changes
    )


def ledger(*numbers: str) -> Ledger:
    kept = Ledger()
    for case, number in enumerate(numbers):
        kept.requests[f"key-{case}"] = Acknowledged(f"op-{number}", number, 1, case)
        kept.cases[case] = number
    return kept


def violations(told, journal, fund, mode=Mode.QUERY) -> list[str]:
    return account(told, journal, fund, mode).violations


def test_where_all_agree_nothing_is_found():
    assert violations(ledger(FIRST, SECOND), [operation(), operation(SECOND)], [stored(), stored(SECOND)]) == []


@pytest.mark.parametrize(
    ("told", "journal", "fund", "expected"),
    [
        (ledger(FIRST, SECOND), [operation()], [stored()], "is not in the journal"),
        (ledger(FIRST), [operation(), operation(SECOND)], [stored(), stored(SECOND)], "nobody was told"),
        (ledger(FIRST), [operation(revision=2)], [stored()], "the journal has"),
        (ledger(FIRST), [operation()], [], "the fund does not have it"),
        (ledger(FIRST), [operation()], [stored(record_number="R-other")], "under that record number"),
        (ledger(FIRST), [operation()], [stored(), stored()], "2 times"),
        (ledger(FIRST), [operation(state="in-doubt")], [stored()], "is still in-doubt"),
        (ledger(FIRST), [operation(state="rejected")], [stored()], "counts as rejected"),
        (ledger(FIRST), [operation(state="parked")], [stored()], "is parked"),
        (ledger(FIRST), [operation()], [stored(), stored(SECOND)], "the journal does not"),
        (ledger(FIRST, FIRST), [operation()], [stored()], "was given to 2 cases"),
        (ledger(SECOND), [operation(SECOND)], [stored(SECOND)], "have a gap"),
    ],
)
def test_each_mistake_is_found(told, journal, fund, expected):
    assert any(expected in violation for violation in violations(told, journal, fund))


def test_an_ordinal_number_given_to_two_departments_is_found():
    other = FIRST[:7] + "05" + FIRST[9:]
    found = violations(ledger(FIRST, other), [operation(), operation(other)], [stored(), stored(other)])
    assert any("given twice" in violation for violation in found)


@pytest.mark.parametrize(
    ("journal", "expected"),
    [
        (operation(state="parked"), "parked without doubt"),
        (operation(doubtful_sends=1), "was in doubt and is delivered"),
        (operation(state="parked", doubtful_sends=2), "sent again in doubt"),
    ],
)
def test_where_the_fund_can_do_neither_exactly_the_doubtful_are_parked(journal, expected):
    assert any(expected in violation for violation in violations(ledger(FIRST), [journal], [stored()], Mode.NEITHER))
    kept = operation(state="parked", doubtful_sends=1)
    assert violations(ledger(FIRST), [kept], [stored()], Mode.NEITHER) == []
