"""Sell under holds through a long outage, and see everything drain in order once the line is back.

``python -m tests.campaigns.pos_outage --sales 1000`` runs it; the exit code is 1 when a sale was lost, doubled or late.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import orjson
from rich.console import Console

from gateway.store.sqlite import SqliteStore
from kopuro_pos.agent.contract import Sale, SaleState
from kopuro_pos.client import PharmacyClient
from tests.pos.agent.house import House, open_house
from tests.pos.agent.wire import DISPENSE
from tests.service.dispensing.pharmacy import open_pharmacy
from tests.support.programme import PHARMACY, TODAY

_DRAIN_SECONDS: Final = 600.0
_REVERSED: Final = 10
"""One sale in so many is taken back while the line is down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What came of the outage; ``in_order`` tells whether what is older went first."""

    sold: int
    taken_back: int
    recorded: int
    doubled: int
    in_order: bool
    restarts: int
    drained_seconds: float

    @property
    def balanced(self) -> bool:
        """Whether every guarantee was kept."""
        return self.in_order and not self.doubled and self.recorded == self.sold + self.taken_back


async def run(sales: int, folder: Path, *, hours: float = 70.0) -> Account:
    """The campaign; the outage lasts ``hours`` by everybody's clock, and the agent is restarted in its middle."""
    store = SqliteStore(folder / "gateway.db")
    await store.open()
    try:
        async with open_pharmacy(store) as pharmacy, open_house(folder / "till", pharmacy) as house:
            return await _outage(house, sales, timedelta(hours=hours))
    finally:
        await store.close()


async def _outage(house: House, sales: int, outage: timedelta) -> Account:
    quotes = [await house.quote(await house.issue(), units=30) for _ in range(sales)]
    await house.wire.cut()
    written: list[Sale] = []
    for number, quote in enumerate(quotes):
        if number == sales // 2:
            await house.restart()
        house.clock.at += outage / sales
        written.append(await house.sell(quote))
        if number % _REVERSED == 0:
            written.append(await house.reverse(written[-1]))
    assert all(one.state is SaleState.WAITING for one in written)
    house.wire.exchanges.clear()
    begun = time.monotonic()
    await house.wire.mend()
    await house.drained(within=_DRAIN_SECONDS)
    seconds = time.monotonic() - begun
    sold = [one for one in written if one.reversal_of is None]
    recorded = await _recorded(house)
    return Account(
        sold=len(sold),
        taken_back=len(written) - len(sold),
        recorded=sum(recorded.values()),
        doubled=sum(times > 1 for times in recorded.values()),
        in_order=await _sent(house) == [await _name(house, one) for one in written],
        restarts=1,
        drained_seconds=seconds,
    )


async def _name(house: House, sale: Sale) -> str:
    """A sale by its receipt, a reversal by what it takes back."""
    if sale.reversal_of is None:
        return sale.receipt_number
    return str((await house.counter.sale(sale.reversal_of)).dispense)


async def _sent(house: House) -> list[str]:
    """What the gateway was sent, in order, each once."""
    names = [
        orjson.loads(body)["receipt"]["number"] if name == DISPENSE else name.split("/")[3]
        for name, body in house.wire.exchanges
        if name.startswith(DISPENSE)
    ]
    return list(dict.fromkeys(names))


async def _recorded(house: House) -> Counter[tuple[str | None, bool]]:
    async with PharmacyClient(house.wire.origin, sender="pharmacy") as client:
        found = client.dispenses(pharmacy=PHARMACY, first=TODAY, last=TODAY + timedelta(days=4))
        return Counter([(view.receipt_number, view.reversal_of is not None) async for view in found])


def main() -> int:
    """Run it and print the account."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.pos_outage", description=__doc__)
    parser.add_argument("--sales", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pos-outage-") as folder:
        account = asyncio.run(run(given.sales, Path(folder)))
    Console().print(account)
    return 0 if account.balanced else 1


if __name__ == "__main__":
    sys.exit(main())
