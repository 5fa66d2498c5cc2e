"""The fund's share as a payment: what the fund owes is debited to its receivable account, not to the cash box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sql import Literal
from sql.operators import Equal
from trytond.i18n import gettext
from trytond.model import Exclude, fields
from trytond.model.exceptions import AccessError
from trytond.pool import PoolMeta
from trytond.pyson import Bool, Eval, If


class PaymentMethod(metaclass=PoolMeta):
    """A payment method; one of a company is the fund's («ФОМС»)."""

    __name__ = "sale.point.payment.method"

    fund = fields.Boolean(
        "Paid by the Fund",
        domain=[If(Bool(Eval("cash")), ("fund", "=", False), ())],
        help="The compensation of subsidised prescriptions is paid by this method.",
    )
    fund_party = fields.Many2One(
        "party.party",
        "Fund",
        states={"required": Bool(Eval("fund")), "invisible": ~Eval("fund")},
        help="The party that owes the compensation.",
    )

    @classmethod
    def __setup__(cls) -> None:
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints.append(
            (
                "fund_company_unique",
                Exclude(
                    table,
                    (table.company, Equal),
                    where=(table.active == Literal(value=True)) & (table.fund == Literal(value=True)),
                ),
                "sale_point_prescription.msg_payment_method_fund_unique",
            )
        )

    @classmethod
    def default_fund(cls) -> bool:
        """Not the fund's."""
        return False


class Payment(metaclass=PoolMeta):
    """A payment; the fund's follow from the lines and are not made or changed by hand."""

    __name__ = "sale.point.payment"

    @classmethod
    def __setup__(cls) -> None:
        super().__setup__()
        # A return gives the fund its share back: the one method besides cash that may be negative.
        cls.method.domain = [
            ("company", "=", Eval("company", -1)),
            If(Eval("amount", 0) < 0, ["OR", ("cash", "=", True), ("fund", "=", True)], []),
        ]

    @classmethod
    def check_modification(
        cls,
        mode: str,
        payments: Sequence[Any],
        values: dict[str, Any] | None = None,
        external: bool = False,  # noqa: FBT001, FBT002 - Tryton's shape
    ) -> None:
        """Refuse changes by hand to what the fund pays."""
        super().check_modification(mode, payments, values=values, external=external)
        if external and any(payment.method.fund for payment in payments):
            raise AccessError(gettext("sale_point_prescription.msg_payment_fund"))

    def get_account_move_lines(self) -> list[Any]:
        """The lines of the account move; what the fund owes names the fund."""
        lines = super().get_account_move_lines()
        if self.method.fund:
            for line in lines:
                if line.account.party_required:
                    line.party = self.method.fund_party
        return lines


class Pay(metaclass=PoolMeta):
    """Pay a sale."""

    __name__ = "sale.point.sale.pay"

    def transition_pay(self) -> str:
        """Take the payment; once all is paid, a repeated «OK» only asks the agent again."""
        if self.record.prescription_lines and not self.record.amount_to_pay:
            self.model.process([self.record])
            return "end"
        self.record.check_no_refused_line()
        return super().transition_pay()
