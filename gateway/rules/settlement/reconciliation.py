"""Three-way reconciliation: what the pharmacy has, what we have, what the fund has (clauses 41, 45).

A dispense that was reversed counts for nothing wherever it is known to be reversed. Sums are som.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from schemas.settlement.terms import DifferenceKind, Party


class Delivery(StrEnum):
    """What has become of a dispense's operation on its way to the fund."""

    DELIVERED = "delivered"
    UNDER_WAY = "under-way"
    """Queued, being sent, in doubt, or put aside for a person."""
    REJECTED = "rejected"
    """The fund refused it, or a person ended it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDispense:
    """A dispense in our journal. ``record_number`` is the fund's, as it acknowledged it."""

    dispense: UUID
    settled: Decimal
    reversed: bool
    delivery: Delivery
    record_number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDispense:
    """A row of the pharmacy's own list, counted from 1. ``dispense`` is ``None`` when we know no such receipt."""

    row: int
    dispense: UUID | None
    settled: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FundRecord:
    """A dispense as the fund lists it."""

    dispense: UUID
    settled: Decimal
    reversed: bool
    record_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference, with the settled sum each side has; ``None`` where a side does not have it."""

    kind: DifferenceKind
    dispense: UUID | None
    row: int | None = None
    party: Party | None = None
    pharmacy: Decimal | None = None
    gateway: Decimal | None = None
    fund: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One side's dispenses that count, and their sum."""

    count: int
    settled: Decimal


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The three columns and every difference. ``fund`` is ``None`` when the fund gave no answer."""

    pharmacy: Column
    gateway: Column
    fund: Column | None
    differences: Sequence[Difference]


def reconcile(
    listed: Sequence[ListedDispense], own: Sequence[OwnDispense], fund: Sequence[FundRecord] | None
) -> Reconciliation:
    """Compare the three. Without an answer of the fund the pharmacy's list is compared, and undelivered ones told."""
    by_id = {one.dispense: one for one in own}
    at_fund = None if fund is None else {one.dispense: one for one in fund}
    at_pharmacy: dict[UUID, ListedDispense] = {}
    differences: list[Difference] = []
    for row in listed:
        if row.dispense is not None and row.dispense in at_pharmacy:
            differences.append(_of_row(DifferenceKind.LISTED_TWICE, row))
        elif row.dispense is None or row.dispense not in by_id:
            differences.append(_of_row(DifferenceKind.MISSING_AT_GATEWAY, row))
        else:
            at_pharmacy[row.dispense] = row
    for one in own:
        differences += _between(one, at_pharmacy.get(one.dispense), at_fund)
    differences += [
        Difference(
            kind=DifferenceKind.MISSING_AT_GATEWAY,
            dispense=record.dispense,
            party=Party.FUND,
            fund=record.settled,
        )
        for record in fund or ()
        if record.dispense not in by_id and not record.reversed
    ]
    return Reconciliation(
        _column(row.settled for row in listed),
        _column(one.settled for one in own if not one.reversed),
        None if fund is None else _column(record.settled for record in fund if not record.reversed),
        differences,
    )


def _between(
    one: OwnDispense, row: ListedDispense | None, at_fund: Mapping[UUID, FundRecord] | None
) -> Iterator[Difference]:
    record = None if at_fund is None else at_fund.get(one.dispense)

    def difference(kind: DifferenceKind, party: Party | None = None) -> Difference:
        return Difference(
            kind=kind,
            dispense=one.dispense,
            row=None if row is None else row.row,
            party=party,
            pharmacy=None if row is None else row.settled,
            gateway=Decimal("0.00") if one.reversed else one.settled,
            fund=None if record is None else record.settled,
        )

    if one.reversed:
        if row is not None:
            yield difference(DifferenceKind.REVERSED_ONLY_HERE, Party.PHARMACY)
    elif row is None:
        yield difference(DifferenceKind.MISSING_AT_PHARMACY, Party.PHARMACY)
    elif row.settled != one.settled:
        yield difference(DifferenceKind.SUM_DIFFERS, Party.PHARMACY)
    yield from (difference(kind, Party.FUND) for kind in _at_fund(one, record, known=at_fund is not None))


def _at_fund(one: OwnDispense, record: FundRecord | None, *, known: bool) -> Iterator[DifferenceKind]:
    if record is not None:
        if one.reversed != record.reversed:
            yield DifferenceKind.REVERSED_ONLY_HERE if one.reversed else DifferenceKind.REVERSED_ONLY_AT_FUND
        elif record.settled != one.settled:
            yield DifferenceKind.SUM_DIFFERS
        if record.record_number != one.record_number:
            yield DifferenceKind.RECORD_NUMBER_DIFFERS
    elif one.reversed:
        return
    elif one.delivery is Delivery.UNDER_WAY:
        yield DifferenceKind.UNDELIVERED
    elif one.delivery is Delivery.REJECTED:
        yield DifferenceKind.REJECTED_BY_FUND
    elif known:
        yield DifferenceKind.MISSING_AT_FUND


def _of_row(kind: DifferenceKind, row: ListedDispense) -> Difference:
    return Difference(kind=kind, dispense=row.dispense, row=row.row, party=Party.PHARMACY, pharmacy=row.settled)


def _column(sums: Iterable[Decimal]) -> Column:
    listed = list(sums)
    return Column(len(listed), sum(listed, Decimal("0.00")))
