"""Which product is which medicine of the reference («Маалымдама»), and how its packs are counted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import PoolMeta
from trytond.pyson import Eval

from .agent import Medicine
from .exceptions import PrescriptionError


class Identifier(metaclass=PoolMeta):
    """Identifiers of a product: with «medicine» the code in the reference; a GTIN is of type «ean»."""

    __name__ = "product.identifier"

    @classmethod
    def __setup__(cls) -> None:
        super().__setup__()
        cls.type.selection.append(("medicine", "Medicine Reference"))


class Product(metaclass=PoolMeta):
    """A product that may be a medicine of the reference."""

    __name__ = "product.product"

    tablets_per_pack = fields.Integer(
        "Tablets per Pack",
        domain=["OR", ("tablets_per_pack", "=", None), ("tablets_per_pack", ">", 0)],
        help="As in the reference of medicines. Leave empty for what is no medicine of the reference.",
    )
    sold_by_tablet = fields.Boolean(
        "Sold by the Tablet",
        states={"invisible": ~Eval("tablets_per_pack")},
        help="Check if the sale unit is a tablet; else it is a pack.",
    )

    @classmethod
    def of_medicine(cls, medicine: Medicine) -> Any:
        """The one salable product with this code in the reference, else with this GTIN.

        Raises :class:`PrescriptionError` when there is none, or several, or its pack is of another size.
        """
        products = cls._identified([("type", "=", "medicine"), ("code", "=", medicine.code)])
        if not products and medicine.gtin:
            products = cls._identified([("type", "=", "ean"), ("code", "in", _forms_of(medicine.gtin))])
        if len(products) != 1:
            named = {"medicine": medicine.code, "name": medicine.trade_name}
            raise PrescriptionError(
                gettext("sale_point_prescription.msg_product_ambiguous", **named)
                if products
                else gettext("sale_point_prescription.msg_product_missing", **named)
            )
        product = products[0]
        if product.tablets_per_pack != medicine.pack_size:
            raise PrescriptionError(
                gettext(
                    "sale_point_prescription.msg_product_pack_size",
                    product=product.rec_name,
                    reference=medicine.pack_size,
                )
            )
        return product

    @classmethod
    def _identified(cls, clauses: list[tuple[str, str, Any]]) -> list[Any]:
        domain = [("salable", "=", True), ("identifiers", "where", clauses)]
        return cls.search(domain, limit=2)

    def quantity_of_tablets(self, tablets: int) -> Decimal:
        """So many tablets in the sale unit, as far as the unit's digits go; else :class:`PrescriptionError`."""
        quantity = Decimal(tablets) if self.sold_by_tablet else Decimal(tablets) / self.tablets_per_pack
        rounded = Decimal(str(self.sale_uom.round(float(quantity))))
        if rounded != quantity:
            raise PrescriptionError(
                gettext(
                    "sale_point_prescription.msg_product_quantity",
                    product=self.rec_name,
                    tablets=tablets,
                    unit=self.sale_uom.rec_name,
                )
            )
        return rounded

    def packs_of_quantity(self, quantity: float) -> int:
        """Whole packs in a quantity of the sale unit."""
        return max(0, int(quantity) // (self.tablets_per_pack if self.sold_by_tablet else 1))

    @property
    def medicine_code(self) -> str | None:
        """Its code in the reference."""
        identifier = self.identifier_get({"medicine"})
        return identifier.code if identifier else None

    @property
    def pack_price(self) -> Decimal | None:
        """What a pack costs on the shelf, in som."""
        if self.gross_price_used is None:
            return None
        return self.gross_price_used * (self.tablets_per_pack if self.sold_by_tablet else 1)


def _forms_of(gtin: str) -> list[str]:
    """A GTIN as 14, 13, 12 or 8 digits: leading zeros do not count."""
    digits = gtin.lstrip("0")
    return [digits.zfill(length) for length in (8, 12, 13, 14) if len(digits) <= length]
