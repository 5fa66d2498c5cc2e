"""A Tryton server of its own for the test of a crash: sells (and is killed), or begins again and ends the sale."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from agent_stand_in import NUMBER, PIN
from proteus import Model
from till import Till


def sell(till: Till) -> None:
    """A whole sale; the agent kills this process before it answers."""
    till.push_stock()
    sale = till.new_sale()
    till.quote(till.look_up(sale, NUMBER, PIN))
    till.pay_cash(sale)


def begin_again(till: Till) -> None:
    """Tell what is there, press «Process», tell what has become of it."""
    (sale,) = Model.get("sale.point.sale").find()
    (line,) = sale.lines
    found = {"sale": sale.state, "line": line.prescription_state, "key": line.prescription_key}
    sale.click("process")
    sale.click("post")
    line.reload()
    told = {
        "found": found,
        "sale": sale.state,
        "line": line.prescription_state,
        "booked": {name: str(balance) for name, balance in till.balances().items()},
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    _, act, origin, token_file = sys.argv
    Till.open()
    {"sell": sell, "begin-again": begin_again}[act](Till(origin, Path(token_file)))
