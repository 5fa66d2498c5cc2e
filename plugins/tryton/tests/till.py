"""A pharmacy in Tryton, headless: books in som, a point of sale, the fund's payment method, a medicine on the shelf."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from shutil import copyfile
from sqlite3 import connect
from typing import Any, NamedTuple

from environment import FOLDER
from proteus import Model, Wizard
from proteus.config import set_trytond
from trytond import config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts
from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company
from trytond.tests.tools import activate_modules

PACK_PRICE = Decimal("450.00")


def told(error: Exception) -> str:
    """All a user is told by an error."""
    return " ".join(str(part) for part in error.args)


class OnShelf(NamedTuple):
    """A medicine of the reference as the pharmacy sells it."""

    code: str = "EX-C01"
    name: str = "Диротон"
    pack_size: int = 30
    pack_price: Decimal = PACK_PRICE


class Till:
    """What a pharmacist does at the point of sale."""

    def __init__(self, origin: str, token_file: Path) -> None:
        if not config.has_section("kopuro"):
            config.add_section("kopuro")
        config.set("kopuro", "agent", origin)
        config.set("kopuro", "token_file", str(token_file))

    @classmethod
    def build(cls, shelf: OnShelf) -> None:
        """Make the database of the pharmacy, or take the one that was made before."""
        shape = sha256(Path(__file__).read_bytes() + repr(shelf).encode()).hexdigest()[:16]
        kept = Path(os.environ["DB_CACHE"]) / f"pharmacy-{shape}.sqlite"
        if kept.exists():
            copyfile(kept, FOLDER / "till.sqlite")
            cls.open()
            return
        activate_modules("sale_point_prescription")
        create_company(currency="KGS")
        create_chart()
        set_fiscalyear_invoice_sequences(create_fiscalyear()).click("create_period")
        accounts = get_accounts()
        _make_medicine(shelf, accounts)
        _make_point(accounts)
        with closing(connect(FOLDER / "till.sqlite")) as made, closing(connect(kept)) as copy:
            made.backup(copy)

    @classmethod
    def open(cls) -> None:
        """Use the database that was built."""
        set_trytond()

    # ------------------------------------------------------------------------------------------------------- at work

    def push_stock(self) -> None:
        """Tell the agent the shelf."""
        (point,) = Model.get("sale.point").find()
        point.click("push_stock")

    def new_sale(self, receipt: str | None = "777") -> Any:
        """An open sale."""
        (point,) = Model.get("sale.point").find()
        sale = Model.get("sale.point.sale")(point=point, receipt_number=receipt)
        sale.save()
        return sale

    def look_up(self, sale: Any, number: str, pin: str) -> Wizard:
        """The wizard «Рецепт» with the offers on it."""
        wizard = sale.click("prescription")
        wizard.form.number = number
        wizard.form.secret_pin = pin
        wizard.execute("look_up")
        return wizard

    def quote(self, wizard: Wizard, tablets: int | None = None, medicine: str | None = None) -> None:
        """Take the first offer (of this medicine) that has a price."""
        offer = next(
            offer for offer in wizard.form.offers if offer.pack_price is not None and medicine in {None, offer.medicine}
        )
        wizard.form.offer = offer.key
        if tablets is not None:
            wizard.form.tablets = tablets
        wizard.execute("quote")

    def pay_cash(self, sale: Any) -> None:
        """The patient pays what is left; the wizard then processes the sale."""
        wizard = sale.click("pay")
        (wizard.form.method,) = Model.get("sale.point.payment.method").find([("cash", "=", True)])
        wizard.execute("pay")

    def return_line(self, sale: Any, reason: str = "returned") -> Any:
        """The open sale that takes the one line back."""
        wizard = sale.click("return_prescription")
        (wizard.form.line,) = sale.lines
        wizard.form.reason = reason
        wizard.execute("return_")
        (returns,) = wizard.actions
        return returns[0]

    def balances(self) -> dict[str, Decimal]:
        """Debit less credit of the accounts concerned, in som."""
        accounts = get_accounts()
        return {name: accounts[name].debit - accounts[name].credit for name in ("cash", "receivable", "revenue")}


def _make_medicine(shelf: OnShelf, accounts: dict[str, Any]) -> None:
    category = Model.get("product.category")(name="Medicines", accounting=True)
    category.account_revenue = accounts["revenue"]
    category.save()
    (unit,) = Model.get("product.uom").find([("name", "=", "Unit")])
    template = Model.get("product.template")(name=shelf.name, default_uom=unit, type="goods", salable=True)
    template.account_category = category
    template.gross_price = shelf.pack_price
    (product,) = template.products
    product.tablets_per_pack = shelf.pack_size
    product.identifiers.new(type="medicine", code=shelf.code)
    template.save()
    (product,) = template.products
    (storage,) = Model.get("stock.location").find([("code", "=", "STO")])
    (lost,) = Model.get("stock.location").find([("type", "=", "lost_found")], limit=1)
    move = Model.get("stock.move")(product=product, quantity=20, from_location=lost, to_location=storage)
    move.effective_date = date.today()  # noqa: DTZ011 - Tryton's own idea of today
    move.save()
    move.click("do")


def _make_point(accounts: dict[str, Any]) -> None:
    location_class = Model.get("stock.location")
    method_class = Model.get("sale.point.payment.method")
    point = Model.get("sale.point")(name="Аптека")
    (point.journal,) = Model.get("account.journal").find([("type", "=", "revenue")], limit=1)
    point.sequence = Model.get("ir.sequence.strict")(name="Аптека", company=point.company)
    (point.sequence.sequence_type,) = Model.get("ir.sequence.type").find([("name", "=", "POS")], limit=1)
    point.sequence.save()
    (point.storage_location,) = location_class.find([("code", "=", "STO")])
    point.return_location = point.storage_location
    (point.customer_location,) = location_class.find([("code", "=", "CUS")])
    point.save()
    method_class(name="Накталай", account=accounts["cash"], cash=True).save()
    fund = Model.get("party.party")(name="ФОМС")
    fund.save()
    method_class(name="ФОМС", account=accounts["receivable"], fund=True, fund_party=fund).save()
