"""A line of a point-of-sale sale that is sold on a subsidised prescription, or takes such a sale back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from trytond.i18n import gettext
from trytond.model import ModelView, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.modules.currency.fields import Monetary
from trytond.modules.product import round_price
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access

from .agent import Agent, AgentNotReached, AgentRefused, AgentSilent, Quote, Record, RecordState
from .exceptions import PrescriptionError
from .terminal import refusal, text_of, the_agent, told

REASONS: Final = [
    (None, ""),
    ("returned", "Returned by the Patient"),
    ("wrong-medicine", "Wrong Medicine"),
    ("wrong-quantity", "Wrong Quantity"),
    ("wrong-price", "Wrong Price"),
    ("not-handed-over", "Not Handed Over"),
]
"""Why a sale is taken back, as the agent's contract names it."""
_STATE_OF_RECORD: Final = {
    RecordState.WAITING: "waiting",
    RecordState.RECORDED: "recorded",
    RecordState.REFUSED: "refused",
}
RETURNABLE: Final = ("waiting", "recorded")
"""What can be taken back: the agent sends a reversal behind a sale that still waits."""
_OWN_FIELDS: Final = frozenset(
    {
        "prescription_state",
        "prescription_number",
        "prescription_lookup",
        "prescription_quote",
        "prescription_key",
        "prescription_sale",
        "prescription_dispense",
        "prescription_findings",
        "tablets",
        "retail",
        "compensation",
        "patient_share",
        "receipt_number",
        "pharmacist",
        "return_of",
        "return_reason",
        "return_note",
    }
)
_FIXED_BY_QUOTE: Final = frozenset({"sale", "product", "quantity", "unit_list_price", "unit_gross_price"})


