"""Quotes as they are kept: everything that the sale needs, also after a restart and without the gateway."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from kopuro_pos import client
from kopuro_pos.agent.book.entries import context
from kopuro_pos.agent.contract import HoldState, Quote, Sale, SaleOrder, SaleState
from kopuro_pos.agent.day.days import bishkek_day
from kopuro_pos.agent.ports import Sealer


class KeptQuote(BaseModel):
    """A quote and what it was asked with. ``made_at`` is by the gateway's clock; ``told`` is what the counter saw."""

    model_config = ConfigDict(frozen=True)

    made_at: datetime
    pharmacy: str
    who: client.PatientAndNumber
    prescription: UUID
    display_number: str
    sale: client.Sale
    offers_shown: tuple[client.StockItem, ...]
    choice: client.Choice
    told: Quote

    @property
    def id(self) -> UUID:
        """The gateway's."""
        return self.told.quote

    @property
    def hold(self) -> HoldState | None:
        """The hold it took or renewed, if it is ours."""
        hold = self.told.hold
        return hold if hold is not None and hold.id is not None else None

    def sold(self, order: SaleOrder, identifier: UUID, at: datetime) -> Sale:
        """The sale that follows it, before it has a number."""
        told = self.told
        return Sale(
            id=identifier,
            key=order.key,
            sequence=0,
            state=SaleState.WAITING,
            made_offline=False,
            at=at,
            on=bishkek_day(at),
            pharmacist=order.pharmacist,
            medicine=told.medicine,
            prescription=self.prescription,
            display_number=self.display_number,
            units=told.units,
            pack_price=told.pack_price,
            retail=told.retail,
            compensation=told.compensation,
            patient=told.patient,
            remaining_units=told.remaining_units,
            last_day=told.last_day,
            receipt_number=order.receipt_number,
            receipt_amount=order.receipt_amount,
            findings=told.findings,
        )

    def dispense_order(self, order: SaleOrder, at: datetime) -> client.DispenseOrder:
        """What the gateway is sent of it."""
        hold = self.hold
        return client.DispenseOrder(
            pharmacy=self.pharmacy,
            prescription=self.who,
            sale=self.sale,
            pharmacist=order.pharmacist,
            offers_shown=self.offers_shown,
            choice=self.choice,
            receipt=client.Receipt(number=order.receipt_number, amount=order.receipt_amount),
            quote=self.id,
            hold=None if hold is None else hold.id,
            sold_at=at,
        )


def insert_quote(connection: sqlite3.Connection, quote: KeptQuote, sealer: Sealer) -> None:
    """Keep a quote."""
    connection.execute(
        "INSERT INTO quotes (id, lookup, made_at, sealed) VALUES (?, ?, ?, ?)",
        (
            str(quote.id),
            quote.told.lookup,
            quote.made_at.isoformat(),
            sealer.seal(quote.model_dump_json().encode(), context("quote", quote.id)),
        ),
    )


def read_quote(connection: sqlite3.Connection, identifier: UUID, sealer: Sealer) -> KeptQuote | None:
    """A quote by its id."""
    row = connection.execute("SELECT sealed FROM quotes WHERE id = ?", (str(identifier),)).fetchone()
    if row is None:
        return None
    return KeptQuote.model_validate_json(sealer.open(row["sealed"], context("quote", identifier)))


def read_quotes_of(connection: sqlite3.Connection, lookup: str, sealer: Sealer) -> list[KeptQuote]:
    """The quotes that followed a look-up."""
    rows = connection.execute("SELECT id, sealed FROM quotes WHERE lookup = ?", (lookup,))
    return [
        KeptQuote.model_validate_json(sealer.open(row["sealed"], context("quote", UUID(row["id"])))) for row in rows
    ]


def drop_quotes_of(connection: sqlite3.Connection, lookup: str) -> None:
    """Forget the quotes that followed a look-up."""
    connection.execute("DELETE FROM quotes WHERE lookup = ?", (lookup,))


def drop_quotes_before(connection: sqlite3.Connection, instant: datetime) -> None:
    """Forget the quotes that nothing can follow any more."""
    connection.execute("DELETE FROM quotes WHERE made_at < ?", (instant.isoformat(),))
