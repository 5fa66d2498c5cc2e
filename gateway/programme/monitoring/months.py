"""The monitoring of prices («дары каражаттарынын бааларына мониторинг», clause 56), from what pharmacies sold."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection, func, select

from gateway.programme.monitoring.prices import By, PriceStatistics, Product, Range, Sold, plain_name, statistics
from gateway.store.grouping import Store
from gateway.store.medicine_tables import reference_medicines
from gateway.store.programme_tables import dispenses
from schemas.medicines import Medicine

_MONTH: Final = timedelta(days=32)
"""A little more than any month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfPrices:
    """The statistics of a Bishkek month, named by its first day. ``retail`` is what all came to, in tyiyn."""

    month: date
    dispenses: int
    retail: int
    items: tuple[PriceStatistics, ...]


@dataclass(frozen=True, slots=True)
class PricePoint:
    """The unit prices of one international name in a month, in tyiyn; ``None`` when nothing of it was sold."""

    month: date
    prices: Range | None


class PriceMonitoring:
    """Reckons price statistics. What was taken back, and the taking back, are left out.

    The region is that to whose budget a dispense is charged: of the organisation where the patient is registered.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def month(self, month: date, by: By, *, inn: str | None = None) -> MonthOfPrices:
        """The statistics of the month with this first day, of all international names or of one."""
        sold = await self._store.read(partial(_sold_in, month=month))
        # Beside the event loop: a month may have a hundred thousand different prices.
        return await asyncio.to_thread(_reckoned, month, _of_name(sold, inn), by)

    async def course(self, inn: str, first: date, last: date) -> tuple[PricePoint, ...]:
        """How the unit prices of an international name went, month by month, both ends included."""
        return tuple([await self._point(inn, month) for month in months(first, last)])

    async def _point(self, inn: str, month: date) -> PricePoint:
        found = (await self.month(month, By.INN, inn=inn)).items
        return PricePoint(month, found[0].unit_price if found else None)


def _reckoned(month: date, sold: Sequence[Sold], by: By) -> MonthOfPrices:
    return MonthOfPrices(
        month=month,
        dispenses=sum(one.dispenses for one in sold),
        retail=sum(one.retail for one in sold),
        items=tuple(statistics(sold, by)),
    )


def months(first: date, last: date) -> tuple[date, ...]:
    """The first days of the months from one to another."""
    found = []
    month = first
    while month <= last:
        found.append(month)
        month = _next_month(month)
    return tuple(found)


def _next_month(month: date) -> date:
    return (month + _MONTH).replace(day=1)


def _of_name(sold: Sequence[Sold], inn: str | None) -> Sequence[Sold]:
    if inn is None:
        return sold
    wanted = plain_name(inn)
    return [one for one in sold if plain_name(one.product.inn) == wanted]


def _sold_in(connection: Connection, month: date) -> list[Sold]:
    """What was sold in a month, newest versions first, added up by the database as far as the price is the same."""
    row = dispenses.c
    rows = connection.execute(
        select(
            row.reference_version,
            row.medicine,
            row.region,
            row.pack_price,
            func.count().label("dispenses"),
            func.sum(row.units).label("units"),
            func.sum(row.retail).label("retail"),
        )
        .where(
            row.sold_on >= month,
            row.sold_on < _next_month(month),
            row.reversal_of.is_(None),
            row.reversed_by.is_(None),
        )
        .group_by(row.reference_version, row.medicine, row.region, row.pack_price)
        .order_by(row.reference_version.desc())
    ).all()
    products = _products(connection, {found.reference_version for found in rows})
    return [
        Sold(
            product=products[found.reference_version, found.medicine],
            region=found.region,
            pack_price=found.pack_price,
            dispenses=found.dispenses,
            # PostgreSQL gives sums of whole numbers as decimal ones.
            units=int(found.units),
            retail=int(found.retail),
        )
        for found in rows
    ]


def _products(connection: Connection, versions: set[int]) -> dict[tuple[int, str], Product]:
    """The rows of some versions of the reference, from the store: months past are not kept in memory."""
    rows = connection.execute(select(reference_medicines).where(reference_medicines.c.version.in_(versions)))
    return {(row.version, row.code): Product.of(Medicine.model_validate_json(row.content)) for row in rows}
