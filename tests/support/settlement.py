"""Dispenses put straight into a store, as dispensing leaves them, and settlement over it.

Days are Bishkek days. Nobody here exists; every sale is of one medicine on one prescription unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Connection, insert, select, update

from gateway.audit.actions import ActorKind
from gateway.audit.trail import ChainedTrail
from gateway.operations.model import Channel, OperationKind, State
from gateway.ports import Ids
from gateway.programme.settlement.acts import Acts
from gateway.programme.settlement.disputes import Disputes
from gateway.programme.settlement.duty import MonthlyClosing
from gateway.programme.settlement.forming import ReportForming
from gateway.programme.settlement.judging import Judging
from gateway.programme.settlement.ports import Requester, Surroundings
from gateway.programme.settlement.reading import Reading
from gateway.rules.days import BISHKEK
from gateway.store.access_tables import audit_entries
from gateway.store.grouping import Store
from gateway.store.programme_tables import dispenses, prescriptions
from gateway.store.tables import operations
from schemas.settlement.terms import SignerRole
from tests.support.doubles import SettableClock, SystemIds
from tests.support.journal import SEALER

PHARMACY: Final = "700001"
OTHER_PHARMACY: Final = "700002"
JANUARY: Final = date(2026, 1, 1)
FEBRUARY: Final = date(2026, 2, 1)

FUND: Final = Requester(name="foms", kind=ActorKind.MACHINE)
CONTROL: Final = Requester(name="control", kind=ActorKind.PERSON)
OWNER: Final = Requester(name="pharmacy", kind=ActorKind.MACHINE, within=frozenset({PHARMACY}))
STRANGER: Final = Requester(name="stranger", kind=ActorKind.MACHINE, within=frozenset({OTHER_PHARMACY}))

HEAD: Final = UUID(int=1)
ACCOUNTANT: Final = UUID(int=2)
BOTH_OFFICES: Final = UUID(int=3)
NOBODY: Final = UUID(int=4)


def noon(day: date) -> datetime:
    """Noon in Bishkek."""
    return datetime.combine(day, time(12), BISHKEK).astimezone(UTC)


def midnight(day: date) -> datetime:
    """The beginning of a day in Bishkek."""
    return datetime.combine(day, time(), BISHKEK).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A dispense to be put into a store; sums are tyiyn. ``reversal_of`` makes it the reversal of that one."""

    id: UUID
    sold_on: date
    pharmacy: str = PHARMACY
    retail: int = 90_000
    compensation: int = 36_000
    settled: int = 36_000
    units: int = 60
    receipt: bytes | None = None
    reversal_of: Sale | None = None
    reversed_by: UUID | None = None
    medicine: str = "ENA-10-30"

    @property
    def patient(self) -> int:
        return self.retail - self.compensation


class Contracted:
    """A contract book: pharmacies have a contract from a day to a day, all days where none is named."""

    def __init__(self, **days: tuple[date, date]) -> None:
        self.days = {name.removeprefix("p"): bounds for name, bounds in days.items()}
        self.deadline_days: int | None = 10

    def in_force(self, _connection: Connection, pharmacy: str, day: date) -> bool:
        first, last = self.days.get(pharmacy, (date.min, date.max))
        return first <= day <= last

    def report_deadline_days(self, _connection: Connection, pharmacy: str, _day: date) -> int | None:
        assert pharmacy
        return self.deadline_days


class Appointed:
    """Who holds which office, at any pharmacy."""

    def __init__(self) -> None:
        self.offices_of = {
            HEAD: frozenset({SignerRole.PHARMACY_HEAD}),
            ACCOUNTANT: frozenset({SignerRole.CHIEF_ACCOUNTANT}),
            BOTH_OFFICES: frozenset(SignerRole),
        }

    def offices(self, _connection: Connection, person: UUID, _pharmacy: str, _day: date) -> frozenset[SignerRole]:
        return self.offices_of.get(person, frozenset())


