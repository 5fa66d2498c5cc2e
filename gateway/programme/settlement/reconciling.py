"""Three-way reconciliation: the pharmacy's own list, our journal, the fund's answer (clauses 41, 45)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy import Connection, select

from gateway.operations.model import State
from gateway.programme.ports import FundDispense, FundLedger
from gateway.programme.settlement.ports import ReceiptKey
from gateway.rules.money import from_tyiyn
from gateway.rules.settlement.months import last_day
from gateway.rules.settlement.reconciliation import (
    Delivery,
    FundRecord,
    ListedDispense,
    OwnDispense,
    Reconciliation,
    reconcile,
)
from gateway.store.grouping import Store
from gateway.store.programme_tables import dispenses
from gateway.store.tables import operations
from schemas.settlement.requests import ListedSale

_ENDED = {
    State.DELIVERED: Delivery.DELIVERED,
    State.REJECTED: Delivery.REJECTED,
    State.CANCELLED: Delivery.REJECTED,
}


@dataclass(frozen=True, slots=True)
class _Journal:
    """Our dispenses of a month, and where each is found by its receipt and day of sale."""

    dispenses: Sequence[OwnDispense]
    by_receipt: Mapping[tuple[bytes, date], UUID]


class Reconciling:
    """Compares the three. Nothing is written."""

    def __init__(self, store: Store, fund: FundLedger, receipt_key: ReceiptKey) -> None:
        self._store = store
        self._fund = fund
        self._receipt_key = receipt_key

    async def reconcile(self, pharmacy: str, month: date, rows: Sequence[ListedSale]) -> Reconciliation:
        """The differences of a pharmacy's sales in a month; without the fund's answer, those between us and it."""
        last = last_day(month)
        answer = await self._fund.dispenses(pharmacy, month, last)
        journal = await self._store.read(partial(_read_journal, pharmacy=pharmacy, first=month, last=last))
        listed = [
            ListedDispense(row=number, dispense=self._found(pharmacy, row, journal), settled=row.settled)
            for number, row in enumerate(rows, 1)
        ]
        return reconcile(listed, journal.dispenses, None if answer is None else [_fund_record(one) for one in answer])

    def _found(self, pharmacy: str, row: ListedSale, journal: _Journal) -> UUID | None:
        if row.dispense is not None:
            return row.dispense
        assert row.receipt is not None
        assert row.sold_on is not None
        return journal.by_receipt.get((self._receipt_key(pharmacy, row.receipt), row.sold_on))


def _read_journal(connection: Connection, pharmacy: str, first: date, last: date) -> _Journal:
    rows = connection.execute(
        select(
            dispenses.c.id,
            dispenses.c.sold_on,
            dispenses.c.settled,
            dispenses.c.reversed_by,
            dispenses.c.receipt_key,
            operations.c.state,
            operations.c.record_number,
        )
        .join(operations, operations.c.id == dispenses.c.operation_id)
        .where(
            dispenses.c.pharmacy == pharmacy,
            dispenses.c.sold_on.between(first, last),
            dispenses.c.reversal_of.is_(None),
        )
        .order_by(dispenses.c.sold_on, dispenses.c.id)
    ).all()
    own = [
        OwnDispense(
            dispense=row.id,
            settled=from_tyiyn(row.settled),
            reversed=row.reversed_by is not None,
            delivery=_ENDED.get(State(row.state), Delivery.UNDER_WAY),
            record_number=row.record_number,
        )
        for row in rows
    ]
    return _Journal(own, {(row.receipt_key, row.sold_on): row.id for row in rows if row.receipt_key is not None})


def _fund_record(record: FundDispense) -> FundRecord:
    return FundRecord(
        dispense=record.dispense,
        settled=record.settled,
        reversed=record.reversed,
        record_number=record.record_number,
    )
