"""The wizard that takes a subsidised sale back: a sale of its own with the line and the fund's share turned round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import without_check_access
from trytond.wizard import Button, StateAction, StateTransition, StateView, Wizard

from .exceptions import PrescriptionError
from .line import REASONS, RETURNABLE


class PrescriptionReturnAsk(ModelView):
    """Which line is taken back, and why."""

    __name__ = "sale.point.sale.prescription.return.ask"
    __string__ = "Return of a Prescription"

    sale = fields.Many2One("sale.point.sale", "Sale", readonly=True)
    line = fields.Many2One(
        "sale.point.sale.line",
        "Line",
        required=True,
        domain=[
            ("sale", "=", Eval("sale", -1)),
            ("prescription_state", "in", list(RETURNABLE)),
            ("return_of", "=", None),
            ("returned_by", "=", None),
        ],
    )
    reason = fields.Selection(REASONS, "Reason", required=True, sort=False)
    note = fields.Char("Note", size=255)
    return_sale = fields.Many2One("sale.point.sale", "Return", readonly=True)


class PrescriptionReturn(Wizard):
    """Take a subsidised sale back."""

    __name__ = "sale.point.sale.prescription.return"

    start_state = "ask"
    ask = StateView(
        "sale.point.sale.prescription.return.ask",
        "sale_point_prescription.prescription_return_ask_view_form",
        [
            Button("Cancel", "end", "tryton-cancel"),
            Button("Return", "return_", "tryton-ok", default=True),
        ],
    )
    return_ = StateTransition()
    open_ = StateAction("sale_point.act_sale_form")

    def default_ask(self, fields: Sequence[str]) -> dict[str, Any]:  # noqa: ARG002 - Tryton's shape
        """The sale, and its line where there is only one."""
        lines = [line for line in self.record.lines if line.prescription_state in RETURNABLE and not line.returned_by]
        return {"sale": self.record.id, "line": lines[0].id if len(lines) == 1 else None}

    def transition_return_(self) -> str:
        """Make the return: nothing is sent before it is paid out and processed."""
        pool = Pool()
        sale_class = pool.get("sale.point.sale")
        line_class = pool.get("sale.point.sale.line")
        original = line_class(self.ask.line.id)
        if original.sale != self.record or original.prescription_state not in RETURNABLE or original.returned_by:
            raise PrescriptionError(gettext("sale_point_prescription.msg_not_returnable", line=original.rec_name))
        with without_check_access():
            sale = sale_class(company=original.sale.company, point=original.sale.point)
            sale.save()
            line_class.of_return(sale, original, reason=self.ask.reason, note=self.ask.note)
            sale_class(sale.id).set_fund_payment()
        self.ask.return_sale = sale
        return "open_"

    def do_open_(self, action: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Show the return."""
        action["views"].reverse()
        return action, {"res_id": self.ask.return_sale.id}
