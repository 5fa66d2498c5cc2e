"""Pharmacies at work on a store: books, boxes and a reference of their own, and the requests they send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, insert, select

from gateway.audit.trail import ChainedTrail
from gateway.limits.local import LocalBuckets
from gateway.limits.lookups import LookupPolicy, LookupThrottle
from gateway.limits.policy import RatePolicy
from gateway.operations.signals import Signals
from gateway.programme.budget.book import Budgets
from gateway.programme.common import Caller
from gateway.programme.dispensing.lookup import Found
from gateway.programme.dispensing.model import Surroundings
from gateway.programme.dispensing.quoting import Quote
from gateway.programme.dispensing.records import DispenseRow
from gateway.programme.dispensing.sales import Dispensed
from gateway.programme.dispensing.services import DispensingServices
from gateway.programme.ports import BoxStanding
from gateway.programme.prescribing.records import PRESCRIPTION_FIELDS, PrescriptionRow, prescription_row
from gateway.rules.findings import Refused
from gateway.rules.money import to_tyiyn
from gateway.store.contract_tables import budgets
from gateway.store.grouping import Store
from gateway.store.programme_tables import patient_years, prescriptions
from schemas.dispensing import DispenseOrder, LookUp, QuoteRequest, ReversalOrder
from tests.support.doubles import SettableClock, SystemIds
from tests.support.journal import INDEX, SEALER
from tests.support.programme import (
    MEDICINE,
    OTHER_PHARMACY,
    PHARMACY,
    REGION,
    FixedLimit,
    Issued,
    References,
    medicine,
    merged,
    reference,
)

SUBSTITUTE = "ENA-20-20"
FOREIGN = "SAL-100"

ENALAPRIL = medicine(largest_retail_price="480.00")
"""10 mg, 30 tablets, 6.00 som a tablet, at most 480.00 som a pack; 450.00 som at the counter."""
STRONGER = medicine(
    code=SUBSTITUTE,
    components=[{"inn": "enalapril", "strength": "20", "strength_unit": "mg"}],
    trade_name="Энап-Түндүк",
    pack_size=20,
    gtin="4600000000022",
    compensation={"per": "unit", "amount": "10.00"},
    largest_retail_price="400.00",
)
"""20 mg, 20 tablets, 10.00 som a tablet, at most 400.00 som a pack."""
INHALER = medicine(
    code=FOREIGN,
    components=[{"inn": "salbutamol", "strength": "1", "strength_unit": "dose"}],
    trade_name="Салбутамол-Ала-Тоо",
    form="аэрозоль",
    form_class="inhaled",
    pack_size=200,
    gtin="4600000000039",
)

FREE = LookupPolicy(
    terminal=RatePolicy(requests=1_000_000, seconds=1),
    pharmacy_hour=RatePolicy(requests=1_000_000, seconds=1),
    pharmacy_day=RatePolicy(requests=1_000_000, seconds=1),
    patient=RatePolicy(requests=1_000_000, seconds=1),
)
"""No failure is one too many."""


class Contracted:
    """A :class:`gateway.programme.ports.ContractBook`: pharmacies by code, with their first and last days."""

    def __init__(self, **days: tuple[date, date]) -> None:
        always = (date(2025, 1, 1), date(2027, 12, 31))
        self.days: dict[str, tuple[date, date]] = {PHARMACY: always, OTHER_PHARMACY: always} | days

    def in_force(self, connection: Connection, pharmacy: str, day: date) -> bool:
        assert connection is not None
        first, last = self.days.get(pharmacy, (date.max, date.min))
        return first <= day <= last


class Shelves:
    """A :class:`gateway.programme.ports.BoxSource` in memory."""

    def __init__(self, known: Mapping[str, BoxStanding] | None = None) -> None:
        self.known = dict(known or {})
        self.asked: list[str] = []

    async def inquire(self, code: str) -> BoxStanding | None:
        self.asked.append(code)
        return self.known.get(code)


class Counter:
    """The counters of all pharmacies at one node."""

    def __init__(
        self,
        store: Store,
        *,
        clock: SettableClock | None = None,
        limit: str | None = "3750.00",
        references: References | None = None,
        policy: LookupPolicy = FREE,
        throttle: LookupThrottle | None = None,
        **changes: Any,
    ) -> None:
        self.store = store
        self.clock = clock or SettableClock()
        self.contracts = Contracted()
        self.limit = FixedLimit(limit)
        self.references = references or References(reference(ENALAPRIL, STRONGER, INHALER))
        self.throttled: list[str] = []
        trail = ChainedTrail(store, self.clock)
        surroundings = Surroundings(
            store=store,
            signals=Signals(),
            medicines=self.references,
            contracts=self.contracts,
            limits=self.limit,
            budgets=Budgets(),
            sealer=SEALER,
            index=INDEX,
            audit=trail,
            append_audit=trail.append,
            clock=self.clock,
            ids=SystemIds(),
            boxes=Shelves(),
        )
        throttle = throttle or LookupThrottle(policy, LocalBuckets(), throttled=self.throttled.append)
        self.services = DispensingServices.of(replace(surroundings, **changes), throttle)
        self._keys = count(1)

    async def look_up(self, issued: Issued, *, client: str = "till-1", **overrides: Any) -> Found:
        return await self.services.look_ups.look_up(look_up_of(issued, **overrides), caller(client))

    async def quote(self, issued: Issued, *, client: str = "till-1", **overrides: Any) -> Quote:
        return await self.services.quotes.quote(quote_of(issued, **overrides), caller(client))

    async def dispense(
        self, issued: Issued, *, key: str | None = None, client: str = "till-1", **overrides: Any
    ) -> Dispensed:
        key = key or f"key-{id(self)}-{next(self._keys)}"
        return await self.services.dispensing.dispense(order_of(issued, **overrides), key, caller(client))

    async def reverse(
        self,
        dispense: UUID,
        *,
        key: str | None = None,
        client: str = "till-1",
        pharmacy: str = PHARMACY,
        reason: str = "returned",
    ) -> Dispensed:
        order = ReversalOrder.model_validate_json(json.dumps({"reason": reason}))
        key = key or f"key-{id(self)}-{next(self._keys)}"
        return await self.services.reversing.reverse(
            dispense, order, key, within=frozenset({pharmacy}), caller=caller(client)
        )


def caller(client: str = "till-1") -> Caller:
    return Caller(client=client, actor_kind="machine", request_id="0197")


def look_up_of(issued: Issued, **overrides: Any) -> LookUp:
    return LookUp.model_validate_json(json.dumps(look_up_json(issued, **overrides)))


def look_up_json(issued: Issued, **overrides: Any) -> dict[str, Any]:
    return merged({"pharmacy": PHARMACY, "prescription": {"pin": issued.pin, "number": issued.number}}, overrides)


def quote_of(issued: Issued, **overrides: Any) -> QuoteRequest:
    return QuoteRequest.model_validate_json(json.dumps(quote_json(issued, **overrides)))


def quote_json(issued: Issued, **overrides: Any) -> dict[str, Any]:
    """Sixty tablets of what was prescribed, the whole course."""
    return merged(look_up_json(issued) | {"sale": _SALE}, overrides)


def order_of(issued: Issued, **overrides: Any) -> DispenseOrder:
    return DispenseOrder.model_validate_json(json.dumps(order_json(issued, **overrides)))


def order_json(issued: Issued, **overrides: Any) -> dict[str, Any]:
    """The same, sold and paid for, with a receipt of what the patient has to pay."""
    sale = merged(_SALE, overrides.pop("sale", {}))
    stronger = sale["medicine"] == SUBSTITUTE
    order = quote_json(issued) | {
        "sale": sale,
        "pharmacist": "Асанова А.",
        "offers_shown": [
            {"medicine": MEDICINE, "pack_price": "450.00"},
            {"medicine": SUBSTITUTE, "pack_price": "360.00"},
        ],
        "choice": "substituted" if stronger else "as-prescribed",
        "receipt": {"number": "Ч-1", "amount": str(_paid(sale))},
    }
    return merged(order, overrides)


_SALE: dict[str, Any] = {"medicine": MEDICINE, "units": 60, "pack_price": "450.00", "shelf_price": "450.00"}
IN_EXCHANGE: dict[str, Any] = {"medicine": SUBSTITUTE, "units": 30, "pack_price": "360.00", "shelf_price": "360.00"}
"""The whole course of 600 mg in tablets of 20 mg."""


def _paid(sale: Mapping[str, Any]) -> Decimal:
    """What the patient pays while the course allows all units."""
    sold = STRONGER if sale["medicine"] == SUBSTITUTE else ENALAPRIL
    retail = Decimal(sale["pack_price"]) * sale["units"] / sold.pack_size
    return (retail - sold.compensation.amount * sale["units"]).quantize(Decimal("0.01"))


async def prescription(store: Store, issued: Issued) -> PrescriptionRow:
    def query(connection: Connection) -> PrescriptionRow:
        wanted = select(*PRESCRIPTION_FIELDS).where(prescriptions.c.id == issued.id)
        return prescription_row(connection.execute(wanted).one())

    return await store.read(query)


async def patient_year(store: Store, issued: Issued) -> tuple[int, int]:
    """Used and reserved tyiyn of the year of issue."""
    mine = patient_years.c.patient == INDEX.of("pin", issued.pin)
    query = select(patient_years.c.used, patient_years.c.reserved).where(
        mine, patient_years.c.year == issued.message.issued_on.year
    )
    row = await store.read(lambda connection: connection.execute(query).one())
    return row.used, row.reserved


async def approve_budget(store: Store, som: str, *, year: int = 2026, region: str = REGION) -> None:
    values = {"region": region, "year": year, "approved": to_tyiyn(Decimal(som))}
    await store.write(lambda connection: connection.execute(insert(budgets).values(**values)))


async def budget(store: Store, *, year: int = 2026, region: str = REGION) -> tuple[int, int]:
    """Charged and carried tyiyn of a region's year."""
    query = select(budgets.c.charged, budgets.c.carried).where(budgets.c.region == region, budgets.c.year == year)
    row = await store.read(lambda connection: connection.execute(query).one_or_none())
    return (0, 0) if row is None else (row.charged, row.carried)


async def rows(store: Store, table: Table) -> list[Any]:
    return await store.read(lambda connection: connection.execute(select(table)).all())


def codes(refused: Refused) -> list[str]:
    return [finding.code.value for finding in refused.findings]


def sums(row: DispenseRow) -> tuple[str, str, str, str]:
    """Retail, compensation, patient, settled."""
    return str(row.sums.retail), str(row.sums.compensation), str(row.sums.patient), str(row.sums.settled)
