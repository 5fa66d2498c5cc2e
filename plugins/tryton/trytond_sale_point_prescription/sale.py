"""A point-of-sale sale with subsidised prescriptions: quoted, paid by fund and patient, dispensed, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction

from .exceptions import PrescriptionError

CURRENCY: Final = "KGS"
"""The gateway's sums are in som."""
_UNDER_WAY: Final = frozenset({"sending", "waiting"})
_DECIDED: Final = frozenset({"waiting", "recorded"})


class Sale(metaclass=PoolMeta):
    """A sale at a point of sale."""

    __name__ = "sale.point.sale"

    receipt_number = fields.Char(
        "Receipt",
        size=64,
        states={"readonly": Eval("state") != "open"},
        help="Number of the fiscal receipt; a subsidised sale needs it.",
    )
    prescriptions_under_way = fields.Function(
        fields.Boolean("Prescriptions under Way"), "on_change_with_prescriptions_under_way"
    )

    @classmethod
    def __setup__(cls) -> None:
        super().__setup__()
        cls._buttons.update(
            prescription={
                "invisible": Eval("state") != "open",
                "depends": ["state"],
            },
            ask_agent={
                "invisible": ~Bool(Eval("prescriptions_under_way")),
                "depends": ["prescriptions_under_way"],
            },
            return_prescription={
                "invisible": ~Eval("state").in_(["done", "posted"]),
                "depends": ["state"],
            },
        )

    @fields.depends("lines")
    def on_change_with_prescriptions_under_way(self, name: str | None = None) -> bool:  # noqa: ARG002 - Tryton's shape
        """Whether a line waits for an answer."""
        return any(line.prescription_state in _UNDER_WAY for line in self.lines or [])

    @property
    def prescription_lines(self) -> list[Any]:
        """Its subsidised lines."""
        return [line for line in self.lines if line.prescription_state]

    @property
    def pharmacist_name(self) -> str:
        """Who sells: the employee, else the user; 128 characters at most, as the agent takes it."""
        if self.employee:
            return self.employee.rec_name[:128]
        return Pool().get("res.user")(Transaction().user).rec_name[:128]

    @classmethod
    def copy(cls, sales: Sequence[Any], default: dict[str, Any] | None = None) -> list[Any]:
        """Copy sales without their receipt."""
        default = {} if default is None else default.copy()
        default.setdefault("receipt_number")
        return super().copy(sales, default=default)

    @classmethod
    def check_modification(
        cls,
        mode: str,
        sales: Sequence[Any],
        values: dict[str, Any] | None = None,
        external: bool = False,  # noqa: FBT001, FBT002 - Tryton's shape
    ) -> None:
        """Refuse to delete a sale with a prescription: it is dropped or cancelled first."""
        super().check_modification(mode, sales, values=values, external=external)
        if mode == "delete" and any(sale.prescription_lines for sale in sales):
            raise AccessError(gettext("sale_point_prescription.msg_line_fixed"))

    # ------------------------------------------------------------------------------------------------- the fund's share

    def set_fund_payment(self) -> None:
        """Make the fund's payment what its subsidised lines say; without a share there is none."""
        pool = Pool()
        payment_class = pool.get("sale.point.payment")
        share = self.fund_share
        payments = [payment for payment in self.payments if payment.method.fund]
        if not share:
            payment_class.delete(payments)
            return
        if payments:
            payment = payments[0]
            if payment.amount == share:
                return
        else:
            payment = payment_class(sale=self, method=self._fund_method())
        payment.amount = share
        payment.save()

    @property
    def fund_share(self) -> Decimal:
        """What the fund owes for its lines, in som; negative when they are taken back."""
        lines = [line for line in self.prescription_lines if line.prescription_state != "refused"]
        return sum((line.compensation for line in lines), Decimal(0))

    def _fund_method(self) -> Any:
        methods = (
            Pool()
            .get("sale.point.payment.method")
            .search([("company", "=", self.company.id), ("fund", "=", True)], limit=1)
        )
        if not methods:
            raise PrescriptionError(gettext("sale_point_prescription.msg_fund_method_missing"))
        return methods[0]

    # --------------------------------------------------------------------------------------------------------- buttons

    @classmethod
    @ModelView.button_action("sale_point_prescription.wizard_prescription")
    def prescription(cls, sales: Sequence[Any]) -> None:
        """Sell on a prescription."""

    @classmethod
    @ModelView.button_action("sale_point_prescription.wizard_return")
    def return_prescription(cls, sales: Sequence[Any]) -> None:
        """Take a subsidised sale back."""

    @classmethod
    @ModelView.button
    def ask_agent(cls, sales: Sequence[Any]) -> None:
        """Ask the agent for the lines that are under way."""
        lines = [line for sale in sales for line in sale.prescription_lines]
        Pool().get("sale.point.sale.line").ask(lines)

    @classmethod
    @ModelView.button
    def process(cls, sales: Sequence[Any]) -> None:
        """Have the subsidised lines recorded, then end the sales; an order once sent is only repeated."""
        numbers = [sale.id for sale in sales]
        for sale in sales:
            if sale.prescription_lines and not sale.amount_to_pay:
                cls(sale.id).dispense()
        super().process(cls.browse(numbers))

    @classmethod
    def do(cls, sales: Sequence[Any]) -> None:
        """End sales whose subsidised lines are all recorded, or kept by the agent."""
        for sale in sales:
            if any(line.prescription_state not in _DECIDED for line in sale.prescription_lines):
                raise PrescriptionError(gettext("sale_point_prescription.msg_not_dispensed", sale=sale.rec_name))
        super().do(sales)

    @classmethod
    @ModelView.button
    def cancel(cls, sales: Sequence[Any]) -> None:
        """Cancel sales and give their prescriptions free."""
        lines = [line for sale in sales for line in sale.prescription_lines]
        if any(line.prescription_state not in {"ready", "refused"} for line in lines):
            raise PrescriptionError(gettext("sale_point_prescription.msg_dispensed"))
        Pool().get("sale.point.sale.line").drop_prescription(lines)
        super().cancel(cls.browse([sale.id for sale in sales]))

    @classmethod
    @ModelView.button
    def open(cls, sales: Sequence[Any]) -> None:
        """Open sales again that hold no prescription."""
        if any(sale.prescription_lines for sale in sales):
            raise PrescriptionError(gettext("sale_point_prescription.msg_dispensed"))
        super().open(sales)

    # ------------------------------------------------------------------------------------------------------- dispensing

    def dispense(self) -> None:
        """Check the subsidised lines and have those that are not decided recorded (commits, see ``SaleLine.send``)."""
        self.check_no_refused_line()
        lines = [line for line in self.prescription_lines if line.prescription_state in {"ready", "sending"}]
        for line in lines:
            line.check_amounts()
        if any(not line.return_of for line in lines) and not self.receipt_number:
            raise PrescriptionError(gettext("sale_point_prescription.msg_receipt_missing", sale=self.rec_name))
        paid = sum((payment.amount for payment in self.payments if payment.method.fund), Decimal(0))
        if paid != self.fund_share:
            raise PrescriptionError(
                gettext("sale_point_prescription.msg_fund_differs", paid=paid, share=self.fund_share)
            )
        Pool().get("sale.point.sale.line").send(lines)

    def check_no_refused_line(self) -> None:
        """Refuse to go on while a line stands that the gateway refused."""
        for line in self.prescription_lines:
            if line.prescription_state == "refused":
                raise PrescriptionError(
                    gettext("sale_point_prescription.msg_line_refused", line=line.rec_name),
                    line.prescription_findings or "",
                )