@dataclass
class Settled:
    """Settlement on a store, on a clock that stands in February."""

    store: Store
    clock: SettableClock = field(default_factory=lambda: SettableClock(noon(date(2026, 2, 3))))
    ids: Ids = field(default_factory=SystemIds)
    contracts: Contracted = field(default_factory=Contracted)
    appointed: Appointed = field(default_factory=Appointed)
    chunk: int = 1000

    def __post_init__(self) -> None:
        around = Surroundings(
            store=self.store,
            contracts=self.contracts,
            deadlines=self.contracts,
            appointments=self.appointed,
            sealer=SEALER,
            audit=ChainedTrail(self.store, self.clock).append,
            clock=self.clock,
            ids=self.ids,
        )
        self.around = around
        self.forming = ReportForming(around, chunk=self.chunk)
        self.acts = Acts(around)
        self.judging = Judging(around)
        self.disputes = Disputes(around)
        self.reading = Reading(self.store)
        self.closing = MonthlyClosing(self.store, self.clock, self.forming, grace=timedelta(hours=1))

    def sale(self, day: date, **changes: Any) -> Sale:
        return Sale(id=self.ids.new(), sold_on=day, **changes)

    def reversal(self, sale: Sale, *, on: date | None = None) -> tuple[Sale, Sale]:
        """A sale and what takes it back, both as they stand afterwards."""
        back = self.ids.new()
        taken_back = replace(sale, reversed_by=back)
        reversal = replace(
            sale,
            id=back,
            sold_on=on or sale.sold_on,
            retail=-sale.retail,
            compensation=-sale.compensation,
            settled=-sale.settled,
            units=-sale.units,
            receipt=None,
            reversal_of=taken_back,
            reversed_by=None,
        )
        return taken_back, reversal

    async def put(self, *sales: Sale, state: State = State.DELIVERED) -> None:
        await self.store.write(partial(put_sales, sales=sales, state=state))

    async def take_back(self, sale: Sale, *, on: date | None = None) -> Sale:
        """Reverse a sale that is in the store."""
        _, reversal = self.reversal(sale, on=on)
        await self.put(reversal)
        await self.store.write(
            lambda connection: connection.execute(
                update(dispenses).where(dispenses.c.id == sale.id).values(reversed_by=reversal.id)
            )
        )
        return reversal

    async def audited(self) -> list[str]:
        """The actions that the audit tells of, in order."""

        def query(connection: Connection) -> list[str]:
            rows = connection.execute(select(audit_entries.c.entry).order_by(audit_entries.c.position))
            return [orjson.loads(row.entry)["action"] for row in rows]

        return await self.store.read(query)

    async def reports_of(self, *sales: Sale) -> list[UUID | None]:
        """The report that each sale is in."""

        def query(connection: Connection) -> dict[UUID, UUID | None]:
            rows = connection.execute(
                select(dispenses.c.id, dispenses.c.report).where(dispenses.c.id.in_([sale.id for sale in sales]))
            )
            return {row.id: row.report for row in rows}

        found = await self.store.read(query)
        return [found[sale.id] for sale in sales]


def put_sales(connection: Connection, sales: Sequence[Sale], *, state: State = State.DELIVERED) -> None:
    """Insert sales, each with a prescription and an operation of its own; reversals go with their sale's."""
    ids = SystemIds()
    first = [sale for sale in sales if sale.reversal_of is None]
    operation_ids = {sale.id: ids.new() for sale in sales}
    at = {sale.id: noon(sale.sold_on) for sale in sales}
    if not sales:
        return
    connection.execute(
        insert(operations),
        [_operation(sale, operation_ids[sale.id], at[sale.id], state) for sale in sales],
    )
    if first:
        connection.execute(
            insert(prescriptions),
            [_prescription(sale, operation_ids[sale.id], at[sale.id]) for sale in first],
        )
    connection.execute(insert(dispenses), [_dispense(sale, operation_ids[sale.id], at[sale.id]) for sale in sales])


def number_of(sale: Sale) -> str:
    """The number of a sale's prescription."""
    original = sale.reversal_of or sale
    return f"{original.id.int % 10**12:012d}"


def _operation(sale: Sale, operation_id: UUID, at: datetime, state: State) -> dict[str, Any]:
    kind = OperationKind.SUBMIT_DISPENSE if sale.reversal_of is None else OperationKind.REVERSE_DISPENSE
    return {
        "id": operation_id,
        "kind": kind.value,
        "upstream": "drug-programme",
        "state": state.value,
        "client": "till",
        "channel": Channel.SYSTEM.value,
        "fingerprint": b"",
        "business_key": f"{number_of(sale)}/{(sale.reversal_of or sale).id.hex}",
        "revision": 1 if sale.reversal_of is None else 2,
        "organisation": sale.pharmacy,
        "pilot": False,
        "payload": b"",
        "accepted_at": at,
        "updated_at": at,
        "due_at": at,
        "record_number": f"F-{sale.id.hex[-8:]}" if state is State.DELIVERED else None,
    }


def _prescription(sale: Sale, operation_id: UUID, at: datetime) -> dict[str, Any]:
    return {
        "id": _prescription_id(sale),
        "number": number_of(sale),
        "patient": sale.id.bytes,
        "organisation": "950174",
        "prescriber": b"prescriber",
        "region": "osh",
        "state": 3,
        "name_key": "name",
        "group_key": "group",
        "medicine": sale.medicine,
        "reference_version": 1,
        "issued_at": at,
        "issued_on": sale.sold_on,
        "valid_until": sale.sold_on + timedelta(days=30),
        "remote": False,
        "course_dose": "600",
        "dose_unit": "mg",
        "dispensed_dose": "600",
        "fills": 1,
        "reserved": 0,
        "payload": b"",
        "operation_id": operation_id,
    }


def _dispense(sale: Sale, operation_id: UUID, at: datetime) -> dict[str, Any]:
    return {
        "id": sale.id,
        "prescription": _prescription_id(sale.reversal_of or sale),
        "fill": 1,
        "reversal_of": sale.reversal_of.id if sale.reversal_of else None,
        "reversed_by": sale.reversed_by,
        "pharmacy": sale.pharmacy,
        "region": "osh",
        "sold_at": at,
        "sold_on": sale.sold_on,
        "recorded_at": at,
        "medicine": sale.medicine,
        "reference_version": 1,
        "units": sale.units,
        "compensated_units": sale.units,
        "dose": "600",
        "pack_price": 45_000,
        "retail": sale.retail,
        "compensation": sale.compensation,
        "patient_sum": sale.patient,
        "settled": sale.settled,
        "charged_now": sale.settled,
        "charged_next": 0,
        "receipt_key": sale.receipt,
        "payload": b"",
        "operation_id": operation_id,
    }


def _prescription_id(sale: Sale) -> UUID:
    return UUID(int=sale.id.int ^ 1)
