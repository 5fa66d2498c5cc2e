"""Quotes as the store keeps them. A quote that holds its prescription gives the hold its id."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from gateway.rules.compensation import Reckoning
from gateway.store.programme_tables import quotes
from schemas.amounts import Dose, Money
from schemas.base import Contract
from schemas.medicines import MedicineCode


class QuotedSale(Contract):
    """What was asked and told. It holds nothing about the patient. Doses are in the prescription's unit."""

    medicine: MedicineCode
    units: int
    pack_price: Money
    max_units: int
    compensated_units: int
    retail: Money
    compensation: Money
    patient: Money
    dose: Dose
    course_dose: Dose
    dispensed_before: Dose
    took_hold: bool
    """Whether the prescription was kept for this pharmacy with it."""
    released: bool = False
    """Whether that was given up since."""

    def agrees_with(self, reckoning: Reckoning) -> bool:
        """Whether a sale comes to what was told."""
        told = (self.retail, self.compensation, self.patient)
        return told == (reckoning.retail, reckoning.compensation, reckoning.patient)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRow:
    """A row of ``quotes``, typed."""

    id: UUID
    prescription: UUID
    pharmacy: str
    created_at: datetime
    expires_at: datetime
    reference_version: int
    rules_version: str
    input_digest: bytes
    sale: QuotedSale


def insert_quotes(connection: Connection, rows: Sequence[QuoteRow]) -> None:
    """Write quotes down."""
    if rows:
        connection.execute(insert(quotes), [_values(row) for row in rows])


def read_quotes(connection: Connection, wanted: Collection[UUID]) -> Mapping[UUID, QuoteRow]:
    """Quotes by their ids, those that are there."""
    if not wanted:
        return {}
    rows = connection.execute(select(quotes).where(quotes.c.id.in_(wanted)))
    return {row.id: _quote_row(row) for row in rows}


def forget_hold(connection: Connection, row: QuoteRow) -> None:
    """From now on the quote holds nothing."""
    released = row.sale.model_copy(update={"released": True})
    connection.execute(update(quotes).where(quotes.c.id == row.id).values(answer=released.model_dump_json()))


_AS_THEY_ARE: Final = tuple(name for name in QuoteRow.__dataclass_fields__ if name != "sale")


def _values(row: QuoteRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _AS_THEY_ARE} | {"answer": row.sale.model_dump_json()}


def _quote_row(row: Row[Any]) -> QuoteRow:
    sale = QuotedSale.model_validate_json(row.answer)
    return QuoteRow(**{name: getattr(row, name) for name in _AS_THEY_ARE}, sale=sale)
