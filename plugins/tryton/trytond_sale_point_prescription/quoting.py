"""The wizard «Рецепт»: number and ПИН, the offers of the generic group, a quote that fills a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.transaction import without_check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .agent import AgentRefused, AgentSilent, Found, Medicine, Offer, box_codes
from .exceptions import PrescriptionError
from .sale import CURRENCY
from .terminal import text_of, the_agent, told


class PrescriptionAsk(ModelView):
    """Which prescription, and whose."""

    __name__ = "sale.point.sale.prescription.ask"
    __string__ = "Prescription"

    number = fields.Char("Prescription Number", required=True)
    # Tryton leaves fields that are called «secret» out of its log.
    secret_pin = fields.Char("ПИН", required=True, help="Is asked for and passed on, and nowhere kept.")
    secret_family_name = fields.Char("Family Name", help="Only when the gateway asks for it.")


class PrescriptionOffer(ModelView):
    """One trade name of the generic group at one price; sums are for the tablets named."""

    __name__ = "sale.point.sale.prescription.offer"
    __string__ = "Offer"

    key = fields.Char("Key", readonly=True)
    medicine = fields.Char("Medicine", readonly=True)
    trade_name = fields.Char("Trade Name", readonly=True)
    pack_size = fields.Integer("Tablets per Pack", readonly=True)
    gtin = fields.Char("GTIN", readonly=True)
    in_stock = fields.Boolean("In Stock", readonly=True)
    pack_price = fields.Numeric("Price of a Pack", digits=(None, 2), readonly=True)
    packs = fields.Integer("Packs", readonly=True)
    tablets = fields.Integer("Tablets", readonly=True)
    retail = fields.Numeric("Retail", digits=(None, 2), readonly=True)
    compensation = fields.Numeric("Paid by the Fund", digits=(None, 2), readonly=True)
    patient = fields.Numeric("Paid by the Patient", digits=(None, 2), readonly=True)


class PrescriptionChoose(ModelView):
    """What the patient takes."""

    __name__ = "sale.point.sale.prescription.choose"
    __string__ = "Offers"

    lookup = fields.Char("Look-up", readonly=True)
    prescription_number = fields.Char("Prescription", readonly=True)
    prescribed = fields.Char("Prescribed", readonly=True)
    remaining = fields.Integer("Tablets Left", readonly=True)
    last_day = fields.Date("Last Day", readonly=True)
    findings = fields.Text("Findings", readonly=True)
    offers = fields.One2Many("sale.point.sale.prescription.offer", None, "Offers", readonly=True)
    offer = fields.Selection("get_offers", "Chosen", required=True, sort=False)
    tablets = fields.Integer("Tablets", required=True, domain=[("tablets", ">", 0)])
    boxes = fields.Text("Boxes", help="Codes of the boxes, one a line, as the scanner reads them.")

    @fields.depends("offers")
    def get_offers(self) -> list[tuple[str | None, str]]:
        """What has a price and so can be sold."""
        return [
            (None, ""),
            *(
                (offer.key, f"{offer.trade_name} – {offer.pack_price} – {offer.patient}")
                for offer in self.offers or []
                if offer.pack_price is not None
            ),
        ]

    @fields.depends("offer", "offers")
    def on_change_offer(self) -> None:
        """Propose as many tablets as may be sold."""
        chosen = self.chosen
        if chosen:
            self.tablets = chosen.tablets

    @property
    def chosen(self) -> Any:
        """The offer that was chosen."""
        return next((offer for offer in self.offers or [] if offer.key == self.offer), None)


class Prescription(Wizard):
    """Sell on a subsidised prescription."""

    __name__ = "sale.point.sale.prescription"

    start_state = "ask"
    ask = StateView(
        "sale.point.sale.prescription.ask",
        "sale_point_prescription.prescription_ask_view_form",
        [
            Button("Cancel", "end", "tryton-cancel"),
            Button("Find", "look_up", "tryton-search", default=True),
        ],
    )
    look_up = StateTransition()
    choose = StateView(
        "sale.point.sale.prescription.choose",
        "sale_point_prescription.prescription_choose_view_form",
        [
            Button("Cancel", "end", "tryton-cancel"),
            Button("Quote", "quote", "tryton-ok", default=True),
        ],
    )
    quote = StateTransition()

    def transition_look_up(self) -> str:
        """Find the prescription; number, ПИН and name are taken out before the wizard's session is stored."""
        if self.record.currency.code != CURRENCY:
            raise PrescriptionError(gettext("sale_point_prescription.msg_currency"))
        number, pin, family_name = self.ask.number, self.ask.secret_pin, self.ask.secret_family_name
        self.ask.number = self.ask.secret_pin = self.ask.secret_family_name = None
        with told():
            found = the_agent().look_up(number=number, pin=pin, family_name=family_name)
        self.shown = _shown(found)
        return "choose"

    def default_choose(self, fields: Sequence[str]) -> dict[str, Any]:  # noqa: ARG002 - Tryton's shape
        """What the look-up found."""
        return self.shown

    def transition_quote(self) -> str:
        """Have the chosen offer quoted and the prescription held, and fill a line."""
        chosen = self.choose.chosen
        medicine = Medicine(chosen.medicine, chosen.trade_name, chosen.pack_size, chosen.gtin)
        product = Pool().get("product.product").of_medicine(medicine)
        product.quantity_of_tablets(self.choose.tablets)
        agent = the_agent()
        with told():
            quote = agent.quote(
                lookup=self.choose.lookup,
                medicine=medicine.code,
                units=self.choose.tablets,
                pack_price=chosen.pack_price,
                boxes=box_codes(self.choose.boxes),
            )
        try:
            self._fill(product, quote)
        except PrescriptionError:
            _release(agent, self.choose.lookup)
            raise
        return "end"

    def _fill(self, product: Any, quote: Any) -> None:
        sale = self.record
        line_class = Pool().get("sale.point.sale.line")
        with without_check_access():
            line_class.of_quote(sale, product, quote, lookup=self.choose.lookup, number=self.choose.prescription_number)
            sale = type(sale)(sale.id)
            if not sale.receipt_number and quote.receipt_suggestion:
                sale.receipt_number = quote.receipt_suggestion
                sale.save()
            sale.set_fund_payment()


def _release(agent: Any, lookup: str) -> None:
    try:
        agent.release(lookup)
    except (AgentRefused, AgentSilent):
        return  # the hold ends by itself


def _shown(found: Found) -> dict[str, Any]:
    return {
        "lookup": found.lookup,
        "prescription_number": found.display_number,
        "prescribed": found.medicine.trade_name,
        "remaining": found.remaining_units,
        "last_day": found.last_day,
        "findings": text_of(found.findings),
        "offers": [_row(offer) for offer in found.offers],
    }


def _row(offer: Offer) -> dict[str, Any]:
    return {
        "key": f"{offer.medicine.code} {offer.pack_price}",
        "medicine": offer.medicine.code,
        "trade_name": offer.medicine.trade_name,
        "pack_size": offer.medicine.pack_size,
        "gtin": offer.medicine.gtin,
        "in_stock": offer.in_stock,
        "pack_price": offer.pack_price,
        "packs": offer.packs,
        "tablets": offer.units,
        "retail": offer.retail,
        "compensation": offer.compensation,
        "patient": offer.patient,
    }
