"""Dispenses in a store, past all rules, for what is reckoned from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert

from gateway.store.grouping import Store
from gateway.store.medicine_tables import reference_medicines, reference_versions
from gateway.store.programme_tables import dispenses
from schemas.medicines import Medicine
from tests.support.doubles import NOON, SystemIds
from tests.support.programme import Issued, issue_into


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One dispense; the price of a pack and retail are tyiyn."""

    medicine: str
    sold_on: date
    pack_price: int
    region: str = "osh"
    units: int = 30
    version: int = 1
    taken_back: bool = False


async def add_version(store: Store, number: int, valid_from: date, medicines: Iterable[Medicine]) -> None:
    """Put a version of the reference into a store."""
    version = {
        "number": number,
        "valid_from": valid_from,
        "list_approved_on": valid_from,
        "levels_set_on": valid_from,
        "digest": b"",
        "imported_at": NOON,
        "imported_by": "test",
    }
    rows = [{"version": number, "code": one.code, "content": one.model_dump_json()} for one in medicines]

    def add(connection: Connection) -> None:
        connection.execute(insert(reference_versions).values(version))
        connection.execute(insert(reference_medicines), rows)

    await store.write(add)


async def sell(store: Store, sales: Sequence[Sale]) -> None:
    """Put dispenses into a store; those that were taken back with their reversals."""
    issued = await issue_into(store)
    await store.write(partial(_insert, issued=issued, sales=sales))


def _insert(connection: Connection, issued: Issued, sales: Sequence[Sale]) -> None:
    ids = SystemIds()
    operation = connection.exec_driver_sql("SELECT id FROM operations LIMIT 1").scalar_one()
    operation = operation if isinstance(operation, UUID) else UUID(operation)
    rows = []
    for fill, sale in enumerate(sales, start=1):
        row = _row(sale, issued, operation) | {"id": ids.new(), "fill": fill}
        reversal = row | {"id": ids.new(), "reversal_of": row["id"], "retail": -row["retail"], "units": -row["units"]}
        rows += [row | {"reversed_by": reversal["id"]}, reversal] if sale.taken_back else [row]
    for start in range(0, len(rows), 5000):
        connection.execute(insert(dispenses), rows[start : start + 5000])


def _row(sale: Sale, issued: Issued, operation: UUID) -> dict[str, Any]:
    sold_at = datetime.combine(sale.sold_on, time(5), UTC)
    return {
        "prescription": issued.id,
        "reversal_of": None,
        "reversed_by": None,
        "pharmacy": "700001",
        "region": sale.region,
        "sold_at": sold_at,
        "sold_on": sale.sold_on,
        "recorded_at": sold_at,
        "medicine": sale.medicine,
        "reference_version": sale.version,
        "units": sale.units,
        "compensated_units": sale.units,
        "dose": "0",
        "pack_price": sale.pack_price,
        "retail": sale.pack_price,
        "compensation": 0,
        "patient_sum": sale.pack_price,
        "settled": 0,
        "charged_now": 0,
        "charged_next": 0,
        "payload": b"",
        "operation_id": operation,
    }


def repeated(sale: Sale, times: int) -> list[Sale]:
    """The same sale so many times."""
    return [replace(sale) for _ in range(times)]
