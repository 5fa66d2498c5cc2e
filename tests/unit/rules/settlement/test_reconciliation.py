"""Three-way reconciliation: every kind of difference, and none where there is none."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.settlement.reconciliation import (
    Column,
    Delivery,
    FundRecord,
    ListedDispense,
    OwnDispense,
    reconcile,
)
from schemas.settlement.terms import DifferenceKind, Party

OURS = OwnDispense(
    dispense=UUID(int=1),
    settled=Decimal("360.00"),
    reversed=False,
    delivery=Delivery.DELIVERED,
    record_number="F-1",
)
LISTED = ListedDispense(row=1, dispense=UUID(int=1), settled=Decimal("360.00"))
AT_FUND = FundRecord(dispense=UUID(int=1), settled=Decimal("360.00"), reversed=False, record_number="F-1")


def kinds(listed, own, fund):
    return [(one.kind, one.party) for one in reconcile(listed, own, fund).differences]


def test_nothing_differs_where_all_agree():
    found = reconcile([LISTED], [OURS], [AT_FUND])
    assert found.differences == []
    assert found.pharmacy == found.gateway == found.fund == Column(1, Decimal("360.00"))


K, PHARMACY, FUND = DifferenceKind, Party.PHARMACY, Party.FUND
TAKEN_BACK = replace(OURS, reversed=True)


@pytest.mark.clause("54", "55")
@pytest.mark.parametrize(
    ("listed", "own", "fund", "expected"),
    [
        ([], [OURS], [AT_FUND], [(K.MISSING_AT_PHARMACY, PHARMACY)]),
        ([LISTED], [], [], [(K.MISSING_AT_GATEWAY, PHARMACY)]),
        ([], [], [AT_FUND], [(K.MISSING_AT_GATEWAY, FUND)]),
        ([replace(LISTED, dispense=None)], [], [], [(K.MISSING_AT_GATEWAY, PHARMACY)]),
        ([LISTED], [OURS], [], [(K.MISSING_AT_FUND, FUND)]),
        ([LISTED], [replace(OURS, delivery=Delivery.UNDER_WAY)], [], [(K.UNDELIVERED, FUND)]),
        ([LISTED], [replace(OURS, delivery=Delivery.REJECTED)], [], [(K.REJECTED_BY_FUND, FUND)]),
        ([replace(LISTED, settled=Decimal("0.01"))], [OURS], [AT_FUND], [(K.SUM_DIFFERS, PHARMACY)]),
        ([LISTED], [OURS], [replace(AT_FUND, settled=Decimal("0.01"))], [(K.SUM_DIFFERS, FUND)]),
        ([LISTED], [TAKEN_BACK], [replace(AT_FUND, reversed=True)], [(K.REVERSED_ONLY_HERE, PHARMACY)]),
        ([], [TAKEN_BACK], [AT_FUND], [(K.REVERSED_ONLY_HERE, FUND)]),
        ([], [TAKEN_BACK], [], []),
        ([LISTED], [OURS], [replace(AT_FUND, reversed=True)], [(K.REVERSED_ONLY_AT_FUND, FUND)]),
        ([LISTED], [replace(OURS, record_number=None)], [AT_FUND], [(K.RECORD_NUMBER_DIFFERS, FUND)]),
        ([LISTED, replace(LISTED, row=2)], [OURS], [AT_FUND], [(K.LISTED_TWICE, PHARMACY)]),
        ([LISTED], [OURS], None, []),
        ([LISTED], [replace(OURS, delivery=Delivery.UNDER_WAY)], None, [(K.UNDELIVERED, FUND)]),
    ],
)
def test_clause_55_every_kind_of_difference_is_told(listed, own, fund, expected):
    assert kinds(listed, own, fund) == expected


def test_a_reversed_dispense_counts_for_nothing():
    found = reconcile([], [TAKEN_BACK], [replace(AT_FUND, reversed=True)])
    assert found.gateway == found.fund == Column(0, Decimal("0.00"))


@given(st.dictionaries(st.uuids(), st.decimals("0.00", "9999.99", places=2), max_size=8))
def test_columns_are_counts_and_sums(sums: dict[UUID, Decimal]):
    listed = [ListedDispense(row=row, dispense=one, settled=sums[one]) for row, one in enumerate(sums, 1)]
    own = [replace(OURS, dispense=one, settled=settled) for one, settled in sums.items()]
    fund = [replace(AT_FUND, dispense=one, settled=settled) for one, settled in sums.items()]
    found = reconcile(listed, own, fund)
    assert found.differences == []
    assert found.pharmacy == found.gateway == found.fund == Column(len(sums), sum(sums.values(), Decimal("0.00")))
