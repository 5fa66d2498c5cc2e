"""The stock of the points of sale for the agent, so that the offers are the pharmacy's own (clause 36)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trytond.model import ModelView
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from .agent import stock_row
from .terminal import the_agent, told


class PointOfSale(metaclass=PoolMeta):
    """A point of sale."""

    __name__ = "sale.point"

    @classmethod
    def __setup__(cls) -> None:
        super().__setup__()
        cls._buttons.update(push_stock={})

    @classmethod
    @ModelView.button
    def push_stock(cls, points: Sequence[Any]) -> None:
        """Tell the agent all that lies on the shelves of these points, and at which price."""
        rows = [row for company in {point.company for point in points} for row in cls._stock_rows(company, points)]
        with told():
            the_agent().push_stock(rows)

    @classmethod
    def push_all_stock(cls) -> None:
        """Tell the agent the shelves of every point."""
        cls.push_stock(cls.search([]))

    @classmethod
    def _stock_rows(cls, company: Any, points: Sequence[Any]) -> list[dict[str, Any]]:
        pool = Pool()
        uom_class = pool.get("product.uom")
        locations = list({point.storage_location.id for point in points if point.company == company})
        with Transaction().set_context(company=company.id):
            today = pool.get("ir.date").today()
        rows = []
        with Transaction().set_context(company=company.id, locations=locations, stock_date_end=today):
            for product in pool.get("product.product").search(
                [
                    ("salable", "=", True),
                    ("tablets_per_pack", ">", 0),
                    ("identifiers.type", "=", "medicine"),
                ]
            ):
                quantity = uom_class.compute_qty(product.default_uom, product.quantity, product.sale_uom)
                packs = product.packs_of_quantity(quantity)
                if packs and product.pack_price is not None:
                    rows.append(stock_row(product.medicine_code, product.pack_price, packs))
        return rows