class SaleLine(metaclass=PoolMeta):
    """A line; with a ``prescription_state`` it is subsidised, and its sums are those of the gateway's quote.

    ``ready``: quoted under a key of its own. ``sending``: the order is written and was or may have been sent; only the
    same order may follow. ``waiting``: the agent keeps it in its queue. ``recorded`` and ``refused``: by the gateway.
    """

    __name__ = "sale.point.sale.line"

    prescription_state = fields.Selection(
        [
            (None, ""),
            ("ready", "Ready"),
            ("sending", "Being Sent"),
            ("waiting", "Waits for the Gateway"),
            ("recorded", "Recorded"),
            ("refused", "Refused"),
        ],
        "Prescription State",
        readonly=True,
        sort=False,
    )
    prescription_number = fields.Char("Prescription", readonly=True)
    prescription_lookup = fields.Char("Look-up", readonly=True)
    prescription_quote = fields.Char("Quote", readonly=True)
    prescription_key = fields.Char("Key", readonly=True, help="Made before the first try, and the same at every other.")
    prescription_sale = fields.Char("Sale at the Agent", readonly=True)
    prescription_dispense = fields.Char("Dispense at the Gateway", readonly=True)
    prescription_findings = fields.Text("Findings", readonly=True)
    tablets = fields.Integer("Tablets", readonly=True)
    retail = Monetary("Retail", currency="currency", digits="currency", readonly=True)
    compensation = Monetary("Paid by the Fund", currency="currency", digits="currency", readonly=True)
    patient_share = Monetary("Paid by the Patient", currency="currency", digits="currency", readonly=True)
    receipt_number = fields.Char("Receipt", size=64, readonly=True)
    pharmacist = fields.Char("Pharmacist", size=128, readonly=True)
    return_of = fields.Many2One("sale.point.sale.line", "Return of", ondelete="RESTRICT", readonly=True)
    return_reason = fields.Selection(REASONS, "Reason", readonly=True, sort=False)
    return_note = fields.Char("Note", size=255, readonly=True)
    returned_by = fields.One2Many("sale.point.sale.line", "return_of", "Returned by", readonly=True)

    @classmethod
    def __setup__(cls) -> None:
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints.extend(
            [
                ("key_unique", Unique(table, table.prescription_key), "sale_point_prescription.msg_key_unique"),
                ("return_of_unique", Unique(table, table.return_of), "sale_point_prescription.msg_return_unique"),
            ]
        )
        for name in _OWN_FIELDS | {"returned_by"}:
            field = getattr(cls, name)
            field.states = {**field.states, "invisible": ~Eval("prescription_state")}
        cls._buttons.update(
            drop_prescription={
                "invisible": (Eval("sale_state") != "open") | ~Eval("prescription_state").in_(["ready", "refused"]),
                "depends": ["sale_state", "prescription_state"],
            },
        )

    @classmethod
    def copy(cls, lines: Sequence[Any], default: dict[str, Any] | None = None) -> list[Any]:
        """Copy lines as ordinary ones: a prescription is sold once."""
        default = {} if default is None else default.copy()
        for name in _OWN_FIELDS | {"returned_by"}:
            default.setdefault(name, None)
        return super().copy(lines, default=default)

    @classmethod
    def check_modification(
        cls,
        mode: str,
        lines: Sequence[Any],
        values: dict[str, Any] | None = None,
        external: bool = False,  # noqa: FBT001, FBT002 - Tryton's shape
    ) -> None:
        """Refuse changes by hand to what a quote has fixed."""
        super().check_modification(mode, lines, values=values, external=external)
        if not external:
            return
        names = set(values or ())
        touched = mode != "write" or bool(names & _FIXED_BY_QUOTE)
        if names & _OWN_FIELDS or (touched and any(line.prescription_state for line in lines)):
            raise AccessError(gettext("sale_point_prescription.msg_line_fixed"))

    # -------------------------------------------------------------------------------------------- quoted and dropped

    @classmethod
    def of_quote(cls, sale: Any, product: Any, quote: Quote, *, lookup: str, number: str) -> Any:
        """A saved line with the sums of a quote and the key under which it will be sent.

        Raises :class:`PrescriptionError` unless Tryton reckons the quote's retail sum to the tyiyn.
        """
        quantity = product.quantity_of_tablets(quote.units)
        line = cls(sale=sale, product=product, quantity=float(quantity))
        line.unit_gross_price = round_price(quote.retail / quantity)
        line.unit_list_price = round_price(
            Pool().get("account.tax").reverse_compute(line.unit_gross_price, line.taxes, date=sale.date)
        )
        line.prescription_state = "ready"
        line.prescription_number = number
        line.prescription_lookup = lookup
        line.prescription_quote = quote.quote
        line.prescription_key = uuid4().hex
        line.prescription_findings = text_of(quote.findings)
        line.tablets = quote.units
        line.retail = quote.retail
        line.compensation = quote.compensation
        line.patient_share = quote.patient
        line.save()
        line.check_amounts()
        return line

    @classmethod
    def of_return(cls, sale: Any, original: Any, *, reason: str, note: str | None) -> Any:
        """A saved line that takes the whole of a recorded line back."""
        line = cls(sale=sale, product=original.product, quantity=-original.quantity)
        line.unit_gross_price = original.unit_gross_price
        line.unit_list_price = original.unit_list_price
        line.prescription_state = "ready"
        line.prescription_number = original.prescription_number
        line.prescription_key = uuid4().hex
        line.tablets = -original.tablets
        line.retail = -original.retail
        line.compensation = -original.compensation
        line.patient_share = -original.patient_share
        line.return_of = original
        line.return_reason = reason
        line.return_note = note
        line.save()
        line.check_amounts()
        return line

    def check_amounts(self) -> None:
        """Refuse a line that Tryton reckons otherwise than the gateway (clause 37)."""
        if self.gross_amount != self.retail or self.compensation + self.patient_share != self.retail:
            raise PrescriptionError(
                gettext(
                    "sale_point_prescription.msg_amounts_differ",
                    product=self.product.rec_name,
                    own=self.gross_amount,
                    quoted=self.retail,
                )
            )

    @classmethod
    @ModelView.button
    def drop_prescription(cls, lines: Sequence[Any]) -> None:
        """Take subsidised lines out of their sales and give the prescriptions free."""
        sales = {line.sale for line in lines}
        for line in lines:
            line.release()
        with without_check_access():
            cls.delete(list(lines))
            for sale in Pool().get("sale.point.sale").browse(list(sales)):
                sale.set_fund_payment()

    def release(self) -> None:
        """Give the prescription free; where the agent cannot, the hold ends by itself."""
        if self.prescription_lookup:
            try:
                the_agent().release(self.prescription_lookup)
            except (AgentRefused, AgentSilent):
                return

    # ------------------------------------------------------------------------------------------------ sent and asked

    @classmethod
    def send(cls, lines: Sequence[Any]) -> None:
        """Have the agent record these lines, one after the other; each is committed before and after.

        What is sent is written first, so that after a crash or a lost answer the same order goes under the same key.
        Raises :class:`PrescriptionError` at the first line that is not taken; what was found is kept with it.
        """
        agent = the_agent()
        for number in [line.id for line in lines]:
            line = cls(number)
            tried_before = line.prescription_state == "sending"
            if not tried_before:
                line.prescription_state = "sending"
                line.receipt_number = line.sale.receipt_number
                line.pharmacist = line.sale.pharmacist_name
            line._keep()
            line = cls(number)  # read anew after the commit
            line._send(agent, tried_before=tried_before)

    def _send(self, agent: Agent, *, tried_before: bool) -> None:
        try:
            record = self._ask_to_record(agent)
        except AgentRefused as refused:
            self._take_refusal(refused, tried_before=tried_before)
            raise refusal(refused) from refused
        except AgentSilent as silent:
            if isinstance(silent, AgentNotReached) and not tried_before:
                self.prescription_state = "ready"
                self._keep()
            raise PrescriptionError(gettext("sale_point_prescription.msg_agent_silent")) from silent
        self._take(record)
        if record.state is RecordState.REFUSED:
            raise PrescriptionError(
                gettext("sale_point_prescription.msg_line_refused", line=self.rec_name), text_of(record.findings)
            )

    def _ask_to_record(self, agent: Agent) -> Record:
        if self.return_of:
            return agent.reverse(
                self.return_of.prescription_sale,
                key=self.prescription_key,
                reason=self.return_reason,
                note=self.return_note,
                pharmacist=self.pharmacist,
            )
        return agent.sell(
            key=self.prescription_key,
            quote=self.prescription_quote,
            pharmacist=self.pharmacist,
            receipt_number=self.receipt_number,
            receipt_amount=self.patient_share,
        )

    def _take(self, record: Record) -> None:
        self.prescription_state = _STATE_OF_RECORD[record.state]
        self.prescription_sale = record.id
        self.prescription_dispense = record.dispense
        self.prescription_lookup = None
        self.prescription_findings = text_of(record.findings)
        self._keep()

    def _take_refusal(self, refused: AgentRefused, *, tried_before: bool) -> None:
        if refused.final:
            self.prescription_state = "refused"
        elif refused.surely_not_done(tried_before=tried_before):
            self.prescription_state = "ready"
        self.prescription_findings = text_of(refused.findings)
        self._keep()

    def _keep(self) -> None:
        """Save and commit: what is outside has happened, whatever becomes of the rest of this transaction."""
        with without_check_access():
            self.save()
            sale = Pool().get("sale.point.sale")(self.sale.id)
            if sale.state == "open":
                sale.set_fund_payment()
        Transaction().commit()

    @classmethod
    def ask(cls, lines: Sequence[Any]) -> None:
        """Ask the agent how these lines stand; what was sent without an answer is sent again under its key."""
        for number in [line.id for line in lines]:
            line = cls(number)
            if line.prescription_state == "sending":
                cls.send([line])
            elif line.prescription_state == "waiting":
                with told():
                    record = the_agent().record(line.prescription_sale)
                line._take(record)

    @classmethod
    def ask_for_all(cls) -> None:
        """Ask for every line that is under way; one that is refused does not keep the others from being asked for."""
        for line in cls.search([("prescription_state", "in", ["sending", "waiting"])]):
            try:
                cls.ask([line])
            except PrescriptionError:
                continue
