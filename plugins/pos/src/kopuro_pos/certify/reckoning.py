"""The simulator's day's end: agent, gateway and fund side by side."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from kopuro_pos.agent.contract import Day, DayColumn, DayDifference, Sale, SaleState
from kopuro_pos.agent.texts import Text
from kopuro_pos.certify.world import World

MISSING = Text(
    "Чек {receipt}: шлюздун тизмесинде жок.",
    "Чек {receipt}: в списке шлюза его нет.",
    "Receipt {receipt}: the gateway's list does not have it.",
)


def day_of(world: World, day: date, language: str) -> Day:
    """What the three say of a Bishkek day, and where they differ."""
    sold = [sale for sale in world.sales_of(day).items if sale.state is SaleState.RECORDED]
    listed = [sale for sale in sold if sale.id not in world.missing_at_gateway]
    differences = [
        DayDifference(
            sale=sale.id,
            dispense=None,
            receipt_number=sale.receipt_number,
            kind="not-at-gateway",
            agent=sale.compensation,
            gateway=None,
            fund=None,
            message=MISSING.of(language).format(receipt=sale.receipt_number),
        )
        for sale in sold
        if sale.id in world.missing_at_gateway
    ]
    return Day(
        day=day,
        agent=_column(sold),
        gateway=_column(listed),
        fund=_column(listed),
        balanced=not differences,
        differences=differences,
        checked_at=world.now(),
    )


def _column(sales: Iterable[Sale]) -> DayColumn:
    counted = list(sales)
    zero = Decimal("0.00")
    return DayColumn(
        sales=sum(sale.reversal_of is None for sale in counted),
        reversals=sum(sale.reversal_of is not None for sale in counted),
        retail=sum((sale.retail for sale in counted), zero),
        compensation=sum((sale.compensation for sale in counted), zero),
        patient=sum((sale.patient for sale in counted), zero),
    )
