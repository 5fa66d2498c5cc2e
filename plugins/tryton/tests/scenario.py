"""A subsidised sale and its return in Tryton, through a running agent; what came of it as one line of JSON.

Number of the prescription and ПИН come as one line on standard input, so that they stand in no list of processes::

    python scenario.py --agent http://127.0.0.1:7465 --token-file token --medicine EX-C01 --pack-price 450.00
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

from environment import FOLDER
from till import OnShelf, Till


def play(till: Till, number: str, pin: str, medicine: str, tablets: int) -> dict[str, Any]:
    """Sell, post, take back, post; sums are debit less credit, in som."""
    till.push_stock()
    sale = till.new_sale("T-1")
    begun = perf_counter()
    wizard = till.look_up(sale, number, pin)
    seconds = perf_counter() - begun
    till.quote(wizard, tablets, medicine)
    sale.reload()
    quoted = {"retail": sale.total, "patient": sale.amount_to_pay, "compensation": sale.total - sale.amount_to_pay}
    till.pay_cash(sale)
    sale.click("post")
    (line,) = sale.lines
    sold = {"state": sale.state, "line": line.prescription_state, "dispense": line.prescription_dispense}
    after_sale = till.balances()

    returned = till.return_line(sale)
    till.pay_cash(returned)
    returned.click("post")
    (line,) = returned.lines
    return {
        "lookup_seconds": round(seconds, 3),
        "quoted": quoted,
        "sale": sold,
        "booked": after_sale,
        "return": {"state": returned.state, "line": line.prescription_state, "dispense": line.prescription_dispense},
        "booked_after_return": till.balances(),
        "pin_in_database": any(pin.encode() in file.read_bytes() for file in FOLDER.glob("till.sqlite*")),
    }


def main() -> None:
    """Play it and tell."""
    parser = ArgumentParser(description="A subsidised sale and its return in Tryton, through a running agent.")
    parser.add_argument("--agent", required=True, help="address of the agent: http://127.0.0.1:PORT")
    parser.add_argument("--token-file", required=True, type=Path, help="file of the installation's token")
    parser.add_argument("--medicine", default="EX-C01", help="code in the reference")
    parser.add_argument("--name", default="Диротон", help="name of the product")
    parser.add_argument("--pack-size", default=30, type=int, help="tablets in a pack, as in the reference")
    parser.add_argument("--pack-price", default="450.00", type=Decimal, help="som a pack")
    parser.add_argument("--tablets", default=30, type=int, help="how many are sold")
    chosen = parser.parse_args()
    number, pin = sys.stdin.readline().rsplit(maxsplit=1)
    Till.build(OnShelf(chosen.medicine, chosen.name, chosen.pack_size, chosen.pack_price))
    told = play(Till(chosen.agent, chosen.token_file), number, pin, chosen.medicine, chosen.tablets)
    sys.stdout.write(json.dumps(told, default=str, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
