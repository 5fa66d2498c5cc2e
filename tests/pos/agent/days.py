"""Sales as the agent and the gateway have them, made up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from kopuro_pos.agent.contract import Medicine, Sale, SaleState
from kopuro_pos.client.models import DispenseView, DoseUnit, OperationBrief, OperationState, RemainingCourse

DAY = date(2026, 1, 15)
AT = datetime(2026, 1, 15, 6, 0, tzinfo=UTC)
"""Noon in Bishkek."""
PRESCRIPTION = UUID(int=7)

ENALAPRIL = Medicine(
    code="ENA-10-30", inn="enalapril", trade_name="Эналаприл-Ала-Тоо", form="таблетка", strength="10",
    strength_unit="mg", pack_size=30, manufacturer="Ала-Тоо Фарм", country="Кыргызстан", gtin="4600000000015",
)  # fmt: skip


def sums(units: int) -> dict[str, Any]:
    """Of so many tablets, at 15.00 som each, of which the fund pays 6.00; below zero for a reversal."""
    return {
        "units": units,
        "retail": Decimal("15.00") * units,
        "compensation": Decimal("6.00") * units,
        "patient": Decimal("9.00") * units,
    }


def sale(number: int = 1, *, units: int = 30, **changes: Any) -> Sale:
    """The agent's sale of this number: recorded, as the gateway's dispense of the same number."""
    values: dict[str, Any] = {
        "id": UUID(int=1000 + number),
        "key": f"key-{number:08}",
        "sequence": number,
        "state": SaleState.RECORDED,
        "made_offline": False,
        "at": AT,
        "on": DAY,
        "pharmacist": "Асанова А.",
        "medicine": ENALAPRIL,
        "prescription": PRESCRIPTION,
        "display_number": "6254 9874 1294",
        "pack_price": Decimal("450.00"),
        "remaining_units": 30,
        "last_day": date(2026, 2, 14),
        "receipt_number": f"Ч-{number}",
        "receipt_amount": Decimal("9.00") * abs(units),
        "dispense": UUID(int=2000 + number),
        "recorded_at": AT,
        "findings": [],
    }
    return Sale(**(values | sums(units) | changes))


def dispense(
    number: int = 1, *, units: int = 30, fund: OperationState | None = OperationState.DELIVERED, **changes: Any
) -> DispenseView:
    """The gateway's dispense of this number, with what the fund has said of it; ``None``: the fund is not told."""
    operation = OperationBrief(
        id=UUID(int=3000 + number),
        kind="dispense.submit",
        upstream="drug-programme",
        state=fund or OperationState.QUEUED,
        record_number=f"F-{number}" if fund is OperationState.DELIVERED else None,
    )
    left = RemainingCourse(dose=Decimal(300), dose_unit=DoseUnit.MILLIGRAM, units=30, last_day=date(2026, 2, 14))
    values: dict[str, Any] = {
        "id": UUID(int=2000 + number),
        "prescription": PRESCRIPTION,
        "number": "625498741294",
        "fill": 1,
        "reversal_of": None,
        "reversed_by": None,
        "reason": None,
        "pharmacy": "700001",
        "sold_at": AT,
        "sold_on": DAY,
        "recorded_at": AT,
        "medicine": "ENA-10-30",
        "reference_version": 1,
        "compensated_units": units,
        "dose": Decimal(300),
        "dose_unit": DoseUnit.MILLIGRAM,
        "pack_price": Decimal("450.00"),
        "settled": Decimal("6.00") * units,
        "choice": None,
        "receipt_number": f"Ч-{number}",
        "receipt_amount": Decimal("9.00") * abs(units),
        "remaining": left,
        "state": "issued",
        "report": None,
        "operations": () if fund is None else (operation,),
        "findings": (),
    }
    return DispenseView(**(values | sums(units) | changes))
